"""BibTeX: entries read with bibtexparser, fields as LaTeX, and written with BibLaTeX's newer fields."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from bibtexparser.bparser import BibTexParser
from django.utils.translation import gettext as _

from research.formats.bibtex_entries import Entry, cut_entries
from research.formats.cleaning import clean_record
from research.formats.csl import CslItem, CslName, authors_truncated, date_parts, iso_date
from research.formats.dates import MONTHS, SEASON_NAMES, parse_words
from research.formats.kinds import genre_of, state_genre
from research.formats.languages import language_code
from research.formats.latex import escape_latex, latex_to_text
from research.formats.names import is_et_al, parse_inverted
from research.formats.pages import plain_dashes
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
    "article": "article-journal", "book": "book", "booklet": "pamphlet", "collection": "book",
    "conference": "paper-conference", "dataset": "dataset", "electronic": "webpage", "inbook": "chapter",
    "incollection": "chapter", "inproceedings": "paper-conference", "inreference": "entry-encyclopedia",
    "manual": "report", "mastersthesis": "thesis", "misc": "document", "mvbook": "book", "online": "webpage",
    "patent": "patent", "periodical": "article-journal", "phdthesis": "thesis", "proceedings": "book",
    "reference": "book", "report": "report", "review": "review", "software": "software",
    "suppperiodical": "article-journal", "techreport": "report", "thesis": "thesis", "unpublished": "manuscript",
    "video": "motion_picture", "www": "webpage",
}  # fmt: skip
_WRITTEN_TYPES = {
    "article-journal": "article", "article-magazine": "article", "article-newspaper": "article", "review": "article",
    "book": "book", "chapter": "incollection", "entry-encyclopedia": "inreference", "paper-conference": "inproceedings",
    "report": "techreport", "thesis": "phdthesis", "webpage": "online", "post": "online", "post-weblog": "online",
    "dataset": "dataset", "manuscript": "unpublished", "software": "software", "pamphlet": "booklet",
    "patent": "patent", "motion_picture": "video",
}  # fmt: skip
_SITES = {"webpage", "post", "post-weblog"}
_SUBTYPES = {"article-newspaper": "newspaper", "article-magazine": "magazine"}
_NO_RECORD = {"comment", "preamble", "string"}

_FIELDS = {
    "title": "title", "shorttitle": "title-short", "journal": "container-title", "journaltitle": "container-title",
    "booktitle": "container-title", "shortjournal": "container-title-short", "publisher": "publisher",
    "institution": "publisher", "school": "publisher", "organization": "publisher", "address": "publisher-place",
    "location": "publisher-place", "volume": "volume", "edition": "edition", "pages": "page", "doi": "DOI",
    "pmid": "PMID", "pmcid": "PMCID", "isbn": "ISBN", "issn": "ISSN", "abstract": "abstract", "keywords": "keyword",
    "note": "note", "series": "collection-title", "chapter": "chapter-number", "eventtitle": "event-title",
}  # fmt: skip
_NOT_INHERITED = {
    "ENTRYTYPE", "ID", "crossref", "author", "doi", "url", "pages", "abstract", "keywords", "note", "pmid",
}  # fmt: skip
_VERBATIM = {"doi", "url", "pmid", "pmcid", "isbn", "issn", "eprint"}
_SILENT = {
    "bdsk-url-1", "bdsk-url-2", "date-added", "date-modified", "file", "groups", "langid", "mendeley-groups",
    "mendeley-tags", "owner", "timestamp", "urldate", "year", "month", "day", "date",
}  # fmt: skip


def parse(data: bytes | str) -> ParseResult:
    """The records of a BibTeX file. Raises ImportRefusedError, naming the line, rather than leaving one out."""
    text, problems = decode(data)
    check_lines(text.split("\n"))
    entries = list(cut_entries(text))
    strings = "\n".join(entry.text for entry in entries if entry.kind == "string")
    records = [entry for entry in entries if entry.kind not in _NO_RECORD]
    starts = [entry.line for entry in records]
    parser = BibTexParser(common_strings=True, ignore_nonstandard_types=False, interpolate_strings=True)
    parser.expect_multiple_parse = True
    if strings:
        _parse_with(parser, strings, next(entry.line for entry in entries if entry.kind == "string"))
    found: list[int] = []
    result = ParseResult(problems=problems)
    check_count(starts, starts)
    entries_read = [(entry, _parse_with(parser, entry.text, entry.line)) for entry in records]
    parents = {fields["ID"].lower(): fields for _entry, fields in entries_read if fields.get("ID")}
    for entry, fields in entries_read:
        if fields:
            found.append(entry.line)
            result.records.append(_record(_with_parent(fields, parents), entry))
    check_count(found, starts)
    return result


def _parse_with(parser: Any, text: str, line: int) -> dict[str, str]:
    """The fields of one entry; empty for ``@string``."""
    parser.bib_database.entries = []
    try:
        parser.parse(text)
    except Exception as error:  # pyparsing, undefined strings and whatever a broken entry meets inside bibtexparser
        raise ImportRefusedError(
            _("The record that begins here cannot be read (%(error)s). Nothing was saved.")
            % {"error": str(error)[:120]},
            line,
        ) from error
    entries = parser.bib_database.entries
    return dict(entries[0]) if entries else {}


def _with_parent(fields: dict[str, str], parents: Mapping[str, dict[str, str]]) -> dict[str, str]:
    """The fields with what ``crossref`` lets them inherit: the parent's title is the child's booktitle."""
    parent = parents.get(fields.get("crossref", "").strip().lower())
    own = {name: value for name, value in fields.items() if name != "crossref" or parent is None}
    if parent is None or parent is fields:
        return own
    of_whole = {"title": "booktitle", "subtitle": "booksubtitle", "journaltitle": "journaltitle"}
    inherited = {of_whole.get(name, name): value for name, value in parent.items() if name not in _NOT_INHERITED}
    return {**inherited, **own}


_EXTENDED = re.compile(r"\b(family|given|prefix|suffix)\s*=\s*([^,]+)", re.IGNORECASE)


def _split_names(value: str) -> list[str]:
    """The names of a list joined by ``and``, which counts only outside braces."""
    names, depth, start = [], 0, 0
    for match in re.finditer(r"[{}]|\s+and\s+", value, re.IGNORECASE):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
        elif depth <= 0:
            names.append(value[start : match.start()])
            start = match.end()
    names.append(value[start:])
    return [name.strip() for name in names if name.strip()]


def _name(text: str) -> CslName:
    """A name in any of BibTeX's three forms; a name in braces is a body's."""
    if re.fullmatch(r"\{(?:[^{}]|\{[^{}]*\})*\}", text):
        return {"literal": latex_to_text(text[1:-1])}
    if extended := _EXTENDED.findall(text):  # BibLaTeX: family=Berg, given=Jan, prefix=van den
        told = {key.lower(): latex_to_text(value.strip()) for key, value in extended}
        told["family"] = " ".join(filter(None, (told.get("prefix"), told.get("family"))))
        return cast(CslName, {part: told[part] for part in ("family", "given", "suffix") if told.get(part)})
    if "," in re.sub(r"\{[^{}]*\}", "", text):
        parts = [latex_to_text(part.strip()) for part in text.split(",")]
        if len(parts) == 3:  # von Last, Jr, First
            parts = [parts[0], parts[2], parts[1]]
        return parse_inverted(", ".join(parts))
    words = latex_to_text(text).split()
    if len(words) == 1:
        return {"literal": words[0]}
    particle = next((place for place, word in enumerate(words[1:-1], 1) if word[0].islower()), len(words) - 1)
    return {"family": " ".join(words[particle:]), "given": " ".join(words[:particle])}


def _record(fields: dict[str, str], entry: Entry) -> ParsedRecord:
    problems: list[Problem] = []
    bib_type = fields.pop("ENTRYTYPE", entry.kind).lower()
    for whole, part in (("title", "subtitle"), ("booktitle", "booksubtitle")):
        if fields.get(whole) and (more := fields.pop(part, "")):
            fields[whole] = f"{fields[whole].rstrip(':. ')}: {more}"
    raw: dict[str, Any] = {"type": TYPES.get(bib_type, bib_type), "id": fields.pop("ID", ""), "custom": {}}
    if raw["type"] in _SITES and fields.get("publisher"):  # BibLaTeX: @online names its site as organization
        raw["container-title"] = latex_to_text(fields.pop("organization", ""))
    for name, field in _FIELDS.items():
        value = fields.pop(name, "")
        if value and not raw.get(field):
            raw[field] = (
                value.strip("{} ").replace("\\_", "_").replace("\\%", "%")
                if name in _VERBATIM
                else latex_to_text(value)
            )
        elif value:
            message = _("“%(name)s” (%(value)s) is left out: another field of the record says it already.")
            problems.append(Problem(message % {"name": name, "value": value[:60]}, name, entry.line))
    if raw["type"] in _SITES and not raw.get("container-title"):
        raw["container-title"] = raw.pop("publisher", "")
    for name in ("author", "editor", "translator"):
        people = _split_names(fields.pop(name, ""))
        raw[name] = [_name(person) for person in people if not is_et_al(person)]
        if name == "author" and any(is_et_al(person) for person in people):
            raw["custom"]["authors_complete"] = False
    if raw["type"] == "article-journal" and (subtype := fields.pop("entrysubtype", "").lower()):
        raw["type"] = next((csl for csl, name in _SUBTYPES.items() if name == subtype), raw["type"])
    raw["issue" if raw["type"].startswith("article") else "number"] = latex_to_text(
        fields.pop("number", "") or fields.pop("issue", "")
    )
    if not raw.get("page") and (eid := fields.pop("eid", "")):
        raw["page"] = latex_to_text(eid)
    raw["page"] = plain_dashes(raw.get("page", ""))
    raw["issued"] = _issued(fields)
    raw["accessed"] = parse_words(fields.pop("urldate", ""))
    raw["language"] = language_code(latex_to_text(fields.pop("language", "") or fields.get("langid", "")))
    _urls(raw, fields)
    state_genre(raw, latex_to_text(fields.pop("type", "")))
    if raw["custom"].get("kind") == "preprint" and raw["type"] in {"document", "manuscript"}:
        raw["type"] = "article"
    if nct := fields.pop("nct", ""):
        raw["custom"]["nct_id"] = nct
    if raw["type"] == "document" and raw.get("URL") and bib_type == "misc":
        raw["type"] = "webpage"
    left = sorted(name for name, value in fields.items() if value and name not in _SILENT)
    if left:
        problems.append(
            Problem(_("Fields that are not kept: %(fields)s.") % {"fields": ", ".join(left)}, line=entry.line)
        )
    return clean_record(raw, entry.line, problems)


def _issued(fields: dict[str, str]) -> dict[str, Any]:
    if fields.get("date"):
        return dict(parse_words(latex_to_text(fields["date"]).split("/")[0]))
    words = [latex_to_text(fields.get(name, "")) for name in ("year", "month", "day")]
    if words[1].isdigit():
        return dict(parse_words("-".join(word for word in words if word)))
    return dict(parse_words(" ".join(word for word in words if word)))


def _urls(raw: dict[str, Any], fields: dict[str, str]) -> None:
    url = (fields.pop("url", "") or fields.pop("link", "")).strip("{} ").replace("\\_", "_").replace("\\%", "%")
    published = fields.pop("howpublished", "")
    if not url and (match := re.search(r"https?://[^\s{}]+", published)):
        url = match[0]
    elif published and not raw.get("container-title"):
        raw["container-title"] = latex_to_text(published)
    raw["URL"] = url.replace("\\&", "&").replace("\\#", "#").replace("\\~{}", "~")


def write(items: Iterable[CslItem]) -> Iterator[str]:
    """BibTeX text, one entry a chunk, with keys that are unique in the file."""
    used: set[str] = set()
    for item in items:
        key = re.sub(r"[^A-Za-z0-9:._-]+", "-", item.get("id", "")).strip("-") or "record"
        unique, number = key, 2
        while unique.lower() in used:
            unique, number = f"{key}-{number}", number + 1
        used.add(unique.lower())
        fields = "".join(f"  {name} = {value},\n" for name, value in _fields(item) if value not in ("{}", "{{}}"))
        yield f"@{_WRITTEN_TYPES.get(item.get('type', ''), 'misc')}{{{unique},\n{fields}}}\n\n"


def _fields(item: CslItem) -> Iterator[tuple[str, str]]:
    csl_type = item.get("type", "")

    def text(field: str) -> str:
        return "{" + escape_latex(str(item.get(field, "")).replace("\n", " ")) + "}"

    for role in ("author", "editor"):
        names = [_written_name(name) for name in item.get(role, [])]  # type: ignore[attr-defined]
        if role == "author" and authors_truncated(item):
            names.append("others")
        yield role, "{" + " and ".join(names) + "}"
    yield "title", "{" + text("title") + "}"
    container = "journal" if csl_type.startswith(("article", "review")) else "booktitle"
    yield "organization" if csl_type in _SITES else container, text("container-title")
    yield "shortjournal", text("container-title-short")
    issued = item.get("issued", {})
    parts = date_parts(issued)
    if parts and issued.get("season"):
        yield "year", f"{{{parts[0]}}}"
        yield "month", "{" + escape_latex(SEASON_NAMES.get(issued["season"], issued["season"])) + "}"
    elif parts:
        yield "date", f"{{{iso_date(issued)}}}"
        yield "year", f"{{{parts[0]}}}"
        if len(parts) > 1:
            yield "month", MONTHS[parts[1] - 1]
    else:
        yield "year", "{" + escape_latex(issued.get("literal", "")) + "}"
    for name, field in (("volume", "volume"), ("number", "issue"), ("edition", "edition")):
        yield name, text(field)
    yield "pages", "{" + escape_latex(item.get("page", "")).replace("-", "--") + "}"
    publisher = {"report": "institution", "thesis": "school"}.get(csl_type, "publisher")
    yield publisher, text("publisher")
    yield "address", text("publisher-place")
    yield "series", text("collection-title")
    yield "entrysubtype", "{" + _SUBTYPES.get(csl_type, "") + "}"
    # BibTeX has no type for a preprint, and would make a web page of it.
    yield "type", "{" + escape_latex(genre_of(item) or ("Preprint" if csl_type == "article" else "")) + "}"
    for name, field in (("doi", "DOI"), ("url", "URL"), ("pmid", "PMID"), ("pmcid", "PMCID"), ("isbn", "ISBN")):
        yield name, "{" + re.sub(r"[{}\\]", "", str(item.get(field, ""))) + "}"
    yield "issn", text("ISSN")
    yield "nct", "{" + escape_latex(str(item.get("custom", {}).get("nct_id", ""))) + "}"
    yield "urldate", "{" + iso_date(item.get("accessed")) + "}"
    yield "language", text("language")
    for name, field in (("abstract", "abstract"), ("keywords", "keyword"), ("note", "note")):
        yield name, text(field)


def _written_name(name: CslName) -> str:
    if name.get("literal"):
        return "{" + escape_latex(name["literal"]) + "}"
    family = " ".join(part for part in (name.get("non-dropping-particle", ""), name.get("family", "")) if part)
    given = " ".join(part for part in (name.get("given", ""), name.get("dropping-particle", "")) if part)
    parts = [family, name["suffix"], given] if name.get("suffix") else [family, given]
    return ", ".join(re.sub(r"\band\b", "{and}", escape_latex(part)) for part in parts if part)
