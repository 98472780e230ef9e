"""/conditions/: condition pages by slug, with facts, sources, warning signs and the state of the evidence."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from clinic.api import conditionrows
from clinic.api.conditionlist import in_brief
from clinic.api.pagecontent import is_brief
from clinic.api.pageshapes import Condition, ConditionItem, page_detail, page_items
from clinic.api.pagination import Listing, Paging, envelope
from clinic.api.routers.pages import PageFields
from pages.condition_reading import load_rows
from pages.models import ConditionPage
from pages.sites import site_of

router = Router(tags=["conditions"])
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
    wanted = [*ALWAYS, *content.names([ConditionPage])]
    shape = bool(filters.topic), filters.locale is not None
    model = ContentType.objects.get_for_model(ConditionPage).pk
    values: dict[str, Any] = {"model": model, "root": _root(request)}
    values |= {"topics": filters.topic, "locale": filters.locale or ""}
    (count,) = conditionrows.count_conditions(*shape, **values)
    values |= {"limit": paging.limit, "offset": paging.offset}
    pks = conditionrows.list_conditions(*shape, **values)
    if is_brief(ConditionPage, wanted):
        return envelope(request, paging, count, in_brief(conditionrows.brief_rows(pks=pks), request))
    pages = conditionrows.whole_pages(pks=pks)
    load_rows(pages)
    return envelope(request, paging, count, page_items(pages, request, wanted))


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
    page = next(iter(conditionrows.condition_by_slug(root=_root(request), slug=slug, locale=locale)), None)
    if page is None:
        raise Http404("There is no published condition of this slug.")
    load_rows([page])
    return page_detail(page, request)


def _root(request: HttpRequest) -> int:
    """The number of the site's root page; one that no page has where no site answers."""
    site = site_of(request)
    return site.root_page_id if site else 0
