"""Which pages the API gives to whom."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, ExpressionWrapper, F, Func, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject, Length, Substr
from django.http import HttpRequest
from wagtail.api.v3.querysets import get_pages_queryset
from wagtail.models import Page, PageViewRestriction

from pages.sites import site_of


def public_pages(request: HttpRequest, model: Any = Page) -> Any:
    """Live pages of the request's site that anyone may open, in every language, in one query."""
    site = site_of(request)
    return model.objects.none() if site is None else public(model.objects, site.root_page_id)


def public(pages: Any, root: int) -> Any:
    """Those of the pages that are live under the site's root page (``root`` is its number) and that anyone may open.

    A page under any view restriction is left out whatever its kind: an answer must not depend on who asks.
    """
    roots, restrictions = _above(root)
    return pages.live().filter(Exists(roots), ~Exists(restrictions))


def public_one(pages: Any, root: int) -> Any:
    """As `public`, for a page that its address tells from all others.

    What stands above it is looked up apart: PostgreSQL thinks longer about joining it than the page takes to read. For
    many pages the join is quicker by far.
    """
    roots, restrictions = _above(root)

    def first(rows: Any) -> Subquery:
        return Subquery(rows.order_by().values("pk")[:1])

    return (
        pages.live()
        .alias(
            root_above=first(roots),
            restriction_above=first(restrictions),
        )
        .filter(root_above__isnull=False, restriction_above__isnull=True)
    )


def _above(root: int) -> tuple[Any, Any]:
    """Which roots of the site and which restrictions stand above the page of an outer query.

    It shows in the beginning of the page's path (treebeard's MP_Node).
    """
    same = Page.objects.filter(pk=root).values("translation_key")
    return (
        _above_asked(Page.objects.filter(translation_key__in=same), "path"),
        _above_asked(PageViewRestriction.objects.all(), "page__path"),
    )


def _above_asked(rows: Any, path: str) -> Any:
    """Those of the rows whose ``path`` the path of the outer query's page begins with.

    Said as a range, not as LIKE: it is quicker by row, and PostgreSQL foresees so few rows behind a LIKE that it would
    read thousands of pages to show twenty.
    """
    asked_for = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    # "~" comes behind every digit and letter, of which paths are made. As text of the query, not as a value: a plan for
    # any value would not know what it ends with.
    after = Func(F(path), template="(%(expressions)s || '~')", output_field=CharField())
    return rows.alias(asked_for=asked_for).filter(**{f"{path}__lte": OuterRef("path")}, asked_for__lt=after)


def with_family(pages: Any) -> Any:
    """Tells each page in the same query what it stands under and whether it has translations: see `family_of`."""
    path = OuterRef("path")
    parents = Page.objects.filter(path=Substr(path, 1, Length(path) - Page.steplen), live=True, depth__gt=1)
    parent = JSONObject(
        id="pk", title="title", slug="slug", url_path="url_path", content_type="content_type_id", path="path"
    )
    others = Page.objects.filter(translation_key=OuterRef("translation_key")).exclude(pk=OuterRef("pk"))
    return pages.annotate(
        parent_in_short=Subquery(parents.annotate(short=parent).values("short")[:1]), is_translated=Exists(others)
    )


def family_of(page: Page, request: HttpRequest) -> tuple[Page | None, list[Page]]:
    """The page that this one stands under, and this one in other languages, as far as they can be read.

    Asks nothing for a page loaded `with_family` that has no translations. What stands above a public page is itself
    under no restriction.
    """
    known = hasattr(page, "is_translated")
    if known and not page.is_translated:
        return _parent_from(page.parent_in_short), []
    parent_path = page.path[: -page.steplen] if page.depth > 2 else ""
    wanted = Q(translation_key=page.translation_key) | (Q(path=parent_path) if parent_path else Q(pk__in=[]))
    found = readable_pages(request).filter(wanted).exclude(pk=page.pk).select_related("locale", "content_type")
    family = list(found)
    return (
        next((one for one in family if one.path == parent_path), None),
        [one for one in family if one.translation_key == page.translation_key],
    )


def _parent_from(short: dict[str, Any] | None) -> Page | None:
    if not short:
        return None
    return Page(
        pk=short["id"],
        title=short["title"],
        slug=short["slug"],
        url_path=short["url_path"],
        content_type=ContentType.objects.get_for_id(short["content_type"]),
        path=short["path"],
        live=True,
    )


def readable_pages(request: HttpRequest, model: Any = Page) -> Any:
    """Public pages, or everything its person may edit or publish when the token has the scope to read drafts.

    `clinic.api.auth` gives the request a user only with that scope.
    """
    if request.user.is_authenticated:
        return get_pages_queryset(request, model)
    return public_pages(request, model)
