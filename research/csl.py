"""From a citation's columns to a CSL-JSON item, and the shape of its author list. Pure; no queries."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext as _

from research.choices import Kind, Status
from research.formats.csl import CslDate, CslItem, CslName

if TYPE_CHECKING:
    from research.models import Citation

#: The CSL 1.0.2 item type of each kind, where an import has not said otherwise.
TYPE_OF_KIND: dict[str, str] = {
    Kind.JOURNAL_ARTICLE: "article-journal",
    Kind.REVIEW: "article-journal",
    Kind.GUIDELINE: "article-journal",
    Kind.PREPRINT: "article",
    Kind.TRIAL_REGISTRATION: "webpage",
    Kind.BOOK: "book",
    Kind.WEB_RESOURCE: "webpage",
    Kind.REGULATOR_NOTICE: "webpage",
    Kind.PRESS_RELEASE: "webpage",
    Kind.NEWS: "article-newspaper",
    Kind.PERSONAL_STORY: "article-newspaper",
}

_TEXTS = {
    "title": "title",
    "container-title": "container_title",
    "container-title-short": "container_title_short",
    "publisher": "publisher",
    "volume": "volume",
    "issue": "issue",
    "page": "page",
    "language": "language",
    "DOI": "doi",
    "PMID": "pmid",
    "PMCID": "pmcid",
    "ISBN": "isbn",
    "URL": "url",
}
_CUSTOM = (
    "kind",
    "nct_id",
    "study_design",
    "species",
    "sample_size",
    "sample_size_note",
    "comparator",
    "follow_up",
    "ocebm_level",
    "headline",
    "finding",
    "limits",
    "funding",
    "open_access",
    "archive_url",
    "notes",
)
#: Keys of ``custom`` that anyone may see; what else an import kept there is the clinic's own.
PUBLIC_CUSTOM = frozenset({*_CUSTOM, "authors_complete", "status", "retraction"}) - {"notes"}
NAME_KEYS = ("family", "given", "dropping-particle", "non-dropping-particle", "suffix", "literal")


def citation_as_csl(citation: Citation) -> CslItem:
    """The citation as one CSL-JSON item. Columns win over what an import kept beside them."""
    item: dict[str, Any] = {key: value for key, value in (citation.extra or {}).items() if key != "custom"}
    item["id"] = citation.key
    item["type"] = citation.csl_type or TYPE_OF_KIND.get(citation.kind, "document")
    for variable, column in _TEXTS.items():
        if value := getattr(citation, column):
            item[variable] = str(value)
    if citation.authors:
        item["author"] = citation.authors
    if issued := _issued(citation):
        item["issued"] = issued
    if citation.accessed:
        item["accessed"] = {"date-parts": [[citation.accessed.year, citation.accessed.month, citation.accessed.day]]}
    custom: dict[str, Any] = {**(citation.extra or {}).get("custom", {})}
    custom |= {name: value for name in _CUSTOM if (value := getattr(citation, name)) not in (None, "")}
    if citation.authors_truncated:
        custom["authors_complete"] = False
    if citation.status != Status.CURRENT:
        custom["status"] = citation.status
    if notice := _notice(citation):
        custom["retraction"] = notice
    item["custom"] = custom
    return cast(CslItem, item)


def _notice(citation: Citation) -> dict[str, str]:
    """Since when and where the record's standing is stated: without it no library takes a retraction in."""
    if citation.status == Status.CURRENT:
        return {}
    notice = {
        "status": citation.status,
        "date": str(citation.status_date or ""),  # what was just set may still be text
        "source": citation.status_source,
        "note": citation.status_note,
    }
    return {name: value for name, value in notice.items() if value}


def _issued(citation: Citation) -> CslDate | None:
    parts: list[int] = []
    for part in (citation.issued_year, citation.issued_month, citation.issued_day):
        if part is None:
            break
        parts.append(int(part))
    if parts:
        return {"date-parts": [parts]}
    kept = (citation.extra or {}).get("issued")
    return cast(CslDate, kept) if kept else None


def clean_authors(value: object) -> list[CslName]:
    """The author list with known keys only, without blanks and invisible characters.

    Raises ValueError with a sentence for a person when it is not a list of names.
    """
    if value in (None, ""):
        return []
    if not isinstance(value, list):
        raise ValueError(_("Authors are a list of names. Write one name a line, as “Family, Given”."))
    names: list[CslName] = []
    for entry in value:
        if not isinstance(entry, dict):
            raise ValueError(_("Each author is a name with its parts. Write one name a line, as “Family, Given”."))
        name = {key: text for key in NAME_KEYS if (text := _visible(entry.get(key)))}
        if name.get("literal"):
            name = {"literal": name["literal"]}
        elif not name.get("family"):
            if not name.get("given"):
                continue
            name = {"literal": name["given"]}
        names.append(cast(CslName, name))
    return names


def _visible(value: object) -> str:
    text = value if isinstance(value, str) else ""
    if text.isprintable():
        return text.strip()
    return "".join(mark for mark in text if unicodedata.category(mark) not in ("Cc", "Cf", "Co", "Cs")).strip()
