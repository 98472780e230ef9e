"""Topics as the API gives them, with how many published citations are filed under each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from clinic.api.answers import Answer
from clinic.api.links import api_path
from research.edition import kept
from research.models import CitationTopic, Topic
from research.models.querysets import public
from research.prepared import counted, prepared


@prepared
def count_topics() -> QuerySet[Topic, int]:
    """How many topics there are."""
    return counted(Topic.objects.all())


@prepared
def list_topics(*, limit: int, offset: int) -> QuerySet[Topic]:
    """Every condition followed by its sub-topics, as editors ordered them."""
    return Topic.objects.in_tree_order().select_related("parent")


@prepared
def family_of(*, slug: str) -> QuerySet[Topic]:
    """The topic of this slug and its sub-topics, as editors ordered them."""
    return Topic.objects.filter(Q(slug=slug) | Q(parent__slug=slug)).select_related("parent")


def topic_fields(topics: Sequence[Topic], answer: Answer) -> list[dict[str, Any]]:
    """Topics as `shapes.Topic` describes them. Expects each ``parent`` to be loaded."""
    counts = kept("topic-counts-1", citation_counts) if topics else {}
    return [
        {
            "id": topic.pk,
            "slug": topic.slug,
            "name": topic.name,
            "parent": topic.parent.slug if topic.parent else None,
            "introduction": answer.texts.html(topic.introduction),
            "synonyms": topic.synonym_list(),
            "citation_count": counts.get(topic.pk, 0),
            "detail_url": answer.base + api_path("topic_detail", slug=topic.slug),
        }
        for topic in topics
    ]


def citation_counts() -> dict[int, int]:
    """How many published citations are filed under each topic or its sub-topics, each counted once per topic."""
    # For a condition the second one holds, which counts its sub-topics, too.
    return dict(_filed_under_each()) | dict(_filed_under_conditions())


@prepared
def _filed_under_each() -> QuerySet[CitationTopic, tuple[int, int]]:
    links = CitationTopic.objects.filter(public("citation__")).order_by()
    return links.values_list("topic").annotate(Count("citation", distinct=True))


@prepared
def _filed_under_conditions() -> QuerySet[CitationTopic, tuple[int, int]]:
    links = CitationTopic.objects.filter(public("citation__")).order_by()
    return links.values_list(Coalesce("topic__parent", "topic")).annotate(Count("citation", distinct=True))
