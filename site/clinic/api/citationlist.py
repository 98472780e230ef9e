"""Which citations a list gives: a query for each combination of filters, written when it is first asked."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from research.choices import RESEARCH_KINDS
from research.models import Citation, CitationTopic
from research.models.querysets import CitationQuerySet
from research.prepared import counted, prepared

ORDERS: dict[str, tuple[Any, ...]] = {
    "-year": (F("issued_year").desc(nulls_last=True), "key"),
    "year": (F("issued_year").asc(nulls_last=True), "key"),
    "title": ("title", "key"),
    "key": ("key",),
    "-verified_on": ("-verified_on", "key"),
}
#: Columns of which several values may be asked for.
LISTED = ("key", "kind", "study_design", "species", "status", "ocebm_level")
BOUNDS = {"year_from": "issued_year__gte", "year_to": "issued_year__lte", "min_sample_size": "sample_size__gte"}
RESEARCH = Q(kind__in=sorted(RESEARCH_KINDS))
FLAGS = {
    ("open_access", True): Q(open_access=True),
    ("open_access", False): Q(open_access=False),
    ("research", True): RESEARCH,
    ("research", False): ~RESEARCH,
}
#: Filters in force: each with whether it asks for something or keeps it out.
Shape = frozenset[tuple[str, bool]]


def shape_of(asked: dict[str, Any]) -> Shape:
    """Which of the filters are in force; None stands for one that is not."""
    return frozenset((name, value is not False) for name, value in asked.items() if value is not None)


def narrowed(shape: Shape, asked: dict[str, Any], one_of: str = "in") -> CitationQuerySet:
    """The published citations that the filters leave. ``hits`` are the keys of records that hold the words asked for.

    ``one_of`` is the look-up for a list of values.
    """
    names = {name for name, _wanted in shape}
    where = [Q(**{f"{column}__{one_of}": asked[column]}) for column in LISTED if column in names]
    where += [Q(**{look_up: asked[name]}) for name, look_up in BOUNDS.items() if name in names]
    where += [holds for flag, holds in FLAGS.items() if flag in shape]
    links = CitationTopic.objects.filter(citation=OuterRef("pk"))
    if "topic" in names:
        own, above = ({f"{path}slug__{one_of}": asked["topic"]} for path in ("topic__", "topic__parent__"))
        links = links.filter(Q(**own) | Q(**above))
    if "finding" in names:
        links = links.filter(**{f"finding__{one_of}": asked["finding"]})
    if names & {"topic", "finding"}:
        where.append(Q(Exists(links)))
    if "hits" in names:
        where.append(Q(**{f"pk__{one_of}": asked["hits"]}))
    return Citation.objects.published().filter(*where)


@prepared
def count_citations(
    shape: Shape,
    /,
    *,
    key: Any,
    topic: Any,
    finding: Any,
    kind: Any,
    study_design: Any,
    species: Any,
    status: Any,
    ocebm_level: Any,
    year_from: Any,
    year_to: Any,
    min_sample_size: Any,
    hits: Any,
) -> QuerySet[Citation, int]:
    """How many citations the filters leave."""
    return counted(narrowed(shape, locals(), "among"))


@prepared
def list_citations(
    shape: Shape,
    order: str,
    /,
    *,
    key: Any,
    topic: Any,
    finding: Any,
    kind: Any,
    study_design: Any,
    species: Any,
    status: Any,
    ocebm_level: Any,
    year_from: Any,
    year_to: Any,
    min_sample_size: Any,
    hits: Any,
    limit: int,
    offset: int,
) -> QuerySet[Citation, int]:
    """The keys of those, in order."""
    found = narrowed(shape, locals(), "among").order_by(*ORDERS[order])
    return found.values_list("pk", flat=True)
