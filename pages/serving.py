"""The short way from an address to a page: two queries where Wagtail's walk down the tree takes two a level.

Which type of page stands at an address hardly ever changes, so it is remembered: then one query is enough. A wrong
memory costs a query and is forgotten.
"""

from __future__ import annotations

from django.apps import apps
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from wagtail import views
from wagtail.models import Page, Site
from wagtail.url_routing import RouteResult

from pages.sites import site_of

MOST_REMEMBERED = 10_000
_types: dict[str, type[Page]] = {}


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Serves the live page at exactly this address. Anything else takes Wagtail's own walk, 404 included."""
    if not hasattr(request, "_wagtail_route_for_request"):
        page = page_at(request, path)
        if page is not None:
            # Wagtail's own cache of the route: Page.route_for_request looks here first.
            request._wagtail_route_for_request = RouteResult(page)  # type: ignore[attr-defined]
    response: HttpResponse = views.serve(request, path)
    return response


def page_at(request: HttpRequest, path: str) -> Page | None:
    """Returns the live page, in its own type and with what its template always needs, or None."""
    site = site_of(request)
    language = translation.get_language()
    roots = [root for root in Site.get_site_root_paths() if site and root.site_id == site.pk]
    root = next((root for root in roots if root.language_code == language), None)
    if root is None:
        return None
    components = [component for component in path.split("/") if component]
    address = root.root_path + "".join(f"{component}/" for component in components)
    if (known := _types.pop(address, None)) and (page := _to_serve(known).filter(url_path=address, live=True).first()):
        _types[address] = known
        return page
    found = Page.objects.filter(url_path=address, live=True)
    # The names with it: a process that has just started knows no content type yet, and would ask once more.
    row = found.values_list("pk", "content_type__app_label", "content_type__model").first()
    if row is None:
        return None
    pk, app, name = row
    try:
        model = apps.get_model(app, name)
    except LookupError:
        return None  # the type of a page is gone from the code; Wagtail knows what to do
    if len(_types) >= MOST_REMEMBERED:
        _types.clear()
    _types[address] = model
    return _to_serve(model).filter(pk=pk).first()


def _to_serve(model: type[Page]) -> QuerySet[Page]:
    """The pages of a type with what their template always needs."""
    pages: QuerySet[Page] = model.to_serve() if hasattr(model, "to_serve") else model._default_manager.all()
    return pages
