"""Rich text for front ends: clean HTML, with links that work anywhere and no query per text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

import nh3
from django.http import HttpRequest
from wagtail.rich_text import RichText, expand_db_html

from clinic.api.links import base_of_site, file_link, front_link

TAGS = {
    *("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "hr", "br", "div", "figure", "figcaption"),
    *("a", "b", "strong", "i", "em", "u", "s", "sub", "sup", "code", "pre", "abbr", "cite", "small", "span", "mark"),
    *("img", "table", "thead", "tbody", "tr", "th", "td", "caption", "dl", "dt", "dd"),
}
ATTRIBUTES = {
    "*": {"id", "class", "lang", "dir", "title", "aria-label", "aria-describedby", "role"},
    "a": {"href", "rel"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height"},
    "abbr": {"title"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "ol": {"start"},
}
SCHEMES = {"http", "https", "mailto", "tel", "sms"}
#: Stands between texts that are expanded together. A private-use character never comes out of an editor.
BETWEEN = "\ue000"


class RichTexts:
    """The rich texts of one answer, expanded together so that links to pages cost one query in all.

    ``render`` expands a text of a page that numbers its sources; without it inline citations are links to the records.
    """

    def __init__(
        self,
        request: HttpRequest,
        sources: Iterable[str | RichText | None] = (),
        render: Callable[[str], str] | None = None,
    ) -> None:
        self.request = request
        self.base = base_of_site(request)
        self.render = render or expand_db_html
        texts = [text for text in dict.fromkeys(_source(text) for text in sources) if _has_entities(text)]
        if render or not texts:
            self.expanded = {text: self.render(text) for text in texts}
        else:
            self.expanded = dict(zip(texts, expand_db_html(BETWEEN.join(texts)).split(BETWEEN), strict=True))

    def html(self, text: str | RichText | None) -> str:
        """Clean HTML of one rich text; "" for an empty one."""
        source = _source(text)
        if not source:
            return ""
        html = self.expanded.get(source)
        if html is None:
            html = self.render(source) if _has_entities(source) else source
        return self._cleaner.clean(html)

    @cached_property
    def _cleaner(self) -> nh3.Cleaner:
        """Made once: to read the rules takes longer than to clean a text by them."""
        return nh3.Cleaner(
            tags=TAGS,
            attributes=ATTRIBUTES,
            url_schemes=SCHEMES,
            link_rel=None,
            attribute_filter=self._address,
        )

    def _address(self, element: str, attribute: str, value: str) -> str | None:
        """Makes addresses that are relative to this site good for another one."""
        if not value.startswith("/") or value.startswith("//"):
            return value
        if (element, attribute) == ("a", "href"):
            is_file = value.startswith(("/documents/", "/media/"))
            return file_link(value, self.request) if is_file else front_link(value, self.base)
        if (element, attribute) == ("img", "src"):
            return file_link(value, self.request)
        return value


def _has_entities(text: str) -> bool:
    return "linktype" in text or "embedtype" in text


def _source(text: str | RichText | None) -> str:
    return (text.source if isinstance(text, RichText) else text) or ""
