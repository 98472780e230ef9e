"""/pages/: Wagtail's page operations, with its three public reads replaced by ones that keep what they promise.

Wagtail's own list leaves out content, ignores parameters it does not know, and mixes drafts into the list of every
token; see docs/api.md.
"""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import unquote

from django.db.models import Q
from django.http import Http404, HttpRequest
from ninja import Field, Query, Schema
from wagtail.models import Locale, Page, Site

from clinic.api.auth import ApiToken
from clinic.api.pagecontent import page_type_of
from clinic.api.pageshapes import ITEMS, AnyItem, AnyPage, list_fields, page_detail, page_items
from clinic.api.pagination import Listing, Paging, paged
from clinic.api.problems import UnknownFields
from clinic.api.publicpages import readable_pages, with_family
from clinic.api.withdrawn import pages as router
from pages.condition_reading import load_rows
from pages.models import ConditionPage
from pages.search.results import PAGES, find
from pages.sites import site_of

READS = ApiToken(required=False)
LABELS = {model._meta.label: model for model in ITEMS}
TypeName = Literal[tuple(LABELS)]  # type: ignore[valid-type]
ORDERS = {
    "tree": ("path",),
    "title": ("title", "pk"),
    "-title": ("-title", "pk"),
    "first_published_at": ("first_published_at", "pk"),
    "-first_published_at": ("-first_published_at", "pk"),
    "last_published_at": ("last_published_at", "pk"),
    "-last_published_at": ("-last_published_at", "pk"),
}
Order = Literal[tuple(ORDERS)]  # type: ignore[valid-type]


class PageFilters(Schema):
    """Which pages of a list, and in what order."""

    type: list[TypeName] = Field([], description="Page types, e.g. pages.ConditionPage.")  # type: ignore[valid-type]
    locale: str | None = Field(None, max_length=20, description="Language code of the content, e.g. es.")
    slug: list[str] = Field([], max_length=100)
    child_of: int | None = Field(None, ge=1, le=2**31 - 1, description="Number of a page.")
    descendant_of: int | None = Field(None, ge=1, le=2**31 - 1, description="Number of a page.")
    show_in_menus: bool | None = None
    search: str = Field("", max_length=200, description="Words to search for.")
    order: Order = Field("tree", description="`tree` is the order editors gave the pages.")  # type: ignore[valid-type]

    def apply(self, request: HttpRequest, pages: Any) -> Any:
        """Narrows and orders ``pages``. A page that cannot be read has no children either."""
        where = Q()
        if self.type:
            where &= Q(content_type__in=_content_types([LABELS[name] for name in self.type]))
        if self.locale is not None:
            where &= Q(locale__in=Locale.objects.filter(language_code=self.locale))
        if self.slug:
            where &= Q(slug__in=self.slug)
        if self.show_in_menus is not None:
            where &= Q(show_in_menus=self.show_in_menus)
        pages = pages.filter(where)
        for pk, narrow in ((self.child_of, pages.child_of), (self.descendant_of, pages.descendant_of)):
            if pk is not None:
                page = readable_pages(request).filter(pk=pk).first()
                if page is None:
                    raise Http404(f"There is no public page with the number {pk}.")
                pages = pages & narrow(page)
        if self.search.strip():
            site = site_of(request)
            found = find(self.search, site).of(PAGES) if site else []
            pages = pages.filter(pk__in=[hit.pk for hit in found])
        return pages.order_by(*ORDERS[self.order])


class PageFields(Schema):
    """Which content a list gives beside each page's title and address."""

    fields: str = Field(
        "",
        max_length=500,
        description="Names of content fields, separated by commas, or * for all that lists can give.",
        examples=["summary,topics"],
    )

    def names(self, models: list[type[Page]]) -> list[str]:
        """The fields asked for. Raises UnknownFields for a name that no page type of the list has."""
        names = [name.strip() for name in self.fields.split(",") if name.strip()]
        known = list_fields(models)
        if unknown := set(names) - known - {"*"}:
            raise UnknownFields(unknown, known)
        return names


@router.get(
    "/",
    response=Listing[AnyItem],
    url_name="list_pages",
    operation_id="pages_list",
    summary="List pages",
    exclude_unset=True,
    auth=READS,
)
def list_pages(
    request: HttpRequest, filters: Query[PageFilters], content: Query[PageFields], paging: Query[Paging]
) -> dict[str, Any]:
    """Public pages of this site. With a token that may read drafts, also those its person may edit."""
    models = [LABELS[name] for name in filters.type] or list(ITEMS)
    names = content.names(models)
    rows = filters.apply(request, readable_pages(request).select_related("locale", "content_type"))
    return paged(request, rows, paging, lambda page: page_items(specific(page) if names else page, request, names))


@router.get(
    "/find/",
    response=AnyPage,
    url_name="find_page",
    operation_id="pages_find",
    summary="Find a page by its path",
    auth=READS,
)
def find_page(
    request: HttpRequest,
    html_path: str = Query(..., max_length=1000, description="Path of the page on the site, e.g. /conditions/ptsd/."),  # type: ignore[type-arg]
) -> dict[str, Any]:
    """The page that opens at a path of the site."""
    site = site_of(request)
    # Browsers give a path percent-encoded, people write it as it reads.
    path = "/".join(part for part in unquote(html_path.split("?")[0]).split("/") if part)
    page = None
    if site is not None:
        url_path = f"{site.root_page.url_path}{path}/" if path else site.root_page.url_path
        page = readable_pages(request).filter(url_path__in=_url_paths(site, path, url_path)).first()
    if page is None:
        raise Http404("Nothing is published at this path.")
    return _detail(request, page)


def _url_paths(site: Site, path: str, url_path: str) -> list[str]:
    """The tree paths that a path of the site can mean: English stands at the root, other languages under their code."""
    first, _, rest = path.partition("/")
    paths = [url_path]
    for root in site.root_page.get_translations().select_related("locale"):
        if root.locale.language_code == first:
            paths.append(f"{root.url_path}{rest}/" if rest else root.url_path)
    return paths


@router.get(
    "/{page_id}/",
    response=AnyPage,
    url_name="detail_page",
    operation_id="pages_detail",
    summary="One page",
    auth=READS,
)
def get_page(
    request: HttpRequest,
    page_id: int,
    version: Literal["live", "draft"] = Query(  # type: ignore[type-arg]
        "live", description="`draft` gives the latest revision to a token that may read drafts."
    ),
) -> dict[str, Any]:
    """A public page by its number, with its content and its numbered sources."""
    page = readable_pages(request).filter(pk=page_id).first()
    if page is None:
        raise Http404(f"There is no public page with the number {page_id}.")
    if version == "draft" and request.user.is_authenticated:
        return page_detail(page.get_latest_revision_as_object(), request)
    return _detail(request, page)


def _detail(request: HttpRequest, page: Page) -> dict[str, Any]:
    (whole,) = specific([page], family=True)
    return page_detail(whole, request)


def specific(pages: list[Page], *, family: bool = False) -> list[Page]:
    """The pages as their own types with all they need loaded, in the same order: a few queries for each type."""
    found: dict[int, Page] = {}
    for model in {page.specific_class or Page for page in pages}:
        pks = [page.pk for page in pages if (page.specific_class or Page) is model]
        kind = page_type_of(model)
        rows = model.objects.filter(pk__in=pks).select_related("locale", "content_type", *(kind.join if kind else ()))
        if family:
            rows = with_family(rows)
        loaded = list(rows.prefetch_related(*(kind.load if kind else ())))
        if model is ConditionPage:
            load_rows(loaded)
        found |= {page.pk: page for page in loaded}
    return [found[page.pk] for page in pages if page.pk in found]


def _content_types(models: list[type[Page]]) -> list[Any]:
    from django.contrib.contenttypes.models import ContentType

    return list(ContentType.objects.get_for_models(*models).values())
