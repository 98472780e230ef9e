"""Answers as people read them."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from forms.building.definition import Answer, FieldDefinition
from forms.building.kinds import ONE_CHOICE, Kind
from forms.receiving.identifiers import display_phone


def display(field: FieldDefinition, answer: Answer | None) -> list[str]:
    """An answer as lines of text for people: labels instead of values, written dates, readable phone numbers."""
    if answer is None or answer == "" or answer == []:
        return []
    if isinstance(answer, bool):
        return [_("Yes") if answer else _("No")]
    if isinstance(answer, list):
        return [field.label_of(value) for value in answer]
    if field.kind in ONE_CHOICE:
        return [field.label_of(answer)]
    if field.kind == Kind.PHONE:
        return [display_phone(answer)]
    if field.kind in (Kind.DATE, Kind.BIRTHDATE):
        try:
            return [date_format(date.fromisoformat(answer), "DATE_FORMAT")]
        except ValueError:
            return [answer]
    return answer.split("\n")
