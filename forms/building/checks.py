"""Checks made while editors build a form: conditions and rules that point to real questions, and label clashes."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext as _
from wagtail.contrib.forms.forms import WagtailAdminFormPageForm

from forms.building.kinds import MANY_CHOICES, NEEDS_CHOICES, ONE_CHOICE, TICK, Kind
from pages.evidence_form import EvidencePageForm


class FormPageForm(EvidencePageForm, WagtailAdminFormPageForm):
    """The admin form of a form page.

    Editors write the label of a question in conditions and rules; the key is what is stored, so that a later change of
    the label breaks nothing.
    """

    def clean(self) -> dict[str, Any]:
        """Resolve labels to keys and refuse what could not work on the site."""
        cleaned: dict[str, Any] = super().clean()
        rows = [
            form
            for form in self._rows("form_fields")
            if form.instance.label and not form.cleaned_data.get("DELETE") and form.cleaned_data.get("field_type")
        ]
        by_name: dict[str, BaseForm] = {}
        for form in rows:
            by_name.setdefault(form.instance.key, form)
            by_name.setdefault(form.instance.label.strip().casefold(), form)
        self._check_conditions(rows, by_name)
        self._check_rules(by_name)
        self._check_steps(rows)
        self._check_labels(rows)
        return cleaned

    def _rows(self, name: str) -> list[Any]:
        if name not in self.formsets:
            return []
        forms = list(self.formsets[name].forms)
        for form in forms:
            form.is_valid()
        return [form for form in forms if hasattr(form, "cleaned_data")]

    def _check_conditions(self, rows: list[Any], by_name: dict[str, Any]) -> None:
        order = {id(form): place for place, form in enumerate(sorted(rows, key=lambda form: _place(form)))}
        for form in rows:
            written, value = form.instance.condition_field.strip(), form.instance.condition_value.strip()
            if not written or not value:
                continue
            source = by_name.get(written) or by_name.get(written.casefold())
            if source is None:
                form.add_error(
                    "condition_field", _("There is no question “%s” in this form. Write its label.") % written
                )
                continue
            if source is form or order[id(source)] >= order[id(form)]:
                form.add_error("condition_field", _("Choose a question that stands above this one."))
                continue
            problem = _value_problem(source.instance, value.split("|"))
            if problem:
                form.add_error("condition_value", problem)
                continue
            form.instance.condition_field = source.instance.key
            form.cleaned_data["condition_field"] = source.instance.key

    def _check_rules(self, by_name: dict[str, Any]) -> None:
        for form in self._rows("notification_rules"):
            if form.cleaned_data.get("DELETE") or form.instance.when != "answer" or not form.instance.field:
                continue
            written = form.instance.field.strip()
            source = by_name.get(written) or by_name.get(written.casefold())
            if source is None:
                form.add_error("field", _("There is no question “%s” in this form. Write its label.") % written)
                continue
            problem = _value_problem(source.instance, [form.instance.value])
            if problem:
                form.add_error("value", problem)
                continue
            form.instance.field = source.instance.key

    def _check_steps(self, rows: list[Any]) -> None:
        steps = len([form for form in self._rows("steps") if not form.cleaned_data.get("DELETE")])
        for form in rows:
            if form.instance.step < 1 or form.instance.step > max(steps, 1):
                form.add_error(
                    "step",
                    _("This form has %(count)d step(s). Choose one of them, or add a step below.")
                    % {"count": max(steps, 1)},
                )

    def _check_labels(self, rows: list[Any]) -> None:
        seen: dict[tuple[int, str], Any] = {}
        for form in rows:
            if form.instance.field_type == Kind.HEADING:
                continue
            spot = (form.instance.step, " ".join(form.instance.label.split()).casefold())
            if spot in seen and not form.errors.get("label"):
                form.add_error(
                    "label",
                    _("Another question in this step has the same label. Change one of them."),
                )
            seen[spot] = form


def _place(form: Any) -> int:
    place = form.cleaned_data.get("ORDER")
    return place if isinstance(place, int) else 10_000


def _value_problem(field: Any, values: list[str]) -> str:
    """Why none of ``values`` can be an answer to ``field``; empty when all can."""
    wanted = [value.strip() for value in values if value.strip()]
    if field.field_type in TICK:
        return "" if wanted == ["yes"] else _("Write “yes”: the question is a checkbox.")
    if field.field_type in NEEDS_CHOICES:
        offered = [line.partition("|")[0].strip() for line in field.choices.splitlines() if line.strip()]
        unknown = [value for value in wanted if value not in offered]
        if unknown:
            return _("“%(value)s” is not one of its choices: %(choices)s.") % {
                "value": unknown[0],
                "choices": ", ".join(offered),
            }
        return ""
    if field.field_type in MANY_CHOICES | ONE_CHOICE:
        return ""
    return _("A condition needs a question with choices or a checkbox.")
