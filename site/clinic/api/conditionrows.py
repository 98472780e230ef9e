"""Facts, warning signs, questions and topics of condition pages: two queries for any number of pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import CharField, F, Prefetch, Value, prefetch_related_objects
from django.db.models.functions import Cast, Coalesce

from pages.models import ConditionFact, ConditionPage, ConditionQuestion, FactSource, WarningSign
from research.models import Topic

KINDS = ("fact", "sign", "question", "topic")


def load_rows(pages: Sequence[ConditionPage]) -> None:
    """Loads facts, warning signs, questions and topics of condition pages with one query for all four, and one more for
    the facts' sources. They are small and always wanted together. Afterwards ``.all()`` on each asks nothing.
    """
    facts = (
        ConditionFact.objects.filter(page__in=pages, draft=False)
        .order_by()
        .values_list(
            "page_id",
            "pk",
            "sort_order",
            Value("fact"),
            F("statement"),
            F("figure"),
            Coalesce(Cast("as_of_year", CharField()), Value("")),
        )
    )
    signs = (
        WarningSign.objects.filter(page__in=pages)
        .order_by()
        .values_list("page_id", "pk", "sort_order", Value("sign"), F("text"), Value(""), Value(""))
    )
    asked = (
        ConditionQuestion.objects.filter(page__in=pages)
        .order_by()
        .values_list("page_id", "pk", "sort_order", Value("question"), F("question"), F("answer"), Value(""))
    )
    about = (
        Topic.condition_pages.through.objects.filter(conditionpage__in=pages)
        .order_by()
        .values_list(
            "conditionpage_id",
            "topic_id",
            "topic__sort_order",
            Value("topic"),
            F("topic__name"),
            F("topic__slug"),
            Coalesce("topic__parent__slug", Value("")),
        )
    )
    rows: dict[int, dict[str, list[Any]]] = {page.pk: {kind: [] for kind in KINDS} for page in pages}
    for page_id, pk, order, kind, first, second, third in facts.union(signs, asked, about, all=True):
        rows[page_id][kind].append((order, first if kind == "topic" else "", pk, first, second, third))
    every_fact: list[ConditionFact] = []
    for page in pages:
        own = {kind: sorted(found) for kind, found in rows[page.pk].items()}
        page.__dict__["signs"] = [WarningSign(pk=pk, text=text) for _o, _n, pk, text, _a, _b in own["sign"]]
        page.__dict__["asked"] = [
            ConditionQuestion(pk=pk, question=question, answer=answer)
            for _o, _n, pk, question, answer, _b in own["question"]
        ]
        stated = [
            ConditionFact(pk=pk, page=page, statement=statement, figure=figure, as_of_year=int(year) if year else None)
            for _o, _n, pk, statement, figure, year in own["fact"]
        ]
        every_fact += stated
        page._prefetched_objects_cache = getattr(page, "_prefetched_objects_cache", {}) | {
            "facts": stated,
            "warning_signs": page.signs,
            "questions": page.asked,
            "topics": [
                Topic(pk=pk, name=name, slug=slug, parent=Topic(slug=parent) if parent else None)
                for _o, _n, pk, name, slug, parent in own["topic"]
            ],
        }
    prefetch_related_objects(every_fact, Prefetch("sources", FactSource.objects.select_related("citation")))


def load_topics(pages: Sequence[ConditionPage]) -> None:
    """Loads the topics alone, in one query, for lists that show no more."""
    links = Topic.condition_pages.through.objects.filter(conditionpage__in=pages).values_list(
        "conditionpage_id", "topic_id", "topic__name", "topic__slug", "topic__parent__slug"
    )
    found: dict[int, list[Topic]] = {page.pk: [] for page in pages}
    for page_id, pk, name, slug, parent in links.order_by("topic__sort_order", "topic__name"):
        found[page_id].append(Topic(pk=pk, name=name, slug=slug, parent=Topic(slug=parent) if parent else None))
    for page in pages:
        page._prefetched_objects_cache = getattr(page, "_prefetched_objects_cache", {}) | {"topics": found[page.pk]}
