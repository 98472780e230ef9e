"""What templates draw of a form: each field with what was typed, its choices, hints, errors and ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from forms.building.definition import EXCLUSION, INCLUSION, MAX_LENGTH, Answers, FieldDefinition, FormDefinition
from forms.building.kinds import FREE_TEXT, GROUPED, MANY_CHOICES, NEEDS_CHOICES, Kind
from forms.receiving import uploads
from forms.receiving.display import display
from forms.receiving.posting import posted

INPUT_TYPES = {Kind.EMAIL: "email", Kind.PHONE: "tel", Kind.URL: "url", Kind.DATE: "date"}
INPUT_MODES = {Kind.PHONE: "tel", Kind.EMAIL: "email", Kind.URL: "url", Kind.NPI: "numeric", Kind.NUMBER: "decimal"}


@dataclass(frozen=True, slots=True)
class Option:
    """One choice as drawn."""

    id: str
    value: str
    label: str
    hint: str
    checked: bool


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Choices under one heading (an eligibility checklist has two such groups)."""

    heading: str
    options: list[Option]


@dataclass(frozen=True, slots=True)
class DatePart:
    """One of the three boxes of a date of birth."""

    id: str
    name: str
    label: str
    value: str
    width: str
    autocomplete: str


@dataclass
class FieldView:
    """One field as drawn."""

    definition: FieldDefinition
    values: list[str]
    parts: dict[str, str]
    errors: list[str]
    held: Sequence[Any] = field(default_factory=tuple)
    condition_label: str = ""

    @property
    def kind(self) -> str:
        """The kind, for the template's choice of markup."""
        return str(self.definition.kind)

    @property
    def name(self) -> str:
        """Name of the control."""
        return self.definition.key

    @property
    def id(self) -> str:
        """Id of the control, or of the first control of a group: where an error links to."""
        return f"id_{self.definition.key}"

    @property
    def value(self) -> str:
        """What a single control holds."""
        return self.values[-1] if self.values else ""

    @property
    def checked(self) -> bool:
        """Whether a single tick box is ticked."""
        return bool(self.value) and self.value.lower() not in ("false", "no", "0")

    @property
    def grouped(self) -> bool:
        """Whether it is drawn as fieldset and legend."""
        return self.definition.kind in GROUPED

    @property
    def optional(self) -> bool:
        """Whether the label says so. A checklist may always stay empty; nobody needs to be told."""
        return not self.definition.required and self.definition.kind not in (Kind.ELIGIBILITY, Kind.CHECKBOX)

    @property
    def described_by(self) -> str:
        """Ids of hint and error, in reading order."""
        ids = [f"{self.id}-h"] if self.hint or self.held else []
        return " ".join(ids + ([f"{self.id}-e"] if self.errors else []))

    @property
    def hint(self) -> str:
        """The hint under the label; an upload's hint says its limits."""
        if self.definition.kind == Kind.FILE:
            limits = _("At most %(count)d files of %(size)d MB each.") % {
                "count": uploads.limit_count(),
                "size": uploads.limit_each() // uploads.MEGABYTE,
            }
            kinds = self.definition.help or _("PDF, PNG, JPEG, HEIC or Word")
            return f"{kinds.rstrip('.')}. {limits}"
        if self.definition.kind == Kind.BIRTHDATE and not self.definition.help:
            return _("For example, 3 27 1962")
        return self.definition.help

    @property
    def input_type(self) -> str:
        """HTML type of a single-line control."""
        return INPUT_TYPES.get(self.definition.kind, "text")

    @property
    def input_mode(self) -> str:
        """Which keyboard phones show."""
        return INPUT_MODES.get(self.definition.kind, "")

    @property
    def narrow(self) -> bool:
        """Short answers get a short box: its length says what is expected."""
        return self.definition.kind in (Kind.PHONE, Kind.NUMBER, Kind.NPI, Kind.DATE)

    @property
    def max_length(self) -> int | None:
        """Longest answer, for free text only: cutting off a pasted phone number would hide the mistake."""
        return MAX_LENGTH[self.definition.kind] if self.definition.kind in FREE_TEXT else None

    @property
    def autocomplete(self) -> str:
        """WHATWG autofill token."""
        return self.definition.autocomplete

    @property
    def accept(self) -> str:
        """Which files a file input offers."""
        return uploads.ACCEPT

    @property
    def in_row(self) -> bool:
        """Few short choices stand side by side."""
        choices = self.definition.choices
        return 2 <= len(choices) <= 3 and all(len(choice.label) <= 24 and len(choice.hint) <= 20 for choice in choices)

    @property
    def when(self) -> tuple[str, str] | None:
        """Name of the field this one depends on and its values, for the script that hides and shows."""
        condition = self.definition.condition
        return (condition.field, "|".join(condition.values)) if condition else None

    @cached_property
    def options(self) -> list[Option]:
        """All choices, the first with the id of the field."""
        return [
            Option(
                self.id if place == 0 else f"{self.id}-{place}",
                choice.value,
                choice.label,
                choice.hint,
                choice.value in self.values,
            )
            for place, choice in enumerate(self.definition.choices)
        ]

    @property
    def groups(self) -> list[OptionGroup]:
        """The choices by group, in the order of the two eligibility lists."""
        titles = {INCLUSION: _("May be suitable"), EXCLUSION: _("Usually not suitable"), "": ""}
        by_value = {option.value: option for option in self.options}
        return [
            OptionGroup(title, found)
            for group, title in titles.items()
            if (found := [by_value[choice.value] for choice in self.definition.choices if choice.group == group])
        ]

    @property
    def date_parts(self) -> list[DatePart]:
        """Month, day and year boxes of a date of birth."""
        own = self.autocomplete == "bday"
        texts = {"month": (_("Month"), "w-2"), "day": (_("Day"), "w-2"), "year": (_("Year"), "w-4")}
        return [
            DatePart(
                self.id if part == "month" else f"{self.id}-{part}",
                f"{self.name}-{part}",
                text,
                self.parts.get(part, ""),
                width,
                f"bday-{part}" if own else "off",
            )
            for part, (text, width) in texts.items()
        ]


@dataclass
class FormView:
    """A form, or one step of it, as drawn."""

    fields: list[FieldView]
    general: list[str] = field(default_factory=list)

    @property
    def errors(self) -> list[tuple[str, str]]:
        """All errors as (id to link to, message); messages about the whole form have no id."""
        own = [("", message) for message in self.general]
        return own + [(one.id, message) for one in self.fields for message in one.errors]

    @property
    def has_files(self) -> bool:
        """Whether the form must be sent as multipart."""
        return any(one.kind == Kind.FILE for one in self.fields)


def draw(
    definition: FormDefinition,
    *,
    data: Mapping[str, Any] | None = None,
    answers: Answers | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
    general: Sequence[str] = (),
    step: int | None = None,
    held: Mapping[str, Sequence[Any]] | None = None,
) -> FormView:
    """Make the view of a form: with posted ``data`` (kept exactly as typed), stored ``answers``, or defaults."""
    shown = definition.fields if step is None else definition.of_step(step)
    views = []
    for one in shown:
        values, parts = _held_values(one, data, answers)
        view = FieldView(
            definition=one,
            values=values,
            parts=parts,
            errors=list((errors or {}).get(one.key, ())),
            held=(held or {}).get(one.key, ()),
        )
        if one.condition and one.condition.field in definition.by_key:
            source = definition.by_key[one.condition.field]
            wanted = [source.label_of(value) if value != "yes" else _("yes") for value in one.condition.values]
            view.condition_label = _("Only if you answered “%(answer)s” to “%(question)s”") % {
                "answer": _("” or “").join(wanted),
                "question": source.label.rstrip(":"),
            }
        views.append(view)
    return FormView(views, list(general))


def _held_values(
    one: FieldDefinition, data: Mapping[str, Any] | None, answers: Answers | None
) -> tuple[list[str], dict[str, str]]:
    parts: dict[str, str] = {}
    if not one.takes_answer:
        return [], parts
    if data is not None:
        values = [value for value in posted(data, one) if isinstance(value, str)]
        if one.kind == Kind.BIRTHDATE:
            parts = {part: str(data.get(f"{one.key}-{part}", "")) for part in ("month", "day", "year")}
            if not any(parts.values()) and values:
                parts = _split_date(values[-1])
        return values, parts
    if answers is not None and one.key in answers:
        given = answers[one.key]
        values = given if isinstance(given, list) else [given] if isinstance(given, str) else ["yes"] if given else []
        if one.kind == Kind.PHONE and values and values[0]:
            values = display(one, values[0])
        return list(values), _split_date(values[0]) if one.kind == Kind.BIRTHDATE and values else parts
    if one.kind in MANY_CHOICES | NEEDS_CHOICES:
        return [line.strip() for line in one.default.splitlines() if line.strip()], parts
    if one.kind == Kind.CONSENT:
        return [], parts  # consent is never ticked beforehand
    return ([one.default] if one.default else []), parts


def _split_date(text: str) -> dict[str, str]:
    pieces = text.split("-")
    if len(pieces) != 3:
        return {}
    return {"year": pieces[0], "month": pieces[1].lstrip("0"), "day": pieces[2].lstrip("0")}
