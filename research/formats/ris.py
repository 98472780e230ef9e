"""RIS: the tagged format of EndNote, Zotero and most publishers. Read with rispy, written here.

Tags follow the RIS specification (2011 revision); PMID, PMCID and the type of work follow EndNote's use of
``AN`` (with ``DB - PubMed``), ``C2`` and ``M3``.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import rispy
from django.utils.translation import gettext as _
from rispy.config import TAG_KEY_MAPPING

from research.formats.cleaning import clean_record
from research.formats.csl import CslItem, authors_truncated, date_parts
from research.formats.dates import SEASON_NAMES, parse_words
from research.formats.kinds import genre_of, state_genre
from research.formats.languages import language_code
from research.formats.names import is_et_al, parse_inverted, write_inverted
from research.formats.pages import join_pages, split_pages
from research.formats.parsing import (
    ImportRefusedError,
    ParsedRecord,
    ParseResult,
    Problem,
    check_count,
    check_lines,
    decode,
)

TYPES = {
    "ABST": "article-journal", "AGGR": "dataset", "BILL": "bill", "BLOG": "post-weblog", "BOOK": "book",
    "CASE": "legal_case", "CHAP": "chapter", "COMP": "software", "CONF": "paper-conference",
    "CPAPER": "paper-conference", "DATA": "dataset", "DBASE": "dataset", "DICT": "entry-dictionary",
    "EBOOK": "book", "ECHAP": "chapter", "EDBOOK": "book", "EJOUR": "article-journal", "ELEC": "webpage",
    "ENCYC": "entry-encyclopedia", "GEN": "document", "GOVDOC": "report", "ICOMM": "webpage",
    "INPR": "article-journal", "JFULL": "article-journal", "JOUR": "article-journal", "LEGAL": "regulation",
    "MANSCPT": "manuscript", "MGZN": "article-magazine", "MPCT": "motion_picture", "MULTI": "motion_picture",
    "NEWS": "article-newspaper", "PAMP": "pamphlet", "PCOMM": "personal_communication", "RPRT": "report",
    "SER": "book", "SLIDE": "speech", "STAND": "standard", "STAT": "legislation", "THES": "thesis",
    "UNPB": "article", "VIDEO": "motion_picture", "WEB": "webpage",
}  # fmt: skip
_WRITTEN_TYPES = {csl: ris for ris, csl in reversed(TYPES.items())} | {
    "article-journal": "JOUR", "book": "BOOK", "chapter": "CHAP", "dataset": "DATA", "document": "GEN",
    "motion_picture": "VIDEO", "paper-conference": "CONF", "post": "BLOG", "report": "RPRT", "review": "JOUR",
    "webpage": "ELEC",
}  # fmt: skip

_NAME_TAGS = ("AU", "A1", "A2", "A3", "ED")
_LIST_TAGS = [*_NAME_TAGS, "A4", "KW", "N1", "UR", "SN", "L1", "L2"]
_TAGS = {tag: tag for tag in (*TAG_KEY_MAPPING, "BT", "ED", "J1", "DI", "N2", "T4", "U1", "U2", "U3", "U4", "U5")}
_LINE = re.compile(r"\s*([A-Z][A-Z0-9]) {0,3}-(?: (.*)|\s*)$")
_STRICT = re.compile(r"[A-Z][A-Z0-9]  -(?: |$)")
_START = re.compile(r"\s*TY\s*-", re.IGNORECASE)
_ISSN = re.compile(r"\d{4}-?\d{3}[\dXx]")


class _Parser(rispy.RisParser):
    """rispy, keyed by the tags themselves, that keeps every value of a tag that comes more than once."""

    DEFAULT_MAPPING = _TAGS
    DEFAULT_LIST_TAGS = _LIST_TAGS
    DEFAULT_DELIMITER_MAPPING: dict[str, str] = {}


def parse(data: bytes | str) -> ParseResult:
    """The records of a RIS file. Raises ImportRefusedError, naming the line, rather than leaving a record out."""
    text, problems = decode(data)
    lines = text.split("\n")
    check_lines(lines)
    starts = [number for number, line in enumerate(lines, 1) if _START.match(line)]
    folded, found, notes = _fold(lines)
    problems += notes
    check_count(found, starts)
    references = _Parser(enforce_list_tags=False).parse("\n".join(folded))
    if len(references) != len(starts):  # rispy lost one that the fold kept
        check_count(found[: len(references)], starts)
    return ParseResult([_record(tags, line) for tags, line in zip(references, found, strict=True)], problems)


def _fold(lines: list[str]) -> tuple[list[str], list[int], list[Problem]]:
    """One line a tag, spelt as rispy wants it; the lines on which records begin; notes."""
    folded: list[str] = []
    found: list[int] = []
    notes: list[Problem] = []
    began: int | None = None
    for number, line in enumerate(lines, 1):
        match = _LINE.match(line)
        tag = match[1] if match and (match[1] in _TAGS or _STRICT.match(line)) else None
        value = (match[2] or "").strip() if match else ""
        if tag != "TY" and _START.match(line):
            raise ImportRefusedError(
                _("A record seems to begin here, but its first line is not written “TY  - ”. Nothing was saved."),
                number,
            )
        if tag == "TY":
            if began is not None:
                raise ImportRefusedError(
                    _(
                        "A record begins here, but the one that begins on line %(line)d has not ended: its “ER  - ” "
                        "is missing. Add it, then import the file again. Nothing was saved."
                    )
                    % {"line": began},
                    number,
                )
            began = number
            found.append(number)
            folded.append(f"TY  - {value}")
        elif began is None:
            if tag and tag != "ER":
                raise ImportRefusedError(
                    _("“%(tag)s” stands outside a record: a “TY  - ” line must come first. Nothing was saved.")
                    % {"tag": tag},
                    number,
                )
            if line.strip() and tag != "ER" and not re.fullmatch(r"\d+\.", line.strip()):
                notes.append(
                    Problem(_("Skipped text between records: %(text)s") % {"text": line.strip()[:80]}, line=number)
                )
        elif tag == "ER":
            folded.append("ER  - ")
            began = None
        elif tag:
            folded.append(f"{tag}  - {value}")
        elif line.strip():
            folded[-1] = f"{folded[-1]} {line.strip()}"
    if began is not None:
        raise ImportRefusedError(
            _("The record that begins here has no end: its “ER  - ” is missing, so the file may be cut off."), began
        )
    return folded, found, notes[:20]


def _record(tags: dict[str, Any], line: int) -> ParsedRecord:
    problems: list[Problem] = []
    used: set[str] = {"TY"}

    def one(*names: str) -> str:
        """The first value of the first tag that has one; a second value is told."""
        for name in names:
            used.add(name)
            value = tags.get(name)
            if isinstance(value, list):
                values = [part for part in value if part]
                if len(values) > 1:
                    message = _("“%(tag)s” stands %(count)d times; the first is kept: %(value)s")
                    problems.append(
                        Problem(message % {"tag": name, "count": len(values), "value": values[0][:80]}, name, line)
                    )
                value = values[0] if values else ""
            if value:
                return str(value)
        return ""

    def many(*names: str) -> list[str]:
        """Every value of every tag named."""
        used.update(names)
        found: list[str] = []
        for name in names:
            value = tags.get(name) or []
            found += [part for part in (value if isinstance(value, list) else [value]) if part]
        return found

    ris_type = str(tags.get("TY", "")).strip().upper()
    raw: dict[str, Any] = {"type": TYPES.get(ris_type, ris_type), "custom": {}}
    raw["id"] = one("ID")
    raw["title"] = one("TI", "T1", "CT") or (one("BT") if ris_type in {"BOOK", "EBOOK"} else "")
    authors = many("AU", "A1")
    raw["author"] = [parse_inverted(name) for name in authors if not is_et_al(name)]
    if any(is_et_al(name) for name in authors):
        raw["custom"]["authors_complete"] = False
    raw["editor"] = [parse_inverted(name) for name in many("ED", "A2", "A3")]
    _containers(raw, ris_type, one)
    raw["publisher"], raw["publisher-place"] = one("PB"), one("CY", "PP")
    raw["volume"], raw["issue"], raw["edition"] = one("VL"), one("IS", "CP"), one("ET")
    raw["page"] = join_pages(one("SP"), one("EP")) or one("C7")
    raw["issued"] = _issued(one("DA"), one("PY", "Y1"), problems, line)
    raw["accessed"] = parse_words(one("Y2"))
    raw["language"] = language_code(one("LA"))
    raw["abstract"] = "\n".join(dict.fromkeys(many("AB", "N2")))
    raw["keyword"] = "; ".join(many("KW"))
    _identifiers(raw, ris_type, one, many)
    work_type = one("M3")
    if not re.match(r"(?:doi:?\s*)?10\.\d", work_type, re.IGNORECASE):
        state_genre(raw, work_type)
    left = sorted(tag for tag, value in tags.items() if tag not in used and tag != "UK" and value)
    left += sorted(tags.get("UK", {}))
    if left:
        problems.append(Problem(_("Tags that are not kept: %(tags)s.") % {"tags": ", ".join(left)}, line=line))
    return clean_record(raw, line, problems)


def _containers(raw: dict[str, Any], ris_type: str, one: Any) -> None:
    full, plain, short = one("T2", "JF", "BT"), one("JO", "J1"), one("J2", "JA")
    container = full or plain
    if ris_type in {"BOOK", "EBOOK", "EDBOOK"}:
        raw["collection-title"] = container
        return
    raw["container-title"] = container or short
    raw["container-title-short"] = short if container else ""
    if full and plain and plain != full and not short:
        raw["container-title-short"] = plain
    if raw["container-title-short"] == raw["container-title"]:
        del raw["container-title-short"]
    raw["collection-title"] = one("T3")


def _issued(day: str, year: str, problems: list[Problem], line: int) -> dict[str, Any]:
    """The date of publication: ``DA`` where it goes with the year, else ``PY``. Both are YYYY/MM/DD/other."""

    def slashed(text: str) -> dict[str, Any]:
        parts = [part.strip() for part in text.split("/")]
        if len(parts) == 4 and parts[3] and not parts[1]:
            return dict(parse_words(f"{parts[0]} {parts[3]}"))
        return dict(parse_words(text))

    if year.strip().isdecimal() and not re.search(r"\d{4}", day):
        day = f"{year} {day}"  # EndNote's day has no year of its own
    full, plain = slashed(day), slashed(year)
    first, second = date_parts(full), date_parts(plain)  # type: ignore[arg-type]
    if first and second and first[0] != second[0]:
        message = _("The year is %(year)s in PY and %(other)s in DA; %(year)s is kept.")
        problems.append(Problem(message % {"year": second[0], "other": first[0]}, "issued", line))
        return plain
    return full if len(first) > len(second) or not plain else plain


def _identifiers(raw: dict[str, Any], ris_type: str, one: Any, many: Any) -> None:
    raw["DOI"] = one("DO", "DI")
    urls = [url for value in many("UR", "L2", "LK") for url in re.split(r"[\s;]+(?=https?://)", value)]
    for url in urls:
        if not raw["DOI"] and re.match(r"https?://(?:dx\.)?doi\.org/10\.", url):
            raw["DOI"] = url
    raw["URL"] = next((url for url in urls if not re.match(r"https?://(?:dx\.)?doi\.org/", url)), "")
    work_type = one("M3")
    if not raw["DOI"] and re.match(r"(?:doi:?\s*)?10\.\d", work_type, re.IGNORECASE):
        raw["DOI"] = work_type
    source, accession = one("DB", "DP").lower(), one("AN").strip()
    if accession.upper().startswith("NCT"):
        raw["custom"]["nct_id"] = accession
    elif re.fullmatch(r"(?:PMID:?\s*)?\d{1,9}", accession, re.IGNORECASE) and (
        "pubmed" in source or "medline" in source or accession.upper().startswith("PMID")
    ):
        raw["PMID"] = accession
    elif accession:
        raw["archive_location"] = accession
    central = one("C2")
    if re.match(r"\s*(?:PMCID:?\s*)?PMC\s*\d", central, re.IGNORECASE):
        raw["PMCID"] = central
    elif re.fullmatch(r"\d{6,9}", central) and not raw.get("PMID"):  # as Scopus has it
        raw["PMID"] = central
    numbers = [found for value in many("SN") for found in _numbers(value)]
    issns = [number for number in numbers if _ISSN.fullmatch(number)]
    raw["ISSN"] = issns[0] if issns else ""
    raw["ISBN"] = "; ".join(number for number in numbers if number not in issns)
    notes = many("N1")
    for note in notes:
        if match := re.fullmatch(r"ClinicalTrials\.gov:\s*(NCT\d{8})", note, re.IGNORECASE):
            raw["custom"]["nct_id"] = match[1]
    raw["note"] = "\n".join(note for note in notes if not note.startswith("ClinicalTrials.gov:"))


def _numbers(value: str) -> list[str]:
    """The ISSNs or ISBNs in ``0006-3223 (Print) 1873-2402``."""
    plain = re.sub(r"\([^)]*\)", " ", value).strip()
    if len(re.sub(r"[\s-]", "", plain)) in {10, 13}:  # one ISBN, perhaps with spaces
        return [plain]
    return re.split(r"[;,\s]+", plain)


def write(items: Iterable[CslItem]) -> Iterator[str]:
    """RIS text, one record a chunk."""
    for item in items:
        yield "".join(f"{tag}  - {value}\r\n" for tag, value in _tags(item)) + "ER  - \r\n\r\n"


def _tags(item: CslItem) -> Iterator[tuple[str, str]]:
    tags: dict[str, list[str]] = defaultdict(list)
    csl_type = item.get("type", "document")
    tags["TY"] = [_WRITTEN_TYPES.get(csl_type, "GEN")]
    tags["ID"] = [item.get("id", "")]
    tags["AU"] = [write_inverted(name) for name in item.get("author", [])]
    if authors_truncated(item):
        tags["AU"].append("et al.")
    tags["TI"] = [item.get("title", "")]
    tags["A2"] = [write_inverted(name) for name in item.get("editor", [])]
    container = item.get("collection-title", "") if csl_type == "book" else item.get("container-title", "")
    tags["T2"] = [container]
    tags["J2"] = [item.get("container-title-short", "")]
    parts = date_parts(item.get("issued"))
    season = item.get("issued", {}).get("season", "")
    if parts:
        tags["PY"] = [f"{parts[0]}///{SEASON_NAMES.get(season, season)}" if season else str(parts[0])]
        if len(parts) > 1:
            tags["DA"] = ["/".join(f"{part:02d}" for part in parts)]
    else:
        tags["PY"] = [item.get("issued", {}).get("literal", "")]
    accessed = date_parts(item.get("accessed"))
    tags["Y2"] = ["/".join(f"{part:02d}" for part in accessed)]
    first, last = split_pages(item.get("page", ""))
    tags["SP"], tags["EP"] = [first], [last]
    for tag, field in _SIMPLE.items():
        tags[tag] = [item.get(field, "")]  # type: ignore[list-item]
    tags["M3"] = [genre_of(item)]
    nct = item.get("custom", {}).get("nct_id", "")
    if item.get("PMID"):
        tags["AN"], tags["DB"] = [item["PMID"]], ["PubMed"]
        tags["N1"] += [f"ClinicalTrials.gov: {nct}"] if nct else []
    elif nct:
        tags["AN"], tags["DB"] = [nct], ["ClinicalTrials.gov"]
    tags["SN"] = [item.get("ISBN", "") or item.get("ISSN", "")]
    tags["KW"] = [word.strip() for word in item.get("keyword", "").split(";")]
    for tag, values in tags.items():
        for value in values:
            if value:
                yield tag, re.sub(r"\s+", " ", str(value)).strip()


_SIMPLE = {
    "VL": "volume", "IS": "issue", "ET": "edition", "PB": "publisher", "CY": "publisher-place", "LA": "language",
    "DO": "DOI", "C2": "PMCID", "UR": "URL", "AB": "abstract", "N1": "note",
}  # fmt: skip
