"""COinS: a reference hidden in a page so that Zotero and its kin see it (OpenURL ContextObjects in Spans, KEV)."""

from urllib.parse import urlencode

from research.formats.csl import CslItem, display_name, iso_date
from research.formats.kinds import kind_of
from research.formats.pages import split_pages

_GENRES = {"article-journal": "article", "article": "preprint", "paper-conference": "proceeding"}


def context_object(item: CslItem) -> str:
    """The value of ``title`` in ``<span class="Z3988" title="…">``. A template escapes it like any other value."""
    kind, csl_type = kind_of(item), item.get("type", "")
    if kind == "book":
        form, title_key = "book", "rft.atitle" if csl_type == "chapter" else "rft.btitle"
    elif csl_type in {
        "article-journal",
        "article",
        "article-newspaper",
        "article-magazine",
        "review",
        "paper-conference",
    }:
        form, title_key = "journal", "rft.atitle"
    else:
        form, title_key = "dc", "rft.title"
    pairs = [("ctx_ver", "Z39.88-2004"), ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{form}")]
    pairs.append((title_key, item.get("title", "")))
    date = iso_date(item.get("issued")) or item.get("issued", {}).get("literal", "")
    first, last = split_pages(item.get("page", ""))
    authors = item.get("author", [])
    if form == "dc":
        pairs += [("rft.type", "webpage"), ("rft.identifier", item.get("URL", "")), ("rft.date", date)]
        pairs += [("rft.source", item.get("container-title", ""))]
        pairs += [("rft.creator", display_name(name)) for name in authors]
    else:
        container = "rft.btitle" if csl_type == "chapter" else "rft.jtitle"
        pairs.append(
            (
                "rft.genre",
                "bookitem" if csl_type == "chapter" else "book" if form == "book" else _GENRES.get(csl_type, "article"),
            )
        )
        pairs += [(container, item.get("container-title", "")), ("rft.stitle", item.get("container-title-short", ""))]
        pairs += [("rft.volume", item.get("volume", "")), ("rft.issue", item.get("issue", "")), ("rft.date", date)]
        pairs += [("rft.pages", item.get("page", "")), ("rft.spage", first), ("rft.epage", last)]
        pairs += [
            ("rft.pub", item.get("publisher", "")),
            ("rft.isbn", item.get("ISBN", "")),
            ("rft.issn", item.get("ISSN", "")),
        ]
        if authors and "family" in authors[0]:
            pairs += [("rft.aulast", authors[0]["family"]), ("rft.aufirst", authors[0].get("given", ""))]
        pairs += [("rft.au", display_name(name)) for name in authors]
    pairs.append(("rft_id", f"info:doi/{item['DOI']}" if item.get("DOI") else ""))
    pairs.append(("rft_id", f"info:pmid/{item['PMID']}" if item.get("PMID") else ""))
    if not item.get("DOI") and form != "dc":
        pairs.append(("rft_id", item.get("URL", "")))
    return urlencode([(key, value) for key, value in pairs if value])
