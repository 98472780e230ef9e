"""Highwire Press tags (``citation_*``), by which Google Scholar and Zotero read the page of one reference."""

from collections.abc import Iterator

from research.formats.csl import CslItem, date_parts, display_name
from research.formats.kinds import kind_of
from research.formats.pages import split_pages


def meta_tags(item: CslItem) -> list[tuple[str, str]]:
    """Name and content of each ``<meta>``, in order; authors repeat. A template escapes them."""
    return [(name, content) for name, content in _tags(item) if content]


def _tags(item: CslItem) -> Iterator[tuple[str, str]]:
    yield "citation_title", item.get("title", "")
    for name in item.get("author", []):
        yield "citation_author", display_name(name)
    yield "citation_publication_date", "/".join(f"{part:02d}" for part in date_parts(item.get("issued")))
    book = kind_of(item) == "book"
    container = item.get("container-title", "")
    yield ("citation_inbook_title" if book else "citation_journal_title"), container
    yield "citation_journal_abbrev", "" if book else item.get("container-title-short", "")
    yield "citation_volume", item.get("volume", "")
    yield "citation_issue", item.get("issue", "")
    first, last = split_pages(item.get("page", ""))
    yield "citation_firstpage", first
    yield "citation_lastpage", last
    yield "citation_doi", item.get("DOI", "")
    yield "citation_pmid", item.get("PMID", "")
    yield "citation_isbn", item.get("ISBN", "")
    yield "citation_issn", item.get("ISSN", "")
    yield "citation_publisher", item.get("publisher", "")
    yield "citation_language", item.get("language", "")
    yield "citation_public_url", item.get("URL", "")
