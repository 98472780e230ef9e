"""The interchange value: a CSL-JSON item, as every parser returns it and every writer takes it.

Keys and shapes follow the CSL-JSON schema (csl-data.json, version 1.0.2). What CSL has no variable for
(study design, finding, NCT number, whether the author list is complete) travels in ``custom``.
"""

from typing import Any, TypedDict

CslName = TypedDict(
    "CslName",
    {
        "family": str,
        "given": str,
        "dropping-particle": str,
        "non-dropping-particle": str,
        "suffix": str,
        "literal": str,
    },
    total=False,
)
"""A person (family, given, particles, suffix) or a body (literal)."""

CslDate = TypedDict(
    "CslDate",
    {"date-parts": list[list[int]], "season": str, "literal": str, "raw": str, "circa": bool},
    total=False,
)
"""A date: ``date-parts`` holds one or two ``[year, month, day]`` with month and day only where known."""

CslItem = TypedDict(
    "CslItem",
    {
        "id": str,
        "type": str,
        "title": str,
        "title-short": str,
        "author": list[CslName],
        "editor": list[CslName],
        "translator": list[CslName],
        "container-title": str,
        "container-title-short": str,
        "collection-title": str,
        "publisher": str,
        "publisher-place": str,
        "issued": CslDate,
        "accessed": CslDate,
        "volume": str,
        "issue": str,
        "page": str,
        "number": str,
        "edition": str,
        "genre": str,
        "medium": str,
        "language": str,
        "abstract": str,
        "keyword": str,
        "note": str,
        "source": str,
        "archive": str,
        "archive_location": str,
        "event-title": str,
        "chapter-number": str,
        "number-of-pages": str,
        "supplement-number": str,
        "version": str,
        "status": str,
        "annote": str,
        "DOI": str,
        "PMID": str,
        "PMCID": str,
        "ISBN": str,
        "ISSN": str,
        "URL": str,
        "custom": dict[str, Any],
    },
    total=False,
)
"""One record. Every text is plain text without markup."""

NAME_FIELDS = ("author", "editor", "translator")
DATE_FIELDS = ("issued", "accessed")
TEXT_FIELDS = tuple(
    key for key in CslItem.__annotations__ if key not in {*NAME_FIELDS, *DATE_FIELDS, "id", "type", "custom"}
)

CSL_TYPES = frozenset(
    """
    article article-journal article-magazine article-newspaper bill book broadcast chapter classic collection dataset
    document entry entry-dictionary entry-encyclopedia event figure graphic hearing interview legal_case legislation
    manuscript map motion_picture musical_score pamphlet paper-conference patent performance periodical
    personal_communication post post-weblog regulation report review review-book software song speech standard
    thesis treaty webpage
    """.split()  # noqa: SIM905
)
"""The item types of CSL 1.0.2."""


def display_name(name: CslName) -> str:
    """A name as one line, family first: ``van Velzen, Monique, Jr``. A body's name stands as it is."""
    if name.get("literal"):
        return name["literal"]
    family = " ".join(part for part in (name.get("non-dropping-particle", ""), name.get("family", "")) if part)
    given = " ".join(part for part in (name.get("given", ""), name.get("dropping-particle", "")) if part)
    return ", ".join(part for part in (family, given, name.get("suffix", "")) if part)


def date_parts(date: CslDate | None) -> list[int]:
    """The first ``[year, month, day]`` of a date, as far as known; an empty list when there is none."""
    parts = (date or {}).get("date-parts") or [[]]
    return list(parts[0])


def iso_date(date: CslDate | None) -> str:
    """The first date as ``2009``, ``2009-12`` or ``2009-12-15``; an empty string when there is none."""
    return "-".join(f"{part:0{4 if place == 0 else 2}d}" for place, part in enumerate(date_parts(date)))


def authors_truncated(item: CslItem) -> bool:
    """Whether the record says that its author list goes on ("et al")."""
    return item.get("custom", {}).get("authors_complete") is False
