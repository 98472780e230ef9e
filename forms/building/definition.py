"""What a form asks, as a pure value: made from a page, stored with every submission, sent to front ends.

Everything that handles answers works from a FormDefinition: the Django form, the JSON Schema of the API, the snapshot
kept with a submission, the intake desk and the exports. There is no second description of a form.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from forms.building.kinds import (
    GROUPED,
    NO_ANSWER,
    TICK,
    Kind,
    Meaning,
    Urgency,
)
from forms.building.screening import Screening, screen

if TYPE_CHECKING:
    from forms.models import FormPage

Answer = str | bool | list[str]
Answers = dict[str, Answer]

INCLUSION = "inclusion"
EXCLUSION = "exclusion"


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a field: the stored value, its label, a small hint, and its group in a grouped list."""

    value: str
    label: str
    hint: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """The field is asked only when the answer to ``field`` is, or contains, one of ``values``."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """One field with the texts of the day. ``wording`` is a consent's exact text or a heading's paragraph."""

    key: str
    kind: Kind
    label: str
    help: str = ""
    required: bool = True
    choices: tuple[Choice, ...] = ()
    autocomplete: str = ""
    meaning: Meaning = Meaning.NONE
    step: int = 1
    condition: Condition | None = None
    wording: str = ""
    default: str = ""
    missing: str = ""

    @property
    def takes_answer(self) -> bool:
        """False for headings."""
        return self.kind not in NO_ANSWER

    @property
    def grouped(self) -> bool:
        """Whether the field is a group of controls (fieldset and legend) and not one control (label)."""
        return self.kind in GROUPED

    def label_of(self, value: str) -> str:
        """The label of a stored choice; the value itself when the choice is unknown."""
        return next((choice.label for choice in self.choices if choice.value == value), value)


@dataclass(frozen=True, slots=True)
class StepDefinition:
    """One step of a form in several steps."""

    number: int
    title: str
    introduction: str = ""


@dataclass(frozen=True)
class FormDefinition:
    """A form: its fields in order, its steps, and what the desk derives from the answers."""

    page_id: int
    slug: str
    title: str
    language: str
    fields: tuple[FieldDefinition, ...]
    steps: tuple[StepDefinition, ...] = ()
    checks_crisis_words: bool = True
    criteria_version: str = ""

    # --- making one -------------------------------------------------------------------------------------------

    @classmethod
    def from_page(cls, page: FormPage) -> FormDefinition:
        """The definition of the form on ``page``, unsaved changes of a preview included."""
        from forms.models.pages import define  # the page model imports this module

        return define(page)

    @classmethod
    def from_snapshot(cls, data: Mapping[str, Any]) -> FormDefinition:
        """The definition stored with a submission."""
        fields = tuple(
            FieldDefinition(
                **{
                    **entry,
                    "kind": Kind(entry["kind"]),
                    "meaning": Meaning(entry.get("meaning", "")),
                    "choices": tuple(Choice(**choice) for choice in entry.get("choices", ())),
                    "condition": (
                        Condition(entry["condition"]["field"], tuple(entry["condition"]["values"]))
                        if entry.get("condition")
                        else None
                    ),
                }
            )
            for entry in data["fields"]
        )
        steps = tuple(StepDefinition(**entry) for entry in data.get("steps", ()))
        rest = {key: value for key, value in data.items() if key not in {"fields", "steps", "version"}}
        return cls(fields=fields, steps=steps, **rest)

    def snapshot(self) -> dict[str, Any]:
        """JSON-ready form of this definition: texts, never answers."""
        data = asdict(self)
        data["version"] = 1
        return json.loads(json.dumps(data))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the snapshot: equal definitions are stored once."""
        body = json.dumps(self.snapshot(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()

    # --- asking it --------------------------------------------------------------------------------------------

    @cached_property
    def by_key(self) -> dict[str, FieldDefinition]:
        """Fields that take an answer, by key."""
        return {field.key: field for field in self.fields if field.takes_answer}

    @property
    def stepped(self) -> bool:
        """Whether the form is filled in over several pages."""
        return len(self.steps) > 1

    @property
    def file_keys(self) -> list[str]:
        """Keys of the fields that take files."""
        return [field.key for field in self.fields if field.kind == Kind.FILE]

    def of_step(self, number: int) -> tuple[FieldDefinition, ...]:
        """The fields of one step. A field with a step that does not exist belongs to the last one."""
        last = max(len(self.steps), 1)
        return tuple(field for field in self.fields if min(max(field.step, 1), last) == number)

    def named(self, name: str) -> FieldDefinition | None:
        """The field with this key or this label."""
        label = " ".join(name.split()).casefold()
        return self.by_key.get(name) or next(
            (field for field in self.by_key.values() if " ".join(field.label.split()).casefold() == label), None
        )

    def with_meaning(self, *meanings: Meaning) -> FieldDefinition | None:
        """The first field with the first of ``meanings`` that any field has."""
        for meaning in meanings:
            for field in self.fields:
                if field.meaning == meaning:
                    return field
        return None

    def is_asked(self, field: FieldDefinition, answers: Mapping[str, Answer]) -> bool:
        """Whether the conditions of ``field`` are met by ``answers`` (a condition on a field not asked is not met)."""
        seen: set[str] = set()
        current: FieldDefinition | None = field
        while current is not None and current.condition is not None:
            if current.key in seen or current.condition.field not in self.by_key:
                return True  # a broken condition must not hide a question
            seen.add(current.key)
            given = answers.get(current.condition.field)
            held = [given] if isinstance(given, str) else (["yes"] if given is True else given or [])
            if not isinstance(held, list) or not set(held) & set(current.condition.values):
                return False
            current = self.by_key[current.condition.field]
        return True

    # --- what answers mean ------------------------------------------------------------------------------------

    def urgency_of(self, answers: Mapping[str, Answer]) -> Urgency:
        """Urgency by the place of the chosen choice: the first is routine, the last urgent, any between soon."""
        field = self.with_meaning(Meaning.URGENCY)
        given = answers.get(field.key) if field else None
        if field is None or not given:
            return Urgency.ROUTINE
        if field.kind in TICK:
            return Urgency.URGENT if given is True else Urgency.ROUTINE
        values = [choice.value for choice in field.choices]
        places = [values.index(one) for one in ([given] if isinstance(given, str) else given) if one in values]  # type: ignore[union-attr]
        if not places or max(places) == 0:
            return Urgency.ROUTINE
        return Urgency.URGENT if max(places) == len(values) - 1 else Urgency.SOON

    def screening_of(self, answers: Mapping[str, Answer]) -> Screening:
        """What the eligibility checklist suggests; NONE when the form has none or it was not asked."""
        lists = [field for field in self.fields if field.kind == Kind.ELIGIBILITY and self.is_asked(field, answers)]
        if not lists:
            return Screening.NONE
        ticked: dict[str, list[str]] = {INCLUSION: [], EXCLUSION: []}
        for field in lists:
            given = answers.get(field.key)
            for choice in field.choices:
                if isinstance(given, list) and choice.value in given and choice.group in ticked:
                    ticked[choice.group].append(choice.value)
        return screen(ticked[INCLUSION], ticked[EXCLUSION])

    def free_texts(self, answers: Mapping[str, Answer]) -> Iterable[str]:
        """The answers written in the sender's own words."""
        for field in self.fields:
            given = answers.get(field.key)
            if field.kind in (Kind.SINGLELINE, Kind.MULTILINE) and isinstance(given, str):
                yield given


# Characters. Long enough for a careful letter, short enough to stay readable at the desk.
MAX_LENGTH: dict[Kind, int] = {
    Kind.SINGLELINE: 255,
    Kind.MULTILINE: 5000,
    Kind.EMAIL: 254,
    Kind.PHONE: 40,
    Kind.NUMBER: 40,
    Kind.URL: 2000,
    Kind.HIDDEN: 255,
}
