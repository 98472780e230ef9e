"""Shapes of forms: what they ask, and the receipt of what was sent."""

from __future__ import annotations

import datetime
from typing import Any

from ninja import Field, Schema

from clinic.api.schemas.shape import Shape
from clinic.api.schemas.site import Crisis
from forms.building.kinds import Kind
from forms.building.screening import Screening


class Choice(Shape):
    """One choice of a field."""

    value: str
    label: str
    hint: str
    group: str = Field(description="Its group in a grouped list, e.g. inclusion or exclusion.")


class ShowWhen(Shape):
    """The field is asked only when the answer to another is, or contains, one of these."""

    field: str
    is_one_of: list[str]


class FormField(Shape):
    """One field with its texts."""

    key: str
    kind: Kind
    label: str
    help: str
    required: bool
    choices: list[Choice]
    autocomplete: str = Field(description="Value of the autocomplete attribute.")
    step: int
    show_when: ShowWhen | None
    wording: str = Field(description="A consent's exact text, or a heading's paragraph. Show it as it is.")
    default: str


class FormStep(Shape):
    """One step of a form in several steps."""

    number: int
    title: str
    introduction: str


class FormUi(Shape):
    """What a front end needs to draw the form."""

    title: str
    language: str
    steps: list[FormStep]
    fields: list[FormField]


class FormSummary(Shape):
    """A form of a list."""

    slug: str
    title: str
    introduction: str
    html_url: str | None
    detail_url: str
    locale: str


class Form(FormSummary):
    """What a form asks: a JSON Schema of its answers, and hints to draw it."""

    notice: str = Field(description="Shown above the questions.")
    next_heading: str
    next_steps: list[str]
    submit_label: str
    submit_url: str
    proof_url: str | None = Field(description="Where to get a challenge for a proof of work; null when none is needed.")
    version: str = Field(description="Changes whenever a question does.")
    answers_schema: dict[str, Any] = Field(description="JSON Schema (2020-12) of `answers`.")
    ui: FormUi
    file_fields: list[str] = Field(description="Keys of fields that take files, as parts of a multipart body.")
    accepted_files: str = Field(description="Value of the accept attribute.")


class SubmissionBody(Schema):
    """What somebody sends."""

    answers: dict[str, Any] = Field(description="Answers by field key, as the form’s `answers_schema` says.")


class ProofChallenge(Shape):
    """A challenge of ALTCHA, signed by this server; good for one submission and a few minutes."""

    parameters: dict[str, Any] = Field(description="Algorithm, nonce, salt, cost and what else a solver needs.")
    signature: str


class ScreeningOutcome(Shape):
    """What the eligibility checklist suggests. A kind sentence, never a refusal."""

    outcome: Screening
    sentence: str


class Receipt(Shape):
    """Proof that the submission is stored."""

    reference: str = Field(description="Show it. It can be said on the phone.")
    received_at: datetime.datetime
    repeated: bool = Field(description="Whether an earlier request with this key had stored it.")
    screening: ScreeningOutcome | None
    crisis: Crisis | None = Field(description="Show it before anything else, when it is there.")
    thanks_heading: str
    thanks_text: str
