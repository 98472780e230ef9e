"""The evidence on a condition page's topics: what the database says, handed to `research.evidence`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from research.choices import RESEARCH_KINDS, Finding, Relation
from research.edition import kept
from research.evidence import Glance, Record, glance
from research.models import Citation, CitationRelation, CitationTopic, Topic
from research.models.querysets import public
from research.prepared import prepared

#: How many studies a condition page lists.
EVIDENCE_SHOWN = 8
#: More records than this are not named to the database one by one.
MOST_NAMED = 400


@dataclass(frozen=True)
class Evidence:
    """What the library holds on some topics and their sub-topics."""

    #: The newest studies, as many as a page lists, each with its key and what it found.
    newest: tuple[tuple[int, str], ...]
    goes_on: bool
    glance: Glance

    def studies(self, loaded: Mapping[int, Citation] | None = None) -> list[Any]:
        """The newest studies, each with `finding_here`. One query, none when they are ``loaded``."""
        citations = Citation.by_pk([pk for pk, _finding in self.newest]) if loaded is None else loaded
        studies = []
        for pk, finding in self.newest:
            citation: Any = citations.get(pk)
            if citation is not None and citation.is_published:
                citation.finding_here = "" if finding == Finding.BACKGROUND else Finding(finding).label
                studies.append(citation)
        return studies


def evidence_on(topics: Iterable[int]) -> Evidence:
    """What is public and filed under the topics or their sub-topics.

    One query while the library stays as it is: thousands of studies cost a page no more than one does.
    """
    wanted, year = sorted(topics), timezone.localdate().year
    name = f"evidence-1:{wanted}:{year}:{get_language()}"
    return kept(name.replace(" ", ""), lambda: _worked_out(wanted, year))


def _worked_out(topics: Sequence[int], year: int) -> Evidence:
    filed: dict[int, tuple[str, Record]] = {}
    for key, *record in _filed(topics=topics):
        filed.setdefault(record[0], (key, Record(*record)))  # filed under several: what it found for the first
    records = [record for _key, record in filed.values()]
    studies = sorted(
        ((-(record.year or 0), key, record) for key, record in filed.values() if record.kind in RESEARCH_KINDS)
    )
    return Evidence(
        newest=tuple((record.id, record.finding) for _year, _key, record in studies[:EVIDENCE_SHOWN]),
        goes_on=len(studies) > EVIDENCE_SHOWN,
        glance=glance(records, same_trial_pairs(filed), year),
    )


@prepared
def _filed(*, topics: Sequence[int]) -> QuerySet[CitationTopic, tuple[Any, ...]]:
    family = Topic.objects.filter(Q(pk__among=topics) | Q(parent_id__among=topics)).order_by()
    links = CitationTopic.objects.filter(public("citation__"), topic__in=family.values("pk"))
    return links.order_by("citation_id", "sort_order", "pk").values_list(
        "citation__key",
        "citation_id",
        "citation__kind",
        "citation__study_design",
        "citation__species",
        "citation__status",
        "finding",
        "citation__issued_year",
        "citation__sample_size",
    )


def same_trial_pairs(pks: Collection[int]) -> list[tuple[int, int]]:
    """Pairs of records that report one trial, or of which one reports on the other, touching any of these."""
    if not pks:
        return []
    return _touching(pks=list(pks)) if len(pks) <= MOST_NAMED else _one_trial()


@prepared
def _one_trial() -> QuerySet[CitationRelation, tuple[int, int]]:
    of_one_trial = CitationRelation.objects.filter(kind__in=[Relation.SAME_TRIAL, Relation.REPORTS_ON]).order_by()
    return of_one_trial.values_list("citation_id", "related_id")


@prepared
def _touching(*, pks: Sequence[int]) -> QuerySet[CitationRelation, tuple[int, int]]:
    of_one_trial = CitationRelation.objects.filter(kind__in=[Relation.SAME_TRIAL, Relation.REPORTS_ON]).order_by()
    touching = of_one_trial.filter(Q(citation_id__among=pks) | Q(related_id__among=pks))
    return touching.values_list("citation_id", "related_id")
