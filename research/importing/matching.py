"""Which record of the library a record of a file is: by DOI, by PMID, then by title and year."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from research.formats.csl import CslItem, date_parts
from research.importing.columns import COMPARED, Columns, news, same
from research.models import Citation


def title_key(title: str) -> str:
    """A title without case, accents, punctuation and spaces, for comparing."""
    plain = title.casefold()
    if not plain.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    return re.sub(r"[\W_]+", "", plain)


@dataclass(frozen=True, slots=True)
class Match:
    """The record found, and how; or why none was chosen."""

    citation_id: int | None = None
    by: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Titled:
    """A record under its title: two papers of one title and year may still be told apart by their identifiers."""

    pk: int
    year: int | None
    doi: str
    pmid: str

    def fits(self, year: int | None, doi: str, pmid: str) -> bool:
        """Whether nothing speaks against this being the same work."""
        return (
            (self.year is None or year is None or self.year == year)
            and not (self.doi and doi and self.doi != doi)
            and not (self.pmid and pmid and self.pmid != pmid)
        )


@dataclass(slots=True)
class LibraryIndex:
    """The identifiers and titles of the whole library, read with one query."""

    by_doi: dict[str, int] = field(default_factory=dict)
    by_pmid: dict[str, int] = field(default_factory=dict)
    by_other: dict[tuple[str, str], int] = field(default_factory=dict)
    by_title: dict[str, list["_Titled"]] = field(default_factory=lambda: defaultdict(list))
    keys: set[str] = field(default_factory=set)

    @classmethod
    def read(cls) -> "LibraryIndex":
        """The index as the library stands now."""
        index = cls()
        rows = Citation.objects.values_list(
            "pk", "key", "doi", "pmid", "pmcid", "isbn", "nct_id", "title", "issued_year"
        )
        for pk, key, doi, pmid, pmcid, isbn, nct_id, title, year in rows.iterator():
            index.add(pk, key, {"doi": doi, "pmid": pmid, "pmcid": pmcid, "isbn": isbn, "nct_id": nct_id}, title, year)
        return index

    def taken(self, identifiers: dict[str, str | None]) -> set[int]:
        """The records that have any of these identifiers."""
        found = {self.by_doi.get(identifiers.get("doi") or ""), self.by_pmid.get(identifiers.get("pmid") or "")}
        found |= {self.by_other.get((name, identifiers.get(name) or "")) for name in ("pmcid", "isbn", "nct_id")}
        return {pk for pk in found if pk is not None}

    def add(self, pk: int, key: str, identifiers: dict[str, str | None], title: str, year: int | None) -> None:
        """Put one record into the index."""
        self.keys.add(key)
        if identifiers.get("doi"):
            self.by_doi[str(identifiers["doi"])] = pk
        if identifiers.get("pmid"):
            self.by_pmid[str(identifiers["pmid"])] = pk
        for name in ("pmcid", "isbn", "nct_id"):
            if identifiers.get(name):
                self.by_other[name, str(identifiers[name])] = pk
        doi, pmid = identifiers.get("doi") or "", identifiers.get("pmid") or ""
        self.by_title[title_key(title)].append(_Titled(pk, year, doi, pmid))

    def match(self, item: CslItem) -> Match:
        """The record that an item is. Two records that fit equally well are a problem for a person."""
        doi, pmid = self.by_doi.get(item.get("DOI", "")), self.by_pmid.get(item.get("PMID", ""))
        if doi and pmid and doi != pmid:
            return Match(problem=_("Its DOI and its PMID belong to two records here. Correct one of them first."))
        if doi:
            return Match(doi, "DOI")
        if pmid:
            return Match(pmid, "PMID")
        year = year_of(item)
        candidates = self.by_title.get(title_key(item.get("title", "")), [])
        fitting = [known.pk for known in candidates if known.fits(year, item.get("DOI", ""), item.get("PMID", ""))]
        if len(fitting) > 1:
            return Match(
                problem=_(
                    "%(count)d records of the library have this title and year. Add its DOI or PMID to the file to say "
                    "which it is, or delete the one that is too many, and import it again."
                )
                % {"count": len(fitting)}
            )
        if fitting:
            return Match(fitting[0], "title")
        return Match()


class SeenRecords:
    """The records of a file so far, to find one that stands in it twice."""

    def __init__(self) -> None:
        self._library = LibraryIndex()

    def first(self, number: int, item: CslItem) -> int | None:
        """The number of the record that this one repeats; None (and remembered) when it is new."""
        match = self._library.match(item)
        if match.citation_id is not None:
            return match.citation_id
        identifiers: dict[str, str | None] = {"doi": item.get("DOI"), "pmid": item.get("PMID")}
        self._library.add(number, "", identifiers, item.get("title", ""), year_of(item))
        return None


def year_of(item: CslItem) -> int | None:
    """The year of publication, where it is known."""
    parts = date_parts(item.get("issued"))
    return parts[0] if parts else None


def differences(columns: Columns, citation: Citation) -> list[str]:
    """The columns in which what a file says differs from the record, in reading order."""
    names = [name for name in COMPARED if name in columns.values and (name != "kind" or columns.kind_stated)]
    return [name for name in names if not same(name, columns.values[name], getattr(citation, name))]


def safe_to_take(names: Collection[str], columns: Columns, citation: Citation) -> list[str]:
    """The columns that a file may fill without overwriting: those that the record leaves empty."""
    empty: tuple[object, ...] = (None, "", [], {})
    safe = [name for name in names if getattr(citation, name) in empty]
    if (
        "extra" in names
        and "extra" not in safe
        and not news(columns.values["extra"], citation.extra).keys() & citation.extra.keys()
    ):
        safe.append("extra")  # further fields join those that the record has
    return safe
