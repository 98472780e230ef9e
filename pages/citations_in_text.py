"""Citations inside rich text: how they are stored, read and rendered.

In the database a citation at the cursor is ``<a linktype="citation" id="PK">[Feder 2014]</a>``: Wagtail's link
entity, so that the reference index knows where every source is used. On a page the whole element becomes the
source's number (`pages.sources`); anywhere else it stays a link to the record with the words it holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from django.urls import NoReverseMatch, reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import LinkHandler, expand_db_html
from wagtail.rich_text.rewriters import extract_attrs

from research.models import Citation

_ELEMENT = re.compile(r"(?:\s|&nbsp;)*<a\b([^>]*\blinktype=\"citation\"[^>]*)>(.*?)</a>", re.DOTALL)


def entity_html(citation: Citation) -> SafeString:
    """The database form of a citation at the cursor, for importers and seeds."""
    return format_html('<a linktype="citation" id="{}">[{}]</a>', citation.pk, citation.short_name)


def citation_ids(html: str) -> list[int]:
    """The primary keys of the citations in a rich text's database form, in order, repeats included."""
    return [pk for attributes, _words in _ELEMENT.findall(html) if (pk := _pk(attributes)) is not None]


def replace_citations(html: str, replacement: Callable[[int | None, int], str]) -> SafeString:
    """Expand a rich text for reading; each citation becomes ``replacement(pk, place)``, place counting from 0.

    The space before a citation goes, so that a number stands close to its word. ``pk`` is None for an element
    that names no record.
    """
    places = iter(range(html.count("<a")))
    numbered = _ELEMENT.sub(lambda match: replacement(_pk(match[1]), next(places)), html)
    return mark_safe(expand_db_html(numbered))


def _pk(attributes: str) -> int | None:
    value = extract_attrs(attributes).get("id", "")
    return int(value) if value.isdecimal() and len(value) < 19 else None


def record_address(citation: Citation) -> str:
    """The record's own page, or its publisher's where the site has no research page."""
    try:
        return reverse("research_citation", args=[citation.key])
    except NoReverseMatch:
        return citation.url or (f"https://doi.org/{citation.doi}" if citation.doi else "")


class CitationLinkHandler(LinkHandler):
    """What Wagtail does with the element where no page numbers it: a link to the record, or plain words."""

    identifier = "citation"

    @staticmethod
    def get_model() -> type[Citation]:
        """The model behind the entity."""
        return Citation

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        """Opening tags. A record that is gone or not public gets none of its data shown."""
        pks = {int(attrs["id"]) for attrs in attrs_list if attrs.get("id", "").isdecimal()}
        public = {citation.pk: citation for citation in Citation.objects.published().filter(pk__in=pks)}
        tags: list[str] = []
        for attrs in attrs_list:
            citation = public.get(int(attrs["id"])) if attrs.get("id", "").isdecimal() else None
            address = record_address(citation) if citation else ""
            tags.append(f'<a href="{escape(address)}">' if address else "<a>")
        return tags

    @classmethod
    def extract_references(cls, attrs: dict[str, str]) -> Iterator[tuple[type[Citation], str, str, str]]:
        """Tell the reference index, so that usage and the refusal to delete see citations in prose."""
        if attrs.get("id", "").isdecimal():
            yield Citation, attrs["id"], "", ""
