"""Questions and answers as they were asked, for the check before sending, the desk, print and exports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forms.building.definition import Answer, Answers, FormDefinition
from forms.building.kinds import Kind
from forms.receiving.display import display


@dataclass(frozen=True, slots=True)
class Row:
    """One question and its answer, as drawn in a summary list."""

    key: str
    question: str
    lines: list[str]
    kind: str
    answer: Answer | None = None
    meaning: str = ""


def summary(
    definition: FormDefinition,
    answers: Answers,
    *,
    step: int | None = None,
    files: Mapping[str, list[str]] | None = None,
) -> list[Row]:
    """Questions with answers, as asked; questions that were not asked are left out, unanswered ones are not."""
    rows = []
    for one in definition.fields if step is None else definition.of_step(step):
        if not one.takes_answer or one.kind == Kind.HIDDEN or not definition.is_asked(one, answers):
            continue
        lines = list((files or {}).get(one.key, ())) if one.kind == Kind.FILE else display(one, answers.get(one.key))
        question = one.wording if one.kind == Kind.CONSENT else one.label
        rows.append(Row(one.key, question, lines, str(one.kind), answers.get(one.key), str(one.meaning)))
    return rows
