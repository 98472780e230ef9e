"""Addresses in answers: of pages, files and the API itself, absolute or relative to the front end by a setting."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils import translation
from django.utils.http import RFC3986_SUBDELIMS
from wagtail.api.v2.utils import get_full_url
from wagtail.models import Page, Site

from pages.sites import site_of

RELATIVE = "relative"
ABSOLUTE = "absolute"
#: What Django leaves as it is in an address.
SAFE = RFC3986_SUBDELIMS + "/~:@"


def base_of_site(request: HttpRequest) -> str:
    """Scheme and host of the site, from its record and never from the request's Host header."""
    site_of(request)  # Wagtail looks for it below
    base: str = get_full_url(request, "")
    return base


def page_link(page: Page, request: HttpRequest) -> str | None:
    """Where the page opens: absolute, relative to the front end, or under another front end's address.

    API_LINKS says which: "absolute" (the site's own address), "relative", or an origin such as https://www.example.
    None for a page that belongs to no site.
    """
    if type(page).get_url_parts is Page.get_url_parts:
        return path_link(page.url_path, request)
    parts = page.get_url_parts(request)
    return None if parts is None or parts[1] is None else front_link(parts[2], parts[1])


def path_link(url_path: str, request: HttpRequest) -> str | None:
    """The same from the page's ``url_path``, for types that leave it to Wagtail; many pages take it little longer."""
    own = _own_root(request)
    roots = [own] if own and url_path.startswith(own.path) else _roots(request)
    root = next((one for one in roots if url_path.startswith(one.path)), None)
    if root is None:
        return None
    return front_link(f"{root.address}{quote(url_path.removeprefix(root.path), safe=SAFE)}", root.base)


class Root(NamedTuple):
    """The root page of a site in one language: its ``url_path``, the site's scheme and host, and where it opens."""

    path: str
    base: str
    address: str


def _own_root(request: HttpRequest) -> Root | None:
    """The root of the request's site in the language it was made in, where most pages are; asks nothing."""
    site = site_of(request)
    if site is None:
        return None
    page = site.root_page
    return Root(page.url_path, site.root_url, _address_of_root(page.locale.language_code))


def _roots(request: HttpRequest) -> list[Root]:
    """The roots of all sites, the request's own first."""
    kept: list[Root] | None = getattr(request, "_clinic_roots", None)
    if kept is None:
        site = site_of(request)
        roots = sorted(Site.get_site_root_paths(), key=lambda root: site is None or root.site_id != site.pk)
        kept = [Root(root.root_path, root.root_url, _address_of_root(root.language_code)) for root in roots]
        request._clinic_roots = kept  # type: ignore[attr-defined]
    return kept


@lru_cache(maxsize=100)
def _address_in(language: str, script_prefix: str) -> str:
    with translation.override(language):
        return reverse("wagtail_serve", args=("",))


def _address_of_root(language: str) -> str:
    return _address_in(language, get_script_prefix())


def front_link(path: str, base: str) -> str:
    """A path of the public site as API_LINKS wants it; ``base`` is the site's own scheme and host."""
    if settings.API_LINKS == RELATIVE:
        return path
    return f"{base if settings.API_LINKS == ABSOLUTE else settings.API_LINKS.rstrip('/')}{path}"


def file_link(path: str, request: HttpRequest) -> str:
    """A file's address, always absolute: files are served by this site whatever front end shows the page."""
    return path if path.startswith(("http://", "https://")) else f"{base_of_site(request)}{path}"


def api_link(request: HttpRequest, name: str, **parameter: str | int) -> str:
    """The absolute address of an operation of this API by its URL name and its one parameter, a slug or a number."""
    return base_of_site(request) + api_path(name, **parameter)


def api_path(name: str, **parameter: str | int) -> str:
    """The same without scheme and host."""
    ((key, value),) = parameter.items()
    before, after = _around(name, key, isinstance(value, int), get_script_prefix())
    return f"{before}{quote(value) if isinstance(value, str) else value}{after}"


@lru_cache(maxsize=100)
def _around(name: str, key: str, is_number: bool, script_prefix: str) -> tuple[str, str]:
    """What stands before and after the parameter: Django takes longer to find an address than to read its record."""
    mark = "9876543210" if is_number else "a-parameter"
    before, _mark, after = reverse(f"wagtailapi_v3:{name}", kwargs={key: mark}).partition(mark)
    return before, after
