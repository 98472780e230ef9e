"""Search over pages and the research library: the database's full text, other names, snippets, suggestions.

Nothing here stores a query or whom it came from.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page as ResultPage
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.fields import StreamField
from wagtail.models import Page, Site
from wagtail.rich_text import get_text_for_indexing
from wagtail.search import index
from wagtail.search.backends import get_search_backend
from wagtail.search.query import Or, PlainText, SearchQuery

from pages.models import ConditionPage
from pages.synonyms import COMMON, alternatives
from research.models import Citation, Topic

LONGEST_QUERY = 200
MOST_HITS = 200
PER_PAGE = 10
SNIPPET = 220  # characters
KINDS = {"all": _("Everything"), "conditions": _("Conditions"), "pages": _("Other pages"), "research": _("Research")}
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Hit:
    """One result as the page shows it; `snippet` is escaped, with the words found marked."""

    kind_label: str
    title: SafeString
    href: str
    snippet: SafeString
    note: str = ""


@dataclass(frozen=True)
class Choice:
    """A kind to narrow the results to, with how many there are."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Pick:
    """A result that editors put first."""

    title: str
    text: str
    href: str


@dataclass(frozen=True)
class Found:
    """The outcome of one search."""

    query: str
    kind: str
    kinds: list[Choice]
    results: ResultPage[Any]
    hits: list[Hit]
    promoted: list[Pick]
    suggestions: list[str]

    @property
    def total(self) -> int:
        """How many results the chosen kind has."""
        return self.results.paginator.count


def cleaned(raw: str) -> str:
    """Returns a query fit to search for: printable, one line, at most LONGEST_QUERY characters."""
    return " ".join(UNPRINTABLE.sub(" ", raw).split())[:LONGEST_QUERY].strip()


def search(request: HttpRequest, raw: str, kind: str = "all", page_number: str | int = 1) -> Found:
    """Searches the request's site; `kind` is a key of KINDS, anything else counts as "all"."""
    query = cleaned(raw)
    kind = kind if kind in KINDS else "all"
    topics = list(Topic.objects.only("name", "synonyms"))
    groups = [*COMMON, *([topic.name, *topic.synonyms.splitlines()] for topic in topics)]
    wordings = [query, *alternatives(query, groups)]
    conditions, others = _pages(request, wordings)
    by_kind: dict[str, list[Any]] = {
        "conditions": conditions,
        "pages": others,
        "research": _citations(wordings),
    }
    by_kind["all"] = [*by_kind["conditions"], *by_kind["pages"], *by_kind["research"]]
    results = Paginator(by_kind[kind], PER_PAGE).get_page(page_number)
    words = sorted({word for wording in wordings for word in re.findall(r"\w+", wording)}, key=len, reverse=True)
    return Found(
        query=query,
        kind=kind,
        kinds=[Choice(value, str(label), len(by_kind[value])) for value, label in KINDS.items()],
        results=results,
        hits=_hits(request, list(results), words),
        promoted=_promoted(query, request),
        suggestions=[] if by_kind["all"] else suggestions(query, groups),
    )


def suggestions(query: str, groups: list[Any]) -> list[str]:
    """Names of the field that look like `query`, for somebody who mistyped one."""
    names = {name.strip() for group in groups for name in group if name.strip()}
    lowered = {name.lower(): name for name in names}
    close = difflib.get_close_matches(query.lower(), lowered, n=3, cutoff=0.6)
    return [lowered[name] for name in close]


def highlighted(text: str, words: list[str]) -> SafeString:
    """Returns `text` escaped, with every occurrence of a word's beginning marked."""
    pattern = _pattern(words)
    if pattern is None:
        return mark_safe(conditional_escape(text))
    parts: list[str] = []
    end = 0
    for match in pattern.finditer(text):
        parts += [conditional_escape(text[end : match.start()]), f"<mark>{conditional_escape(match[0])}</mark>"]
        end = match.end()
    return mark_safe("".join([*parts, conditional_escape(text[end:])]))


def snippet(text: str, words: list[str]) -> SafeString:
    """Returns the part of `text` around the first word found, marked; its beginning when none is."""
    text = " ".join(text.split())
    pattern = _pattern(words)
    match = pattern.search(text) if pattern else None
    start = max(0, match.start() - SNIPPET // 3) if match else 0
    if start:
        start = text.find(" ", start) + 1
    cut = Truncator(text[start:]).chars(SNIPPET)
    return highlighted(f"… {cut}" if start else cut, words)


def _pattern(words: list[str]) -> re.Pattern[str] | None:
    useful = [re.escape(word) for word in words if len(word) > 1][:20]
    return re.compile(rf"(?<!\w)(?:{'|'.join(useful)})\w*", re.IGNORECASE) if useful else None


def _asked(wordings: list[str]) -> SearchQuery:
    """Any of the wordings, each with all its words. Punctuation is no part of a word."""
    plain = [" ".join(re.findall(r"\w+", wording)) for wording in wordings]
    queries = [PlainText(wording, operator="and") for wording in dict.fromkeys(plain) if wording]
    return Or(queries) if len(queries) > 1 else queries[0]


def _searchable(wordings: list[str]) -> bool:
    return any(re.search(r"\w", wording) for wording in wordings)


def _pages(request: HttpRequest, wordings: list[str]) -> tuple[list[Page], list[Page]]:
    """Live, public pages of the site: condition pages and all others, best first."""
    site = Site.find_for_request(request)
    if site is None or not _searchable(wordings):
        return [], []
    inside = Page.objects.live().public().descendant_of(site.root_page.localized, inclusive=True)
    found = list(inside.search(_asked(wordings))[:MOST_HITS])
    conditions = [page for page in found if page.specific_class is ConditionPage]
    return conditions, [page for page in found if page.specific_class is not ConditionPage]


def _citations(wordings: list[str]) -> list[Citation]:
    if not _searchable(wordings):
        return []
    return list(get_search_backend().search(_asked(wordings), Citation.objects.published())[:MOST_HITS])


def _hits(request: HttpRequest, found: list[Any], words: list[str]) -> list[Hit]:
    """The results of one result page, in order; pages are made specific together, one query a type."""
    specific = {
        page.pk: page
        for page in Page.objects.filter(pk__in=[row.pk for row in found if isinstance(row, Page)]).specific()
    }
    return [
        _page_hit(specific[row.pk], request, words) if isinstance(row, Page) else _work_hit(row, words) for row in found
    ]


def _page_hit(page: Page, request: HttpRequest, words: list[str]) -> Hit:
    is_condition = isinstance(page, ConditionPage)
    return Hit(
        kind_label=str(_("Condition")) if is_condition else str(_("Page")),
        title=highlighted(page.title, words),
        href=page.get_url(request) or "/",
        snippet=snippet(_text_of(page), words),
    )


def _work_hit(citation: Citation, words: list[str]) -> Hit:
    return Hit(
        kind_label=str(_("Research")) if citation.is_research else citation.get_kind_display(),
        title=highlighted(citation.headline or citation.title, words),
        href=f"/research/{citation.key}/",
        snippet=snippet(" ".join(filter(None, [citation.finding, citation.title])), words),
        note=str(citation.issued_year or ""),
    )


def _text_of(page: Page) -> str:
    """The page's own searchable words, without asking the database."""
    parts: list[str] = []
    for field in type(page).get_search_fields():
        if not isinstance(field, index.SearchField) or field.field_name == "title":
            continue
        value = getattr(page, field.field_name, "")
        if isinstance(value, str):
            parts.append(get_text_for_indexing(value) if "<" in value else value)
        elif isinstance(page._meta.get_field(field.field_name), StreamField):
            parts += [str(words) for words in value.stream_block.get_searchable_content(value)]
    return " ".join(filter(None, parts))


def _promoted(query: str, request: HttpRequest) -> list[Pick]:
    """What editors promoted for exactly this query. The query itself is not recorded."""
    rows = (
        SearchPromotion.objects.filter(query__query_string=query.lower()).select_related("page").order_by("sort_order")
    )
    picks = []
    for row in rows:
        if row.page is not None:
            if row.page.live and (href := row.page.get_url(request)):
                picks.append(Pick(row.page.title, row.description, href))
        elif row.external_link_url:
            picks.append(Pick(row.external_link_text, row.description, row.external_link_url))
    return picks
