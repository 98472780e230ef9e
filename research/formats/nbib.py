"""PubMed's .nbib (the MEDLINE display format): four-letter tags, six-blank continuation lines.

Fields after NLM's "MEDLINE/PubMed Data Element (Field) Descriptions".
"""

import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from research.formats.cleaning import clean_record
from research.formats.csl import CslItem, CslName, authors_truncated, date_parts, display_name
from research.formats.dates import medline_date, parse_words
from research.formats.kinds import GENRE_KINDS, genre_of, kind_of
from research.formats.languages import language_code, medline_language
from research.formats.names import is_et_al, parse_inverted
from research.formats.parsing import (
    ImportRefusedError,
    ParsedRecord,
    ParseResult,
    Problem,
    check_count,
    check_lines,
    decode,
)

_LINE = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)$")
_START = re.compile(r"PMID ?- ?")

# Publication types that say more than "Journal Article", the most telling first.
_TELLING = (
    "press release", "regulator notice", "personal story", "personal narrative", "trial registration",
    "systematic review", "meta-analysis", "practice guideline", "guideline", "consensus statement",
    "consensus development conference", "review", "preprint", "book", "news", "newspaper article", "web page",
)  # fmt: skip
_DESIGNS = {
    "systematic review": "systematic-review",
    "meta-analysis": "systematic-review",
    "randomized controlled trial": "rct",
    "case reports": "case-series",
    "consensus development conference": "consensus",
    "editorial": "editorial",
}
_STATES = {"retracted publication": "retracted", "expression of concern": "concern"}
_KEPT = {
    "AB", "AID", "AU", "BTI", "CN", "CRF", "CRI", "DEP", "DP", "ECI", "ED", "EDAT", "EIN", "EN", "FAU", "FED", "FIR",
    "IP", "IR", "IS", "ISBN", "JID", "JT", "LA", "LID", "LR", "MH", "MHDA", "OT", "OTO", "OWN", "OCOM", "PB", "PG",
    "PHST", "PL", "PMC", "PMCR", "PMID", "PST", "PT", "PUBM", "RF", "RIN", "RN", "SB", "SI", "SO", "STAT", "TA", "TI",
    "VI", "AD", "AUID", "CRDT", "CTDT", "DA", "DCOM", "GR", "COIS", "CI", "UOF", "CIN", "UIN", "RPI", "RPF", "EFR",
    "NM", "TT", "VTI", "CTI", "GN",
}  # fmt: skip
_LOSSY = {
    "CTI": "chapter title",
    "TT": "title in the original language",
    "GN": "general note",
    "COIS": "conflict of interest",
}

_ORDER = "order"  # no tag: in which order people and bodies stand


def parse(data: bytes | str) -> ParseResult:
    """The records of a .nbib file. Raises ImportRefusedError, naming the line, rather than leaving one out."""
    text, problems = decode(data)
    lines = text.split("\n")
    check_lines(lines)
    starts = [number for number, line in enumerate(lines, 1) if _START.match(line)]
    records = list(_records(lines))
    check_count([line for line, _tags in records], starts)
    return ParseResult([_record(tags, line) for line, tags in records], problems)


def _records(lines: list[str]) -> Iterator[tuple[int, dict[str, list[str]]]]:
    """The tags of each record with the line on which it begins."""
    tags: dict[str, list[str]] = defaultdict(list)
    began: int | None = None
    last = ""
    for number, line in enumerate(lines, 1):
        match = _LINE.match(line)
        if match and match[1] == "PMID":
            if began is not None:
                yield began, tags
            tags, began = defaultdict(list), number
        if match:
            if began is None:
                raise ImportRefusedError(
                    _("“%(tag)s” stands before the first “PMID- ” line, with which a record begins. Nothing was saved.")
                    % {"tag": match[1]},
                    number,
                )
            last = match[1]
            if last in {"FAU", "CN"}:
                tags[_ORDER].append(last)
            tags[last].append(match[2].strip())
        elif line.strip() and began is not None and line[:1] in " \t":
            tags[last][-1] = f"{tags[last][-1]} {line.strip()}"
        elif line.strip():
            raise ImportRefusedError(
                _("“%(text)s” is neither a tag nor indented like a continued line. Nothing was saved.")
                % {"text": line.strip()[:60]},
                number,
            )
    if began is not None:
        yield began, tags


def _record(tags: dict[str, list[str]], line: int) -> ParsedRecord:
    problems: list[Problem] = []

    def one(tag: str) -> str:
        return next((value for value in tags.get(tag, []) if value), "")

    raw: dict[str, Any] = {"custom": {}, "PMID": one("PMID"), "title": one("TI") or one("BTI") or one("CTI")}
    raw["title"] = re.sub(r"^\[(.*)\]\.?$", r"\1", raw["title"])  # brackets mark a translated title
    _authors(raw, tags)
    raw["container-title"], raw["container-title-short"] = one("JT"), one("TA")
    if raw["container-title-short"] == raw["container-title"]:
        raw["container-title-short"] = ""
    raw["container-title"] = raw["container-title"] or raw["container-title-short"]
    raw["volume"], raw["issue"], raw["page"] = one("VI"), one("IP"), one("PG")
    raw["issued"] = parse_words(one("DP")) or parse_words(re.sub(r"(\d{4})(\d\d)(\d\d)", r"\1-\2-\3", one("DEP")))
    raw["language"] = language_code(one("LA"))
    raw["abstract"] = one("AB")
    raw["publisher"], raw["ISBN"] = one("PB"), re.split(r"\s", one("ISBN"))[0]
    raw["ISSN"] = next((value.split()[0] for value in tags.get("IS", []) if value), "")
    raw["keyword"] = "; ".join(value.lstrip("*") for value in tags.get("OT", []))
    raw["PMCID"] = one("PMC")
    for value in [*tags.get("LID", []), *tags.get("AID", [])]:
        if value.endswith("[doi]") and not raw.get("DOI"):
            raw["DOI"] = value.removesuffix("[doi]")
        elif value.endswith("[pii]") and not raw["page"] and re.match(r"[A-Za-z]+\d+ ", value):
            raw["page"] = value.removesuffix("[pii]").strip()
    for value in tags.get("SI", []):
        if match := re.fullmatch(r"ClinicalTrials\.gov/(NCT\d{8})", value.strip(), re.IGNORECASE):
            raw["custom"]["nct_id"] = match[1]
    _publication_types(raw, tags)
    left = [f"{tag} ({_LOSSY[tag]})" for tag in _LOSSY if tags.get(tag) and raw["title"] not in tags[tag]]
    left += sorted(tag for tag in tags if tag not in _KEPT and tag != _ORDER)
    if left:
        problems.append(Problem(_("Tags that are not kept: %(tags)s.") % {"tags": ", ".join(left)}, line=line))
    return clean_record(raw, line, problems)


def _authors(raw: dict[str, Any], tags: dict[str, list[str]]) -> None:
    """Full names where PubMed gives them, among the bodies in order. ``et al`` says that there are more."""
    names = tags.get("FAU") or tags.get("AU", [])
    people = map(_person, names)
    bodies: Iterator[CslName] = ({"literal": name} for name in tags.get("CN", []))
    order = tags.get(_ORDER, []) if tags.get("FAU") else ["FAU"] * len(names) + ["CN"] * len(tags.get("CN", []))
    found = [next(people if tag == "FAU" else bodies) for tag in order]
    raw["author"] = [name for name in found if name and not is_et_al(display_name(name))]
    raw["editor"] = [_person(name) for name in tags.get("FED") or tags.get("ED", [])]
    if any(is_et_al(name) for name in (*names, *tags.get("AU", []))):
        raw["custom"]["authors_complete"] = False


def _person(text: str) -> CslName:
    """``van Velzen, Monique`` or, without full names, ``van Velzen M Jr``."""
    if "," in text:  # PubMed writes no full stops and puts what follows a name last: Smith, John A 3rd
        return parse_inverted(re.sub(r"^([^.,]+, [^.,]+) (Jr|Sr|2nd|3rd|4th)$", r"\1, \2", text.strip()))
    match = re.fullmatch(r"(.+?) ([A-Z]{1,4})(?: (Jr|Sr|2nd|3rd|4th|II|III))?", text.strip())
    if not match:
        return parse_inverted(text)
    name: CslName = {"family": match[1], "given": match[2]}
    if match[3]:
        name["suffix"] = match[3]
    return name


def _publication_types(raw: dict[str, Any], tags: dict[str, list[str]]) -> None:
    types = [value.strip().lower() for value in tags.get("PT", [])]
    raw["type"] = "article-journal"
    custom = raw["custom"]
    telling = next((words for words in _TELLING if words in types), "")
    if telling:
        custom["kind"] = GENRE_KINDS[telling]
    if "newspaper article" in types:
        raw["type"] = "article-newspaper"
    elif "web page" in types:
        raw["type"] = "webpage"
    elif "preprint" in types:
        raw["type"] = "article"
    elif "book" in types or (tags.get("BTI") and not tags.get("JT")):
        raw["type"], custom["kind"] = "book", "book"
    elif "trial registration" in types:
        raw["type"] = "dataset"
    if "book chapter" in types:
        raw["type"] = "chapter"
    for words, design in _DESIGNS.items():
        if words in types:
            custom["study_design"] = design
            break
    if "animals" in [term.lower().lstrip("*") for term in tags.get("MH", [])] and not any(
        term.lower().lstrip("*") == "humans" for term in tags.get("MH", [])
    ):
        custom["species"] = "animal"
    for words, state in _STATES.items():
        if words in types or (state == "retracted" and tags.get("RIN")) or (state == "concern" and tags.get("ECI")):
            notice = next((value for value in (tags.get("RIN") or tags.get("ECI") or []) if value), "")
            custom.setdefault("retraction", {"status": state, "source": "PubMed", "note": notice})


def write(items: Iterable[CslItem]) -> Iterator[str]:
    """.nbib text, one record a chunk. A record that PubMed does not hold has an empty PMID."""
    for item in items:
        yield "".join(_line(tag, value) for tag, value in _tags(item)) + "\n"


def _line(tag: str, value: str) -> str:
    wrapped = textwrap.wrap(value, 82, break_long_words=False, break_on_hyphens=False) or [""]
    return f"{tag:<4}- " + "\n      ".join(wrapped) + "\n"


def _tags(item: CslItem) -> Iterator[tuple[str, str]]:
    yield "PMID", item.get("PMID", "")
    custom = item.get("custom", {})
    book = item.get("type") == "book"
    simple = (
        ("IS", "ISSN"), ("VI", "volume"), ("IP", "issue"), ("PG", "page"), ("BTI" if book else "TI", "title"),
        ("AB", "abstract"), ("PB", "publisher"), ("ISBN", "ISBN"),
    )  # fmt: skip
    values: list[tuple[str, str]] = [(tag, str(item.get(field, ""))) for tag, field in simple]
    values.insert(2, ("DP", medline_date(item.get("issued"))))
    for name in item.get("author", []):
        if name.get("literal"):
            values.append(("CN", name["literal"]))
        else:
            values += [("FAU", display_name(name)), ("AU", _short_name(name))]
    if authors_truncated(item):
        values += [("FAU", "et al"), ("AU", "et al")]
    values += [("FED", display_name(name)) for name in item.get("editor", [])]
    values.append(("LA", medline_language(item.get("language", ""))))
    values += [("PT", words) for words in _written_types(item)]
    values += [("TA", item.get("container-title-short", "")), ("JT", item.get("container-title", ""))]
    values += [("SI", f"ClinicalTrials.gov/{custom['nct_id']}")] if custom.get("nct_id") else []
    values += [("OT", word.strip()) for word in item.get("keyword", "").split(";")]
    values += [("PMC", item.get("PMCID", ""))]
    values += [("AID", f"{item['DOI']} [doi]")] if item.get("DOI") else []
    for tag, value in values:
        if value:
            yield tag, re.sub(r"\s+", " ", value).strip()
    yield "SO", _source(item)


def _written_types(item: CslItem) -> list[str]:
    csl_type, genre = item.get("type", ""), genre_of(item)
    by_type = {
        "article": "Preprint",
        "article-magazine": "News",
        "article-newspaper": "Newspaper Article",
        "book": "Book",
        "chapter": "Book Chapter",
        "dataset": "Trial Registration" if kind_of(item) == "trial-registration" else "Dataset",
        "webpage": "Web Page",
    }
    types = [by_type.get(csl_type, "Journal Article")]
    return list(dict.fromkeys([*types, genre] if genre else types))


def _short_name(name: CslName) -> str:
    initials = "".join(word[0] for word in re.split(r"[\s.-]+", name.get("given", "")) if word)
    particle = f"{name['non-dropping-particle']} " if name.get("non-dropping-particle") else ""
    return " ".join(part for part in (f"{particle}{name.get('family', '')}", initials, name.get("suffix", "")) if part)


def _source(item: CslItem) -> str:
    """PubMed's own short reference: ``Pain. 2009 Oct;145(3):304-311.``"""
    volume = item.get("volume", "") + (f"({item['issue']})" if item.get("issue") else "")
    where = ":".join(part for part in (volume, item.get("page", "")) if part)
    when = medline_date(item.get("issued")) if date_parts(item.get("issued")) else ""
    journal = (item.get("container-title-short") or item.get("container-title", "")).rstrip(".")
    text = ". ".join(part for part in (journal, ";".join(part for part in (when, where) if part)) if part)
    return f"{text}." if text else ""
