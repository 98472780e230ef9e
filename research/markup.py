"""How machines read a citation on a page: Highwire tags, schema.org JSON-LD, and COinS. Pure; from a CSL item."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from research.formats.csl import CslItem, CslName, display_name, iso_date

_ARTICLES = {"article-journal", "article", "article-magazine", "article-newspaper", "review"}


def highwire_tags(item: CslItem) -> list[tuple[str, str]]:
    """``(name, content)`` of the ``citation_*`` meta tags that Google Scholar and Zotero read, in a stable order."""
    custom = item.get("custom", {})
    first, _, last = item.get("page", "").partition("-")
    journal = item.get("type") in _ARTICLES
    tags = [
        ("citation_title", item.get("title", "")),
        *(("citation_author", display_name(name)) for name in item.get("author", [])),
        ("citation_publication_date", iso_date(item.get("issued")).replace("-", "/")),
        ("citation_journal_title" if journal else "citation_inbook_title", item.get("container-title", "")),
        ("citation_journal_abbrev", item.get("container-title-short", "") if journal else ""),
        ("citation_publisher", item.get("publisher", "")),
        ("citation_volume", item.get("volume", "")),
        ("citation_issue", item.get("issue", "")),
        ("citation_firstpage", first.strip()),
        ("citation_lastpage", last.strip()),
        ("citation_doi", item.get("DOI", "")),
        ("citation_pmid", item.get("PMID", "")),
        ("citation_isbn", item.get("ISBN", "")),
        ("citation_language", item.get("language", "")),
        ("citation_technical_report_number", custom.get("nct_id", "")),
        ("citation_fulltext_html_url", item.get("URL", "")),
    ]
    return [(name, content) for name, content in tags if content]


def coins(item: CslItem) -> str:
    """The ``title`` of a COinS span: the item as an OpenURL context object (Z39.88-2004), for Zotero in lists."""
    journal = item.get("type") in _ARTICLES
    book = item.get("type") in {"book", "chapter"}
    first, _, last = item.get("page", "").partition("-")
    kind = "journal" if journal else "book" if book else "dc"
    pairs: list[tuple[str, str]] = [("ctx_ver", "Z39.88-2004"), ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{kind}")]
    if doi := item.get("DOI"):
        pairs.append(("rft_id", f"info:doi/{doi}"))
    if pmid := item.get("PMID"):
        pairs.append(("rft_id", f"info:pmid/{pmid}"))
    title = item.get("title", "")
    if journal:
        pairs += [("rft.genre", "article"), ("rft.atitle", title), ("rft.jtitle", item.get("container-title", ""))]
        pairs += [("rft.stitle", item.get("container-title-short", ""))]
    elif book:
        pairs += [("rft.genre", "book"), ("rft.btitle", title), ("rft.isbn", item.get("ISBN", ""))]
    else:
        pairs += [("rft.type", "document"), ("rft.title", title), ("rft.source", item.get("container-title", ""))]
        pairs += [("rft.identifier", item.get("URL", ""))]
    pairs += [
        ("rft.volume", item.get("volume", "")),
        ("rft.issue", item.get("issue", "")),
        ("rft.pages", item.get("page", "")),
        ("rft.spage", first.strip()),
        ("rft.epage", last.strip()),
        ("rft.date", iso_date(item.get("issued"))),
        ("rft.pub" if kind != "dc" else "rft.publisher", item.get("publisher", "")),
        ("rft.language", item.get("language", "")),
    ]
    authors = item.get("author", [])
    if authors and authors[0].get("family"):
        pairs += [("rft.aulast", _family(authors[0])), ("rft.aufirst", authors[0].get("given", ""))]
    pairs += [("rft.au" if kind != "dc" else "rft.creator", display_name(name)) for name in authors]
    return urlencode([(key, value) for key, value in pairs if value])


def scholarly_article(item: CslItem, address: str) -> dict[str, Any]:
    """The work as schema.org sees it; ``address`` is the page that describes it."""
    types = {"book": "Book", "chapter": "Chapter", "webpage": "WebPage", "article-newspaper": "NewsArticle"}
    node: dict[str, Any] = {
        "@type": types.get(item.get("type", ""), "ScholarlyArticle"),
        "@id": f"{address}#work",
        "name": item.get("title", ""),
        "headline": item.get("title", "")[:110],
        "author": [_agent(name) for name in item.get("author", [])],
        "datePublished": iso_date(item.get("issued")),
        "inLanguage": item.get("language", ""),
        "mainEntityOfPage": address,
        "sameAs": [*([f"https://doi.org/{item['DOI']}"] if item.get("DOI") else []), *_pubmed(item)],
        "url": item.get("URL", ""),
        "isbn": item.get("ISBN", ""),
        "pagination": item.get("page", ""),
    }
    if container := item.get("container-title"):
        node["isPartOf"] = {
            "@type": "Periodical" if item.get("type") in _ARTICLES else "CreativeWork",
            "name": container,
        }
    if publisher := item.get("publisher"):
        node["publisher"] = {"@type": "Organization", "name": publisher}
    if (free := item.get("custom", {}).get("open_access")) is not None:
        node["isAccessibleForFree"] = bool(free)
    return {key: value for key, value in node.items() if value or value is False}


def _pubmed(item: CslItem) -> list[str]:
    return [f"https://pubmed.ncbi.nlm.nih.gov/{item['PMID']}/"] if item.get("PMID") else []


def _agent(name: CslName) -> dict[str, str]:
    if name.get("literal"):
        return {"@type": "Organization", "name": name["literal"]}
    full = " ".join(part for part in (name.get("given", ""), name.get("dropping-particle", ""), _family(name)) if part)
    return {"@type": "Person", "name": full}


def _family(name: CslName) -> str:
    return " ".join(part for part in (name.get("non-dropping-particle", ""), name.get("family", "")) if part)
