"""/conditions/: condition pages by slug, with facts, sources, warning signs and the state of the evidence."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from clinic.api.conditionrows import load_rows, load_topics
from clinic.api.pagecontent import PAGE_TYPES, is_brief
from clinic.api.pageshapes import Condition, ConditionItem, page_detail, page_items
from clinic.api.pagination import Listing, Paging, paged
from clinic.api.publicpages import public_pages, with_family
from clinic.api.routers.pages import PageFields
from pages.models import ConditionPage

router = Router(tags=["conditions"])
CONDITION = PAGE_TYPES[ConditionPage]
#: What a list gives without being asked.
ALWAYS = ("summary", "topics", "review")


class ConditionFilters(Schema):
    """Which conditions."""

    topic: list[str] = Field([], description="Slugs of topics.", max_length=100)
    locale: str | None = Field(None, max_length=20, description="Language code of the content, e.g. es.")


@router.get(
    "/",
    response=Listing[ConditionItem],
    url_name="condition_list",
    operation_id="conditions_list",
    summary="List conditions",
    exclude_unset=True,
)
def list_conditions(
    request: HttpRequest, filters: Query[ConditionFilters], content: Query[PageFields], paging: Query[Paging]
) -> dict[str, Any]:
    """Condition pages in the order editors gave them."""
    names = content.names([ConditionPage])
    rows = _rows(request).order_by("path")
    if filters.topic:
        rows = rows.filter(topics__slug__in=filters.topic).distinct()
    if filters.locale is not None:
        rows = rows.filter(locale__language_code=filters.locale)

    def items(pages: list[ConditionPage]) -> list[dict[str, Any]]:
        wanted = [*ALWAYS, *names]
        if is_brief(ConditionPage, wanted):
            load_topics(pages)
        else:
            load_rows(pages)
        return page_items(pages, request, wanted)

    return paged(request, rows, paging, items)


@router.get(
    "/{slug}/",
    response=Condition,
    url_name="condition_detail",
    operation_id="conditions_detail",
    summary="One condition",
)
def get_condition(
    request: HttpRequest,
    slug: str,
    locale: str = Query("en", max_length=20, description="Language code of the content."),  # type: ignore[type-arg]
) -> dict[str, Any]:
    """A condition page by its slug."""
    page = with_family(_rows(request)).filter(slug=slug, locale__language_code=locale).order_by("path").first()
    if page is None:
        raise Http404("There is no published condition of this slug.")
    load_rows([page])
    return page_detail(page, request)


def _rows(request: HttpRequest) -> Any:
    rows = public_pages(request, ConditionPage).select_related("locale", "content_type", *CONDITION.join)
    return rows.prefetch_related(*CONDITION.load)
