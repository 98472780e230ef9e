"""The site map: every public page of every language, the research library and the team."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any

from django.db.models import Q
from django.urls import reverse
from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import Locale, Page, PageQuerySet, Site

from pages.citation_page import research_page_for
from pages.models import Person
from research.models import Citation


def public_pages(site: Site) -> PageQuerySet:
    """Pages of the site in all its languages that anyone may open."""
    inside = Q()
    for root in site.root_page.get_translations(inclusive=True):
        inside |= Q(path__startswith=root.path)
    return Page.objects.filter(inside).live().public()


class PageSitemap(Sitemap):
    """Pages, each with its other languages. A page kept out of search engines is kept out of here."""

    def items(self) -> PageQuerySet:
        """Public pages in the order of the tree, each in its own type for its own dates."""
        site = self.get_wagtail_site()
        return public_pages(site).order_by("path").defer_streamfields().specific()

    def _urls(self, page: int, protocol: str, domain: str) -> list[dict[str, Any]]:
        pages = [one for one in self.paginator.page(page).object_list if not getattr(one, "no_index", False)]
        codes = dict(Locale.objects.values_list("pk", "language_code"))
        languages: dict[Any, list[dict[str, str]]] = defaultdict(list)
        for one in pages:
            languages[one.translation_key].append(
                {"lang_code": codes[one.locale_id], "location": one.get_full_url(self.request)}
            )
        return [
            {
                "location": one.get_full_url(self.request),
                "lastmod": changed_on(one),
                "alternates": others if len(others := languages[one.translation_key]) > 1 else [],
            }
            for one in pages
        ]


class LibrarySitemap(Sitemap):
    """The records of the research library, when the site has a research page to show them under."""

    def items(self) -> list[Citation]:
        """Public records."""
        if research_page_for(self.request) is None:
            return []
        return list(Citation.objects.published().only("key", "last_published_at").order_by("key"))

    def _urls(self, page: int, protocol: str, domain: str) -> list[dict[str, Any]]:
        root = self.get_wagtail_site().root_url
        return [
            {
                "location": root + reverse("research_citation", args=[citation.key]),
                "lastmod": citation.last_published_at and citation.last_published_at.date(),
            }
            for citation in self.paginator.page(page).object_list
        ]


class PeopleSitemap(Sitemap):
    """The pages of the team. A demo profile is nobody, and whoever is not on the team page is found by nobody."""

    def items(self) -> list[Person]:
        """Real people of the team."""
        return list(Person.objects.on_team().filter(demo=False))

    def _urls(self, page: int, protocol: str, domain: str) -> list[dict[str, Any]]:
        root = self.get_wagtail_site().root_url
        return [
            {"location": root + reverse("person", args=[person.slug])}
            for person in self.paginator.page(page).object_list
        ]


def changed_on(page: Page) -> datetime.date | None:
    """The day of the last real change as the editor gave it, else of the last publication. Never of a draft."""
    given: datetime.date | None = getattr(page, "last_changed", None)
    return given or (page.last_published_at.date() if page.last_published_at else None)
