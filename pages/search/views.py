"""The search page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Locale, Site

from pages.search.counting import count, promoted
from pages.search.results import PAGES, PEOPLE, RESEARCH, Found, find, shown

PER_PAGE = 10


@dataclass(frozen=True)
class Choice:
    """A kind of result to narrow to, with how many there are."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Pick:
    """Something that editors put first."""

    title: str
    href: str
    text: str


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Shows what was found. Whatever is typed, the answer is a page: nothing in a query can be an error."""
    site = Site.find_for_request(request)
    if site is None:
        raise Http404
    kind = request.GET.get("kind", "")
    kind = kind if kind in {PAGES, RESEARCH, PEOPLE} else ""
    results = find(request.GET.get("q", ""), site, Locale.get_active())
    reading = results.reading
    listed = results.of(kind)
    paginator: Paginator[Found] = Paginator(listed, PER_PAGE)
    page: Any = paginator.get_page(request.GET.get("page"))
    first = not kind and page.number == 1
    if first:
        count(results)
    context = {
        "query": reading.text,
        "has_words": bool(reading.groups),
        "urgent": reading.is_urgent,
        "loosely": results.loosely,
        "suggestions": results.suggestions,
        "promoted": _picks(reading.text) if first else [],
        "kind": kind,
        "kinds": [
            Choice("", _("Everything"), len(results.found)),
            Choice(PAGES, _("Pages"), len(results.of(PAGES))),
            Choice(RESEARCH, _("Research"), len(results.of(RESEARCH))),
            Choice(PEOPLE, _("People"), len(results.of(PEOPLE))),
        ],
        "total": len(listed),
        "results": page,
        "hits": shown(page.object_list, reading, request),
    }
    response = render(request, "pages/search.html", context)
    # Words typed here are kept nowhere on the way: not by proxies, not by a shared browser's cache.
    response["Cache-Control"] = "private, no-store"
    return response


def _picks(text: str) -> list[Pick]:
    picks = []
    for pick in promoted(text):
        href = pick.page.get_url() if pick.page else pick.external_link_url
        if href:
            picks.append(Pick(pick.title or href, href, pick.description))
    return picks
