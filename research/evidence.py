"""Evidence at a glance: studies by design and finding, people counted once, and gaps said openly. Pure functions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from research.choices import RESEARCH_KINDS, Finding, Species, Status, StudyDesign

#: Designs that ask a question of patients. Reviews and opinions summarise such studies and add no people of their own.
PRIMARY = frozenset(
    {
        StudyDesign.RCT,
        StudyDesign.RCT_CROSSOVER,
        StudyDesign.RCT_OPEN,
        StudyDesign.OPEN_LABEL,
        StudyDesign.COHORT,
        StudyDesign.NATURALISTIC,
        StudyDesign.RETROSPECTIVE,
        StudyDesign.CASE_SERIES,
    }
)
RANDOMIZED = frozenset({StudyDesign.RCT, StudyDesign.RCT_CROSSOVER, StudyDesign.RCT_OPEN})

#: The order in which findings are shown, benefit and no benefit at equal rank.
FINDINGS = (Finding.BENEFIT, Finding.MIXED, Finding.NO_BENEFIT, Finding.HARM, Finding.BACKGROUND)

FEW_PEOPLE = 100
YEARS_UNTIL_OLD = 5


class Record(NamedTuple):
    """What the glance needs of one public citation under one topic."""

    id: int
    kind: str
    study_design: str
    species: str
    status: str
    finding: str
    year: int | None
    sample_size: int | None


@dataclass(frozen=True)
class Row:
    """One study design: how many studies found what, in the order of FINDINGS."""

    design: str
    label: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """Studies of this design."""
        return sum(self.counts)


@dataclass(frozen=True)
class Bar:
    """A part of a row's drawing, in the units of the drawing (the widest row is 100)."""

    finding: str
    label: str
    count: int
    x: float
    width: float


@dataclass(frozen=True)
class Glance:
    """The evidence on a topic. ``participants`` counts the people of one trial once."""

    rows: tuple[Row, ...]
    findings: tuple[tuple[str, str, int], ...]
    studies: int
    participants: int
    trials_counted: int
    newest: int | None
    gaps: tuple[str, ...]

    def bars(self) -> list[tuple[Row, list[Bar]]]:
        """Each row with its bars."""
        widest = max((row.total for row in self.rows), default=1)
        drawn: list[tuple[Row, list[Bar]]] = []
        for row in self.rows:
            at, bars = 0.0, []
            for finding, count in zip(FINDINGS, row.counts, strict=True):
                if count:
                    width = round(100 * count / widest, 2)
                    bars.append(Bar(finding.value, str(finding.label), count, round(at, 2), width))
                    at += width
            drawn.append((row, bars))
        return drawn


def glance(records: Iterable[Record], same_trial: Iterable[tuple[int, int]], this_year: int) -> Glance:
    """The evidence on one topic, from its public records and the pairs that report one trial.

    News, releases and stories are not evidence; a retracted work is not either.
    """
    standing = [
        record
        for record in {record.id: record for record in records}.values()
        if record.kind in RESEARCH_KINDS and record.status != Status.RETRACTED
    ]
    by_design: dict[str, Counter[str]] = defaultdict(Counter)
    for record in standing:
        by_design[record.study_design][record.finding] += 1
    order = {design.value: place for place, design in enumerate(StudyDesign)}
    rows = tuple(
        Row(design, _label(design), tuple(by_design[design][finding] for finding in FINDINGS))
        for design in sorted(by_design, key=lambda design: order.get(design, len(order)))
    )
    totals = Counter(record.finding for record in standing)
    people, trials = participants(standing, same_trial)
    newest = max((record.year for record in standing if record.year), default=None)
    return Glance(
        rows=rows,
        findings=tuple((finding.value, str(finding.label), totals[finding]) for finding in FINDINGS if totals[finding]),
        studies=len(standing),
        participants=people,
        trials_counted=trials,
        newest=newest,
        gaps=tuple(gaps(standing, people, newest, this_year)),
    )


def participants(records: Sequence[Record], same_trial: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """People in the primary studies of humans, and the number of trials they were counted from.

    Records joined by ``same_trial`` are one trial, whose largest reported number counts once.
    """
    counted = {
        record.id: record
        for record in records
        if record.sample_size and record.species == Species.HUMAN and record.study_design in PRIMARY
    }
    parent = {pk: pk for pk in counted}

    def root(pk: int) -> int:
        while parent[pk] != pk:
            pk = parent[pk] = parent[parent[pk]]
        return pk

    for one, other in _closed(same_trial, counted):
        parent[root(one)] = root(other)
    largest: dict[int, int] = defaultdict(int)
    for pk, record in counted.items():
        largest[root(pk)] = max(largest[root(pk)], record.sample_size or 0)
    return sum(largest.values()), len(largest)


def _closed(pairs: Iterable[tuple[int, int]], counted: Mapping[int, Record]) -> list[tuple[int, int]]:
    """The pairs as links between counted records, also where the link runs through a record that is not counted."""
    joined: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        joined[one].add(other)
        joined[other].add(one)
    links: list[tuple[int, int]] = []
    seen: set[int] = set()
    for start in joined:
        if start in seen:
            continue
        group, waiting = set(), [start]
        while waiting:
            at = waiting.pop()
            if at not in group:
                group.add(at)
                waiting += joined[at]
        seen |= group
        members = sorted(group & counted.keys())
        links += pairwise(members)
    return links


def gaps(records: Sequence[Record], people: int, newest: int | None, this_year: int) -> list[str]:
    """What the library does not hold on a topic, in plain sentences."""
    if not records:
        return [_("Our library holds no study on this yet.")]
    said: list[str] = []
    in_people = [record for record in records if record.species == Species.HUMAN]
    if not in_people:
        said.append(_("None of these studies was done in people."))
    elif not any(record.study_design in RANDOMIZED for record in records):
        said.append(_("No study compared treatments by chance (a randomized trial)."))
    if in_people and 0 < people < FEW_PEOPLE:
        said.append(
            ngettext(
                "All trials together counted %(count)d person, too few to be sure.",
                "All trials together counted %(count)d people, too few to be sure.",
                people,
            )
            % {"count": people}
        )
    if not any(record.study_design == StudyDesign.SYSTEMATIC_REVIEW for record in records):
        said.append(_("Nobody in our library has brought the trials together in a systematic review."))
    if newest is not None and this_year - newest > YEARS_UNTIL_OLD:
        said.append(_("The newest study is from %(year)d.") % {"year": newest})
    return said


def _label(design: str) -> str:
    try:
        return str(StudyDesign(design).label)
    except ValueError:
        return _("Design not recorded")
