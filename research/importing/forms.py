"""What a person brings to the importer: a file, a paste, or the number of one work."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from research.formats.parsing import MAX_BYTES, ImportRefusedError
from research.formats.registry import FORMATS
from research.importing.preview import preview
from research.models import ImportBatch

PASTE_LIMIT = 1_500_000


class ImportForm(forms.Form):
    """A file or a paste, in a format that is told by what it holds."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("RIS, BibTeX, PubMed (.nbib) or CSL-JSON, up to %(size)d MB.")
        % {"size": MAX_BYTES // 1024 // 1024},
        widget=forms.FileInput(attrs={"accept": ".ris,.bib,.bibtex,.nbib,.json,.csljson,.txt,text/plain"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste the records"),
        required=False,
        strip=False,
        max_length=PASTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    format = forms.ChoiceField(label=gettext_lazy("Format"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readable = [(name, format_.label) for name, format_ in FORMATS.items() if format_.parse]
        self.fields["format"].choices = [("", _("Tell it from the records")), *readable]  # type: ignore[attr-defined]
        # A browser would cut a long paste off without a word; the server says that it is too long.
        del self.fields["text"].widget.attrs["maxlength"]

    def clean(self) -> dict[str, Any]:
        """Exactly one source, and not too much of it."""
        data = super().clean() or {}
        file, text = data.get("file"), (data.get("text") or "").strip()
        if not self.errors and bool(file) == bool(text):
            both = _("Choose a file or paste records, not both.")
            raise forms.ValidationError(both if file else _("Choose a file, or paste the records."))
        if file and file.size > MAX_BYTES:
            self.add_error("file", _("The file is too large. Split it and import the parts one after the other."))
        return data

    def read(self, user: Any) -> ImportBatch | None:
        """The batch, or None with the reason beside the field that it came from."""
        data = self.cleaned_data
        file = data.get("file")
        try:
            return preview(
                file.read() if file else data["text"],
                format_name=data.get("format") or "",
                filename=file.name if file else "",
                user=user,
            )
        except ImportRefusedError as error:
            self.add_error("file" if file else "text", str(error))
            return None


class LookUpForm(forms.Form):
    """One identifier to ask the configured services for."""

    identifier = forms.CharField(
        label=gettext_lazy("DOI or PMID"),
        max_length=300,
        help_text=gettext_lazy("For example 10.1016/j.pain.2009.06.023 or 19604642."),
    )
