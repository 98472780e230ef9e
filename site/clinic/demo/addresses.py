"""Finding the demo's pages by the address they are served at."""

from __future__ import annotations

from wagtail.models import Page, Site

from pages.models import HomePage


def page_at(address: str) -> Page | None:
    """The page of the default site at an address such as `/conditions/ptsd/`, drafts included."""
    site = Site.objects.select_related("root_page").filter(is_default_site=True).first()
    if site is None or not isinstance(site.root_page.specific, HomePage):
        return None
    path = site.root_page.url_path.rstrip("/") + address
    page = Page.objects.filter(url_path=path).first()
    return page.specific if page else None
