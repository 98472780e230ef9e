"""AnswerForm: the Django form that checks answers against a definition, for pages and for the API alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from forms.building.definition import MAX_LENGTH, Answers, FieldDefinition, FormDefinition
from forms.building.kinds import MANY_CHOICES, ONE_CHOICE, TICK, Kind
from forms.receiving import uploads
from forms.receiving.identifiers import normalise_npi, normalise_phone
from forms.receiving.posting import as_posted, posted

# Control characters, and the signs that turn the direction of text to disguise it (Unicode TR 36, 3.?): U+202A-202E,
# U+2066-2069. Direction MARKS (U+200E, U+200F) are ordinary in Arabic and Hebrew and stay.
_BAD_SIGNS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|[\ud800-\udfff]")
_TRUE = {"on", "yes", "true", "1"}
if TYPE_CHECKING:
    Files = MultiValueDict[str, UploadedFile[Any]]
else:
    Files = MultiValueDict
_OLDEST = date(1900, 1, 1)


def lower_first(label: str) -> str:
    """The label as part of a sentence: “Your name” becomes “your name”, “NPI” stays."""
    text = label.strip().rstrip("?:.")
    return text if len(text) < 2 or text[1].isupper() else text[0].lower() + text[1:]


def missing_message(field: FieldDefinition) -> str:
    """What to say when a required answer is missing: always what to do."""
    if field.missing:
        return field.missing
    if field.kind == Kind.CONSENT:
        return _("Tick the box if you agree. We need this to go on.")
    if field.kind == Kind.CHECKBOX:
        return _("Tick the box “%s”") % field.label
    if field.kind == Kind.FILE:
        return _("Choose a file for “%s”") % field.label
    if field.kind in ONE_CHOICE or field.kind in MANY_CHOICES:
        return _("Choose an answer to “%s”") % field.label.rstrip(":")
    return _("Enter %s") % lower_first(field.label)


def check_text(text: str) -> str:
    """Text in Unicode's composed form; raises on signs nobody types (NUL, direction overrides, lone surrogates)."""
    if _BAD_SIGNS.search(text):
        raise ValidationError(_("Remove hidden or control characters. Type the text again if you pasted it."))
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


class AnswerField(forms.Field):
    """One answer; ``clean`` gives what is stored (text, True, list of values) or what stands for no answer."""

    def __init__(self, definition: FieldDefinition) -> None:
        super().__init__(required=False, label=definition.label)
        self.definition = definition

    def clean(self, value: Any) -> Any:
        """Check one raw value (a list of strings as posted)."""
        field, given = self.definition, [one for one in value if one != ""]
        if field.kind in TICK:
            return bool(given) and given[-1].strip().lower() in _TRUE
        if field.kind in MANY_CHOICES:
            return self._many(given)
        if not given:
            return ""
        text = check_text(given[-1]).strip()
        if not text:
            return ""
        limit = MAX_LENGTH.get(field.kind, 255)
        if len(text) > limit:
            raise ValidationError(
                _("Shorten this to %(limit)d characters or fewer; it has %(count)d.")
                % {"limit": limit, "count": len(text)}
            )
        if field.kind in ONE_CHOICE:
            if text not in {choice.value for choice in field.choices}:
                raise ValidationError(_("Choose one of the answers from the list."))
            return text
        checker = getattr(self, f"_{field.kind}", None)
        return checker(text) if checker else text

    def _many(self, given: list[str]) -> list[str]:
        offered = [choice.value for choice in self.definition.choices]
        chosen = set(given)
        if chosen - set(offered):
            raise ValidationError(_("Choose answers from the list only."))
        return [value for value in offered if value in chosen]

    def _singleline(self, text: str) -> str:
        return re.sub(r"\s+", " ", text)

    def _hidden(self, text: str) -> str:
        return re.sub(r"\s+", " ", text)

    def _email(self, text: str) -> str:
        try:
            address: str = forms.EmailField(max_length=254).clean(text)
        except ValidationError:
            raise ValidationError(_("Enter an e-mail address like name@example.com")) from None
        return address

    def _phone(self, text: str) -> str:
        try:
            return normalise_phone(text)
        except ValueError:
            raise ValidationError(
                _("Enter a phone number with 10 digits, like 760 555 0142. For another country, begin with +.")
            ) from None

    def _npi(self, text: str) -> str:
        try:
            return normalise_npi(text)
        except ValueError:
            raise ValidationError(
                _("Check the NPI. It has 10 digits, begins with 1 or 2, and ends with a check digit.")
            ) from None

    def _number(self, text: str) -> str:
        plain = text.replace(",", "").replace(" ", "").replace("\u00a0", "")
        if not re.fullmatch(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,6})?", plain):
            raise ValidationError(_("Enter a number in figures, like 12 or 12.5"))
        return str(Decimal(plain))

    def _url(self, text: str) -> str:
        address = text if re.match(r"[a-z][a-z0-9+.-]*:", text, re.IGNORECASE) else f"https://{text}"
        try:
            cleaned: str = forms.URLField(assume_scheme="https", max_length=2000).clean(address)
        except ValidationError:
            cleaned = ""
        if not cleaned.lower().startswith(("https://", "http://")):
            raise ValidationError(_("Enter a web address like https://example.com"))
        return cleaned

    def _date(self, text: str) -> str:
        return _read_date(text).isoformat()

    def _birthdate(self, text: str) -> str:
        day = _read_date(text)
        if day > timezone.localdate():
            raise ValidationError(_("Check the year. A date of birth cannot be in the future."))
        if day < timezone.localdate() - timedelta(days=366 * 125):
            raise ValidationError(_("Check the year of birth."))
        return day.isoformat()


def _read_date(text: str) -> date:
    """Read ``YYYY-MM-DD`` (a date input, the API) or month, day, year as written in the US."""
    patterns = (
        r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})",
        r"(?P<m>[0-9]{1,2})[/. -]+(?P<d>[0-9]{1,2})[/., -]+(?P<y>[0-9]{4})",
    )
    for pattern in patterns:
        if found := re.fullmatch(pattern, text):
            try:
                day = date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                raise ValidationError(_("Enter a real date, like 3 27 1962 for March 27, 1962.")) from None
            if day < _OLDEST or day.year > 2200:
                raise ValidationError(_("Check the year."))
            return day
    raise ValidationError(_("Enter month, day and year in figures, like 3 27 1962 for March 27, 1962."))


class AnswerForm(forms.Form):
    """Checks answers. Every error message says what to do and belongs to one field.

    ``held`` are files that are stored already (of a draft), by field key; ``known`` are answers of other steps, which
    conditions may ask about; ``step`` limits the form to one step.
    """

    def __init__(
        self,
        definition: FormDefinition,
        data: Mapping[str, Any] | None = None,
        files: Files | None = None,
        *,
        step: int | None = None,
        known: Answers | None = None,
        held: Mapping[str, Sequence[object]] | None = None,
    ) -> None:
        self.definition = definition
        self.known = known or {}
        self.held = held or {}
        self.new_files: dict[str, list[uploads.CheckedFile]] = {}
        self.wrong_types: dict[str, str] = {}
        values = None
        if data is not None:
            values, self.wrong_types = as_posted(definition, data)
        super().__init__(values, files, auto_id="id_%s")
        asked = definition.fields if step is None else definition.of_step(step)
        self.asked = tuple(field for field in asked if field.takes_answer)
        for field in self.asked:
            self.fields[field.key] = AnswerField(field)

    def _clean_fields(self) -> None:
        """Like Django's, on lists of posted strings and without widgets."""
        for field in self.asked:
            try:
                if field.key in self.wrong_types:
                    raise ValidationError(self.wrong_types[field.key])
                if field.kind == Kind.FILE:
                    self.new_files[field.key] = self._check_files(field)
                    self.cleaned_data[field.key] = [file.name for file in self.new_files[field.key]]
                else:
                    self.cleaned_data[field.key] = self.fields[field.key].clean(posted(self.data, field))
            except ValidationError as error:
                self.add_error(field.key, error)

    def clean(self) -> dict[str, Any]:
        """Drop what is not asked under the conditions, then insist on what is required."""
        for field in self.asked:
            context = {**self.known, **self.cleaned_data}
            if not self.definition.is_asked(field, context):
                self.cleaned_data.pop(field.key, None)
                self.errors.pop(field.key, None)
                self.new_files.pop(field.key, None)
            elif field.required and field.key not in self.errors and not self._answered(field):
                self.add_error(field.key, missing_message(field))
        total = sum(len(files) for files in self.new_files.values()) + sum(len(files) for files in self.held.values())
        if total > uploads.limit_count():
            key = next(key for key, files in self.new_files.items() if files)
            self.add_error(
                key,
                _("Send at most %(limit)d files; this would be %(count)d.")
                % {"limit": uploads.limit_count(), "count": total},
            )
        return self.cleaned_data

    def _answered(self, field: FieldDefinition) -> bool:
        if field.kind == Kind.ELIGIBILITY:
            return True  # ticking nothing is an answer
        if field.kind == Kind.FILE and self.held.get(field.key):
            return True
        return bool(self.cleaned_data.get(field.key))

    def _check_files(self, field: FieldDefinition) -> list[uploads.CheckedFile]:
        given = self.files.getlist(field.key) if hasattr(self.files, "getlist") else []
        if len(given) > uploads.limit_count():
            raise ValidationError(_("Send at most %d files.") % uploads.limit_count())
        try:
            return [uploads.check(file) for file in given]
        except uploads.UploadRefusedError as error:
            raise ValidationError(str(error)) from None

    def answers(self) -> Answers:
        """The answers to store, in the order asked; files and questions that were not asked are left out."""
        given: Answers = {}
        for field in self.asked:
            if field.kind != Kind.FILE and field.key in self.cleaned_data:
                given[field.key] = self.cleaned_data[field.key]
        return given
