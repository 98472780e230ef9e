"""Template tags and filters of the public site."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.core.paginator import Paginator
from django.utils import dates, translation
from django.utils.formats import time_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail.rich_text import RichText, expand_db_html

from pages import jsonld
from pages.branch import branch as grow
from pages.frame import Hours, Link, dialled
from pages.meta import Meta, meta_of
from pages.sources import SourceRegister, shows_address
from pages.trail import trail_of

register = template.Library()

EMERGENCY = re.compile(r"(?<![\w-])(911|988|1-800-273-8255)(?![\w-])")


@register.simple_tag
def branch(seed: int | None, density: float = 1.0) -> SafeString:
    """Draws the tree of a page (pages.branch); a page that is not saved yet gets the first tree."""
    return mark_safe(grow(seed or 1, density))


@register.simple_tag(takes_context=True)
def current(context: dict[str, Any], href: str) -> SafeString:
    """Marks a link of the navigation: `page` for the page itself, `true` for the section it stands in."""
    request = context.get("request")
    path = request.path if request else ""
    if path == href:
        return mark_safe(' aria-current="page"')
    if len(href) > 1 and href.endswith("/") and path.startswith(href):
        return mark_safe(' aria-current="true"')
    return mark_safe("")


@register.simple_tag(takes_context=True)
def content_language(context: dict[str, Any]) -> SafeString:
    """Names the content's language where it is not the interface's (WCAG 3.1.2), e.g. a page not yet translated."""
    page = context.get("page")
    own = context["frame"].locales.get(page.locale_id, "") if isinstance(page, Page) else ""
    if not own or own == translation.get_language():
        return mark_safe("")
    return format_html(' lang="{}"', own)


@register.simple_tag(takes_context=True)
def breadcrumb(context: dict[str, Any]) -> tuple[Link, ...]:
    """The way from the home page to this one, without the page itself.

    A page made from a record (a person, a citation) has no place in the tree: its view names the link above, `parent`.
    """
    page = context.get("page")
    if "parent" in context:
        home, parent = Link(_("Home"), context["frame"].home), context["parent"]
        return (home, parent) if parent else (home,)
    return trail_of(page, context.get("request")) if isinstance(page, Page) else ()


@register.inclusion_tag("components/meta.html", takes_context=True)
def page_meta(context: dict[str, Any]) -> dict[str, Meta]:
    """Description, canonical address, sharing data and robots rule of the page being shown."""
    return {"meta": meta_of(context.get("page"), context["frame"], context.get("request"))}


@register.simple_tag(takes_context=True)
def structured_data(context: dict[str, Any]) -> SafeString:
    """JSON-LD of the page being shown, as one data block. A data block is not a script: CSP has nothing to run."""
    page, frame, request = context.get("page"), context["frame"], context.get("request")
    if not isinstance(page, Page) or request is None:
        return mark_safe("")
    graph = jsonld.graph(page, frame, request)
    return mark_safe(f'<script type="application/ld+json">{jsonld.dumps(graph)}</script>')


@register.simple_tag
def opening(hours: Hours) -> str:
    """Opening hours of a run of days in words, like "Monday to Friday, 8 a.m. to 5 p.m."."""
    first, last = dates.WEEKDAYS[hours.first_day - 1], dates.WEEKDAYS[hours.last_day - 1]
    times = {"opens": time_format(hours.opens), "closes": time_format(hours.closes)}
    if hours.first_day == hours.last_day:
        return _("%(day)s, %(opens)s to %(closes)s") % {"day": first, **times}
    return _("%(first)s to %(last)s, %(opens)s to %(closes)s") % {"first": first, "last": last, **times}


@register.filter
def dial(text: str) -> SafeString:
    """Turns the crisis and emergency numbers in a plain text into links that dial them."""
    return mark_safe(EMERGENCY.sub(_dialled_link, conditional_escape(text)))


@register.filter
def elided(paginator: Paginator[Any], number: int) -> Iterable[int | str]:
    """Page numbers around the current one, with gaps."""
    return paginator.get_elided_page_range(number, on_each_side=1, on_ends=1)


def _dialled_link(match: re.Match[str]) -> str:
    return format_html('<a href="tel:{}">{}</a>', dialled(match[1].replace("1-800-273-8255", "+18002738255")), match[1])


@register.filter
def reference(citation: Any) -> SafeString:
    """A citation's formatted reference; its DOI (doi.org's display guidelines), or else its address, is a link."""
    html = str(citation.ama_html)
    if citation.doi:
        link = format_html('<a href="https://doi.org/{0}" rel="external noopener">{0}</a>', citation.doi)
        shown = re.compile(rf"(?:doi:|https://doi\.org/){re.escape(conditional_escape(citation.doi))}", re.IGNORECASE)
        return mark_safe(shown.sub(lambda _match: f"doi:{link}", html))
    if shows_address(citation):
        link = format_html('<a href="{0}" rel="external noopener">{0}</a>', citation.url)
        return mark_safe(html.replace(conditional_escape(citation.url), link))
    return mark_safe(html)


@register.filter
def levelled(body: Iterable[Any]) -> Iterable[tuple[Any, int]]:
    """Each block of a body with the heading level for what is in it: 3 once a heading block stands above, else 2."""
    level = 2
    for block in body:
        yield block, level
        if block.block_type == "heading":
            level = 3


@register.filter
def host(address: str) -> str:
    """The host that an address leads to, without "www."."""
    return (urlsplit(address).hostname or "").removeprefix("www.")


@register.simple_tag(takes_context=True)
def cite(context: dict[str, Any], claim: Any) -> SafeString:
    """The source numbers of a claim, or of a row that names a citation."""
    sources = context.get("sources")
    return sources.markers(claim) if isinstance(sources, SourceRegister) else mark_safe("")


@register.simple_tag(takes_context=True)
def cite_work(context: dict[str, Any], citation: Any) -> SafeString:
    """The source number of one work that the page lists as evidence."""
    return cite(context, citation)


@register.simple_tag(takes_context=True)
def cited(context: dict[str, Any], text: str | RichText | None) -> SafeString:
    """A rich text with its citations as numbers. Without numbered sources, each is a link to its record."""
    sources = context.get("sources")
    if isinstance(sources, SourceRegister):
        return sources.render(text or "")
    return mark_safe(expand_db_html(text.source if isinstance(text, RichText) else (text or "")))
