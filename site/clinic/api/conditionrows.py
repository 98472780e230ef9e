"""Which condition pages there are to give, one or many: queries that are written once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from wagtail.models import Page

from clinic.api.publicpages import public, public_one, with_family
from pages.models import ConditionPage
from research.models import Topic
from research.prepared import counted, prepared, prepared_but_planned_anew

#: What a list shows of a page without being asked for more.
BRIEF = (
    *("pk", "title", "slug", "url_path", "locale__language_code", "first_published_at", "last_published_at"),
    *("summary", "reviewed_on", "next_review"),
    *("reviewer_id", "reviewer__name", "reviewer__credentials", "reviewer__role", "reviewer__demo"),
)
JOINED = ("locale", "reviewer", "social_image")
About = Topic.condition_pages.through


def _found(by_topic: bool, by_locale: bool, model: int, root: int, topics: Sequence[str], locale: str) -> Any:
    """As pages of any type, so that all conditions can be counted without a look at what is theirs alone.

    ``model`` is the number of their content type.
    """
    pages = public(Page.objects.filter(content_type_id=model).order_by("path"), root)
    if by_topic:
        pages = pages.filter(
            Exists(About.objects.filter(conditionpage=OuterRef("pk"), topic__slug__among=topics)),
        )
    return pages.filter(locale__language_code=locale) if by_locale else pages


@prepared_but_planned_anew
def count_conditions(
    by_topic: bool, by_locale: bool, /, *, model: int, root: int, topics: Sequence[str], locale: str
) -> QuerySet[Page, int]:
    """How many condition pages there are, about any of the topics if ``by_topic``, in one language if ``by_locale``."""
    return counted(_found(by_topic, by_locale, model, root, topics, locale))


@prepared_but_planned_anew
def list_conditions(
    by_topic: bool,
    by_locale: bool,
    /,
    *,
    model: int,
    root: int,
    topics: Sequence[str],
    locale: str,
    limit: int,
    offset: int,
) -> QuerySet[Page, int]:
    """The keys of those pages, in the order of the tree."""
    return _found(by_topic, by_locale, model, root, topics, locale).values_list("pk", flat=True)


@prepared
def whole_pages(*, pks: Sequence[int]) -> QuerySet[ConditionPage]:
    """Condition pages by their keys, in the order of the tree."""
    return ConditionPage.objects.live().filter(pk__among=pks).order_by("path").select_related(*JOINED)


@prepared
def brief_rows(*, pks: Sequence[int]) -> QuerySet[ConditionPage, tuple[Any, ...]]:
    """BRIEF of condition pages by their keys, in the order of the tree."""
    return ConditionPage.objects.live().filter(pk__among=pks).order_by("path").values_list(*BRIEF)


@prepared
def condition_by_slug(*, root: int, slug: str, locale: str) -> QuerySet[ConditionPage]:
    """The page of this slug, with its family."""
    found = public_one(ConditionPage.objects.filter(slug=slug, locale__language_code=locale), root)
    return with_family(found).select_related("locale", "reviewer").order_by("path")[:1]  # few have a social image


@prepared
def _topics(*, pages: Sequence[int]) -> QuerySet[Any, tuple[Any, ...]]:
    links = About.objects.filter(conditionpage_id__among=pages).order_by("topic__sort_order", "topic__name")
    return links.values_list("conditionpage_id", "topic__slug", "topic__name", "topic__parent__slug")


def topics_of(pages: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The topics of pages, as `TopicReference` describes them. One query."""
    found: dict[int, list[dict[str, Any]]] = {pk: [] for pk in pages}
    for pk, slug, name, parent in _topics(pages=pages) if pages else ():
        found[pk].append({"slug": slug, "name": name, "parent": parent})
    return found
