"""Addresses in answers: of pages, files and the API itself, absolute or relative to the front end by a setting."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from wagtail.api.v2.utils import get_full_url
from wagtail.models import Page

from pages.sites import site_of

RELATIVE = "relative"
ABSOLUTE = "absolute"


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
    parts = page.get_url_parts(request)
    return None if parts is None or parts[1] is None else front_link(parts[2], parts[1])


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
