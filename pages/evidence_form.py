"""The gate in the page editor: errors beside the statements they are about, and one field for the reason.

Page types name this form, so it is imported before their models exist: what it needs of `pages.gate` is imported when
it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.admin.widgets import AdminAutoHeightTextInput

if TYPE_CHECKING:
    from pages.gate import Statement, Verdict


class EvidencePageForm(WagtailAdminPageForm):
    """Asks the gate whenever the editor publishes, approves or schedules."""

    evidence_reason = forms.CharField(
        label=_("Why may the page use these sources?"),
        required=False,
        max_length=1000,
        widget=AdminAutoHeightTextInput,
        help_text=_("One or two sentences. They are kept with your name in the page’s history; you are asked once."),
    )

    @property
    def goes_live(self) -> bool:
        """Whether this submission would put the page before its readers."""
        approving = "action-workflow-action" in self.data and self.data.get("workflow-action-name", "") == "approve"
        return "action-publish" in self.data or approving

    @cached_property
    def verdict(self) -> Verdict:
        """The verdict on what the form holds; on the stored draft before anything is submitted."""
        from pages.citations_in_text import citation_ids
        from pages.citing import prose_of
        from pages.gate import verdict_of_parts, verdict_on

        if not self.is_bound:
            return verdict_on(self.instance)
        prose = [pk for html in prose_of(self.instance) for pk in citation_ids(html)]
        for formset in self.formsets.values():
            prose += [pk for form in _kept(formset) for html in _texts(form) for pk in citation_ids(html)]
        return verdict_of_parts(self.instance, self._statements(), prose)

    def _statements(self) -> list[Statement]:
        from pages.gate import Statement
        from pages.models.claims import AbstractClaim

        found: list[Statement] = []
        for formset in self.formsets.values():
            if not issubclass(formset.model, AbstractClaim):
                continue
            formset.is_valid()  # fills the cleaned data of the claims' forms and of their sources
            for form in _kept(formset):
                if form.cleaned_data.get("draft"):
                    continue
                rows = [row.cleaned_data for row in _kept(form.formsets["sources"])]
                sources = tuple((row["citation"].pk, row.get("stance", "")) for row in rows if row.get("citation"))
                text = form.cleaned_data.get("statement", "")
                found.append(Statement(text, sources, owner=form, can_be_draft="draft" in form.fields))
        return found

    def field_of(self, statement: Statement) -> str:
        """The id of the field that holds a statement of the verdict; empty when no row of this form does."""
        for formset in self.formsets.values():
            for form in formset.forms:
                row = form.instance
                saved = row.pk is not None and row == statement.owner
                if form is statement.owner or row is statement.owner or saved:
                    return str(form["statement"].id_for_label)
        return ""

    def clean(self) -> Any:
        """On the way to the public, put each problem beside its statement and ask for a reason where one is due."""
        cleaned = super().clean()
        if not self.goes_live or self.is_deferred_validation:
            return cleaned
        for block in self.verdict.blocks:
            block.statement.owner.add_error("statement", block.reason[:1].upper() + block.reason[1:])
            self.add_error(None, block.message)
        if self.verdict.doubts and not (cleaned or {}).get("evidence_reason"):
            for doubt in self.verdict.doubts:
                self.add_error("evidence_reason", doubt.message)
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """Save, and keep the reason: with the page, or on it until a new page has been stored."""
        from pages.gate import acknowledge

        reason = self.cleaned_data.get("evidence_reason", "")
        if reason and self.verdict.doubts:
            if self.instance.pk:
                acknowledge(self.instance, self.verdict.doubts, reason, self.for_user)
            else:
                self.instance.pending_acknowledgement = (self.verdict.doubts, reason)
        return super().save(commit)


def _kept(formset: Any) -> list[Any]:
    """The forms of a formset that stay: valid enough to read, not deleted, not empty."""
    deleted = set(map(id, formset.deleted_forms)) if formset.is_valid() else set()
    return [
        form
        for form in formset.forms
        if id(form) not in deleted and getattr(form, "cleaned_data", None) and not form.cleaned_data.get("DELETE")
    ]


def _texts(form: Any) -> list[str]:
    from wagtail.fields import RichTextField

    names = [own.name for own in form._meta.model._meta.get_fields() if isinstance(own, RichTextField)]
    return [text for name in names if isinstance(text := form.cleaned_data.get(name), str)]


class EvidencePanel(Panel):
    """What the gate says about the page, at the top of the editor; nothing when all is well."""

    class BoundPanel(Panel.BoundPanel):
        """The panel on one page."""

        template_name = "pages/admin/evidence_panel.html"

        @property
        def verdict(self) -> Verdict:
            """The form's verdict."""
            found: Verdict = self.form.verdict
            return found

        def is_shown(self) -> bool:
            """Only while something is in the way."""
            return isinstance(self.form, EvidencePageForm) and bool(self.verdict)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Add the verdict, with the field of each statement that is in the way."""
            blocks = [(block, self.form.field_of(block.statement)) for block in self.verdict.blocks]
            return {**super().get_context_data(parent_context), "verdict": self.verdict, "blocks": blocks}


class ReasonPanel(FieldPanel):
    """The field for the reason, shown when a source is in doubt."""

    class BoundPanel(FieldPanel.BoundPanel):
        """The field on one page."""

        def is_shown(self) -> bool:
            """Only while a doubt waits for its reason."""
            form = self.form
            return bool(super().is_shown() and isinstance(form, EvidencePageForm) and form.verdict.doubts)


def evidence_panels() -> list[Panel]:
    """The two panels, for the top of a page type's content."""
    return [EvidencePanel(heading=_("Evidence")), ReasonPanel("evidence_reason", heading=_("Evidence: your reason"))]
