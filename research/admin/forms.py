"""The form of a citation: one author a line, identifiers as they were copied, and who confirmed the record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminAutoHeightTextInput

from research.authors import as_lines, from_lines
from research.formats.csl import CslName
from research.keys import free_key
from research.models import Citation


class AuthorsField(forms.CharField):
    """CSL names as lines. What a line says is kept exactly as it was when the line has not changed."""

    widget = AdminAutoHeightTextInput

    def __init__(self, **kwargs: Any) -> None:
        self.known: list[CslName] = []
        super().__init__(**{"required": False, "strip": True, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """Lines from names; what a person typed stays as typed."""
        return as_lines(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Names from lines."""
        return from_lines(super().clean(value) or "", self.known)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as text."""
        return bool(super().has_changed(self.prepare_value(initial), data))


def _identifier(label: Any, help_text: Any = "") -> forms.CharField:
    # No length limit: an address that holds the identifier is longer, and the model brings it to its normal form.
    return forms.CharField(label=label, required=False, help_text=help_text)


class CitationForm(WagtailAdminModelForm):
    """Edits a citation."""

    authors = AuthorsField(
        label=_("Authors"),
        help_text=_(
            "One a line, family name first: “Feder, Adriana” or “van Velzen, Monique”. "
            "A group without a comma: “US Food and Drug Administration”."
        ),
    )
    doi = _identifier(_("DOI"), _("Paste it as you find it; a web address that holds it is fine."))
    pmid = _identifier(_("PMID"))
    pmcid = _identifier(_("PMCID"))
    isbn = _identifier(_("ISBN"))
    nct_id = _identifier(_("ClinicalTrials.gov number"))
    confirm = forms.BooleanField(
        label=_("I have checked title, authors and identifier against the source"),
        required=False,
        help_text=_("Sets today’s date and your name. Only confirmed records are public."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "key" in self.fields:
            self.fields["key"].required = False
        authors = self.fields.get("authors")
        if isinstance(authors, AuthorsField):
            authors.known = self.instance.authors if isinstance(self.instance.authors, list) else []

    def clean(self) -> Any:
        """A key that is left empty is made from what the record says; one that is stored stays."""
        cleaned = super().clean() or self.cleaned_data
        if "key" in self.fields and not cleaned.get("key") and "key" not in self.errors:
            if cleaned.get("title"):
                cleaned["key"] = self.instance.key or free_key(_as_item(cleaned), _TakenKeys())
            else:
                self.add_error("title", _("Write the title first: the record gets its key from it."))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """Save; a ticked confirmation carries the date and the person."""
        if self.cleaned_data.get("confirm"):
            self.instance.verified_on = timezone.localdate()
            self.instance.verified_by = self.for_user
        elif self.instance.verified_on is None:
            self.instance.verified_by = None
        elif self.instance.verified_by_id is None and "verified_on" in self.changed_data:
            self.instance.verified_by = self.for_user
        return super().save(commit)


def _as_item(cleaned: dict[str, Any]) -> dict[str, Any]:
    """What a key is made of, as an imported record says it."""
    return {
        "title": cleaned["title"],
        "author": cleaned.get("authors") or [],
        "issued": {"date-parts": [[cleaned["issued_year"]]]} if cleaned.get("issued_year") else None,
    }


class _TakenKeys:
    """The library's keys, asked one by one."""

    def __contains__(self, key: object) -> bool:
        return Citation.objects.filter(key=key).exists()
