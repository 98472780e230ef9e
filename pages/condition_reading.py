"""What belongs to condition pages, out of the database: facts with their sources, warning signs, questions, topics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from pages.models import ConditionFact, ConditionPage, ConditionQuestion, FactSource, WarningSign
from research.models import Topic
from research.prepared import prepared

About = Topic.condition_pages.through


def load_rows(pages: Sequence[ConditionPage]) -> None:
    """Loads facts with their sources, warning signs, questions and topics of pages with one query for all of it: they
    are small and always wanted together. Afterwards ``.all()`` on each asks nothing. The sources know the numbers of
    their citations, not these.
    """
    rows: dict[int, dict[str, list[Any]]] = {
        page.pk: {kind: [] for kind in ("fact", "source", "sign", "question", "topic")} for page in pages
    }
    for page_id, kind, order, pk, *texts in _rows(pages=list(rows)) if rows else ():
        rows[page_id][kind].append((-1 if order is None else order, texts[0] if kind == "topic" else "", pk, *texts))
    for page in pages:
        own = {kind: sorted(found) for kind, found in rows[page.pk].items()}
        page.__dict__["signs"] = [WarningSign(pk=pk, text=text) for _o, _n, pk, text, _a, _b in own["sign"]]
        page.__dict__["asked"] = [
            ConditionQuestion(pk=pk, question=question, answer=answer)
            for _o, _n, pk, question, answer, _b in own["question"]
        ]
        facts = {
            pk: ConditionFact(
                pk=pk, page=page, statement=statement, figure=figure, as_of_year=int(year) if year else None
            )
            for _o, _n, pk, statement, figure, year in own["fact"]
        }
        sources: dict[int, list[FactSource]] = {pk: [] for pk in facts}
        for _o, _n, pk, citation, stance, locator in own["source"]:
            sources[pk].append(FactSource(claim=facts[pk], citation_id=int(citation), stance=stance, locator=locator))
        for pk, fact in facts.items():
            _keep(fact, sources=sources[pk])
        _keep(
            page,
            facts=list(facts.values()),
            warning_signs=page.signs,
            questions=page.asked,
            topics=[_topic(pk, name, slug, parent) for _o, _n, pk, name, slug, parent in own["topic"]],
        )


@prepared
def _rows(*, pages: Sequence[int]) -> QuerySet[Any, tuple[Any, ...]]:
    """Page, kind of row, order, key and three texts."""
    facts = (
        ConditionFact.objects.filter(page_id__among=pages, draft=False)
        .order_by()
        .values_list(
            "page_id",
            Value("fact"),
            "sort_order",
            "pk",
            F("statement"),
            F("figure"),
            Coalesce(Cast("as_of_year", CharField()), Value("")),
        )
    )
    sources = (
        FactSource.objects.filter(claim__page_id__among=pages, claim__draft=False)
        .order_by()
        .values_list(
            "claim__page_id",
            Value("source"),
            "sort_order",
            "claim_id",
            Cast("citation_id", CharField()),
            F("stance"),
            F("locator"),
        )
    )
    signs = (
        WarningSign.objects.filter(page_id__among=pages)
        .order_by()
        .values_list("page_id", Value("sign"), "sort_order", "pk", F("text"), Value(""), Value(""))
    )
    asked = (
        ConditionQuestion.objects.filter(page_id__among=pages)
        .order_by()
        .values_list("page_id", Value("question"), "sort_order", "pk", F("question"), F("answer"), Value(""))
    )
    about = (
        About.objects.filter(conditionpage_id__among=pages)
        .order_by()
        .values_list(
            "conditionpage_id",
            Value("topic"),
            "topic__sort_order",
            "topic_id",
            F("topic__name"),
            F("topic__slug"),
            Coalesce("topic__parent__slug", Value("")),
        )
    )
    return facts.union(sources, signs, asked, about, all=True)


def _topic(pk: int, name: str, slug: str, parent: str | None) -> Topic:
    return Topic(pk=pk, name=name, slug=slug, parent=Topic(slug=parent) if parent else None)


def _keep(owner: Any, **rows: list[Any]) -> None:
    """As if the rows had been prefetched."""
    owner._prefetched_objects_cache = getattr(owner, "_prefetched_objects_cache", {}) | rows
