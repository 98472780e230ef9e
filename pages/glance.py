"""The evidence at a glance of a condition page: what the database says, handed to `research.evidence`."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from research.choices import Relation
from research.evidence import Glance, Record, glance
from research.models import Citation, CitationRelation, CitationTopic


def glance_of(citations: Iterable[Citation], findings: dict[int, str] | None = None) -> Glance:
    """The glance over citations at hand, each with ``finding_value`` (or in ``findings``). One query."""
    found = findings or {}
    records = [
        Record(
            citation.pk,
            citation.kind,
            citation.study_design,
            citation.species,
            citation.status,
            found.get(citation.pk) or getattr(citation, "finding_value", "") or "background",
            citation.issued_year,
            citation.sample_size,
        )
        for citation in citations
    ]
    return glance(records, same_trial_pairs({record.id for record in records}), timezone.localdate().year)


def glance_on(topics: Iterable[int]) -> Glance:
    """The glance over everything public that is filed under the topics or their sub-topics. Two queries.

    A query set of topics stays part of the first one.
    """
    wanted = topics if isinstance(topics, QuerySet) else list(topics)
    links = (
        CitationTopic.objects.filter(Q(topic__in=wanted) | Q(topic__parent__in=wanted))
        .filter(citation__in=Citation.objects.published())
        .order_by("citation_id", "sort_order")
        .values_list(
            "citation_id",
            "citation__kind",
            "citation__study_design",
            "citation__species",
            "citation__status",
            "finding",
            "citation__issued_year",
            "citation__sample_size",
        )
    )
    records = [Record(*row) for row in links]
    return glance(records, same_trial_pairs({record.id for record in records}), timezone.localdate().year)


def same_trial_pairs(pks: set[int]) -> list[tuple[int, int]]:
    """Pairs of records that report one trial, or of which one reports on the other, touching any of these."""
    if not pks:
        return []
    one_trial = CitationRelation.objects.filter(kind__in=[Relation.SAME_TRIAL, Relation.REPORTS_ON])
    touching = one_trial.filter(Q(citation__in=pks) | Q(related__in=pks)) if len(pks) < 400 else one_trial
    return list(touching.values_list("citation_id", "related_id"))
