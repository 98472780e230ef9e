"""Raw answers in one form, whether a page posted them or a front end sent JSON: lists of texts by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from forms.building.definition import FieldDefinition, FormDefinition
from forms.building.kinds import MANY_CHOICES, TICK, Kind


def posted(data: Mapping[str, Any], field: FieldDefinition) -> list[str]:
    """The raw strings posted for one field; a date in three boxes is put together."""
    getlist = getattr(data, "getlist", None)
    given = list(getlist(field.key)) if getlist else []
    if not given and field.kind == Kind.BIRTHDATE and getlist:
        parts = [str(data.get(f"{field.key}-{part}", "")).strip() for part in ("month", "day", "year")]
        given = [" ".join(parts)] if any(parts) else []
    return given


#: From here on programs in between may have rounded a number of JSON.
TOO_LARGE = 1e18


def as_posted(definition: FormDefinition, data: Mapping[str, Any]) -> tuple[MultiValueDict[str, str], dict[str, str]]:
    """Bring JSON answers to the form of a posted page, so that one code checks both.

    Returns the values and, by key, the answers whose JSON type cannot be that of an answer.
    """
    if isinstance(data, QueryDict):
        return data, {}
    values: MultiValueDict[str, str] = MultiValueDict()
    wrong: dict[str, str] = {}
    for key, given in data.items():
        field = definition.by_key.get(key)
        try:
            values.setlist(key, _as_texts(field, given) if field else [])
        except WrongTypeError as error:
            wrong[key] = str(error)
    return values, wrong


class WrongTypeError(Exception):
    """An answer of JSON is of a type that its field never has; the message says what to send."""


def _as_texts(field: FieldDefinition, given: Any) -> list[str]:
    """One answer of JSON as a page would have posted it."""
    if field.kind == Kind.FILE:
        raise WrongTypeError(_("Send the file beside the answers, as a part with this field’s name."))
    if given is None:
        return []
    if field.kind in MANY_CHOICES:
        texts = given if isinstance(given, list) else [given]
        if not all(isinstance(one, str) for one in texts):
            raise WrongTypeError(_("Send a list of texts."))
        return texts
    if isinstance(given, bool) and field.kind in TICK:
        return ["yes"] if given else []
    if isinstance(given, int | float) and not isinstance(given, bool):
        if abs(given) >= TOO_LARGE:
            raise WrongTypeError(_("This number is too large to be exact. Send it as a text."))
        return [str(given)]
    if not isinstance(given, str):
        raise WrongTypeError(_("Send true or false.") if field.kind in TICK else _("Send a text."))
    return [given]
