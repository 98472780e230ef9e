"""Which kind of record is which type in each format, and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from research.formats.csl import CslItem


@dataclass(frozen=True, slots=True)
class KindTypes:
    """How one kind of the library appears elsewhere. The first value of each is the one written."""

    csl: str
    genre: str
    """Words for the fields that say what a work is: RIS ``M3``, BibTeX ``type``, PubMed ``PT``."""
    schema_org: str


KINDS: Mapping[str, KindTypes] = {
    "journal-article": KindTypes("article-journal", "Journal Article", "ScholarlyArticle"),
    "review": KindTypes("article-journal", "Review", "ScholarlyArticle"),
    "guideline": KindTypes("article-journal", "Guideline", "ScholarlyArticle"),
    "preprint": KindTypes("article", "Preprint", "ScholarlyArticle"),
    "trial-registration": KindTypes("dataset", "Trial Registration", "MedicalTrial"),
    "book": KindTypes("book", "Book", "Book"),
    "web-resource": KindTypes("webpage", "Web Page", "WebPage"),
    "regulator-notice": KindTypes("webpage", "Regulator Notice", "Article"),
    "press-release": KindTypes("article-newspaper", "Press Release", "NewsArticle"),
    "news": KindTypes("article-newspaper", "News", "NewsArticle"),
    "personal-story": KindTypes("article-newspaper", "Personal Story", "Article"),
}

GENRE_KINDS: Mapping[str, str] = {types.genre.lower(): kind for kind, types in KINDS.items()} | {
    "blog post": "web-resource",
    "clinical trial registration": "trial-registration",
    "consensus statement": "guideline",
    "consensus development conference": "guideline",
    "meta-analysis": "review",
    "newspaper article": "news",
    "personal narrative": "personal-story",
    "practice guideline": "guideline",
    "scoping review": "review",
    "systematic review": "review",
    "webpage": "web-resource",
    "website": "web-resource",
}
"""Kinds by the words that say what a work is, in small letters."""

_TYPE_KINDS: Mapping[str, str] = {
    "article": "preprint",
    "article-journal": "journal-article",
    "article-magazine": "news",
    "article-newspaper": "news",
    "book": "book",
    "chapter": "book",
    "dataset": "web-resource",
    "entry-dictionary": "book",
    "entry-encyclopedia": "book",
    "paper-conference": "journal-article",
    "post": "web-resource",
    "post-weblog": "web-resource",
    "review": "review",
    "thesis": "book",
    "webpage": "web-resource",
}


def kind_of(item: CslItem) -> str:
    """The library's kind of an item: what it says of itself first, then its genre, then its type."""
    stated = item.get("custom", {}).get("kind")
    if stated in KINDS:
        return str(stated)
    genre = GENRE_KINDS.get(item.get("genre", "").strip().lower())
    if genre:
        return genre
    if item.get("custom", {}).get("nct_id") and item.get("type") in {"dataset", "webpage", "document"}:
        return "trial-registration"
    return _TYPE_KINDS.get(item.get("type", ""), "web-resource" if item.get("URL") else "journal-article")


def genre_of(item: CslItem) -> str:
    """Words that say what the work is, where its type alone does not; empty where it does."""
    if item.get("genre"):
        return item["genre"]
    kind = item.get("custom", {}).get("kind", "")
    types = KINDS.get(kind)
    if types is None or _TYPE_KINDS.get(item.get("type", "")) == kind:
        return ""
    return types.genre


def state_genre(raw: dict[str, Any], words: str) -> None:
    """Notes on a raw item what a format's "type of work" says: the kind where the words name one, else the genre."""
    kind = GENRE_KINDS.get(words.strip().lower())
    if kind:
        raw.setdefault("custom", {})["kind"] = kind
    elif words.strip():
        raw["genre"] = words


CROSSREF_TYPES = {
    "journal-article": "article-journal", "posted-content": "article", "book": "book", "monograph": "book",
    "edited-book": "book", "reference-book": "book", "book-chapter": "chapter", "book-section": "chapter",
    "proceedings-article": "paper-conference", "report": "report", "dissertation": "thesis", "dataset": "dataset",
    "reference-entry": "entry-encyclopedia", "peer-review": "review", "standard": "standard", "other": "document",
}  # fmt: skip
"""Crossref's types of works and the CSL type of each."""
