"""The trail from the home page to a page: breadcrumbs, in templates and in structured data."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from pages.frame import Link


def trail_of(page: Page, request: HttpRequest | None = None) -> tuple[Link, ...]:
    """Returns the live pages above `page` inside its site, home first, without the page itself."""
    kept: tuple[Link, ...] | None = getattr(page, "_trail", None)
    if kept is None:
        above = [ancestor for ancestor in getattr(page, "above", ()) if ancestor.live]
        kept = tuple(
            Link(str(_("Home")) if ancestor.depth == 2 else ancestor.title, href)
            for ancestor in above
            if (href := ancestor.get_url(request))
        )
        page._trail = kept
    return kept
