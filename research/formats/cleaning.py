"""From what a file says to a clean item: plain text, valid dates and identifiers, sane lengths, every change noted."""

import html
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import nh3
from django.utils.translation import gettext as _

from research.formats.csl import (
    CSL_TYPES,
    DATE_FIELDS,
    NAME_FIELDS,
    TEXT_FIELDS,
    CslDate,
    CslItem,
    CslName,
)
from research.formats.dates import parse_date
from research.formats.parsing import ParsedRecord, Problem
from research.identifiers import NORMALIZERS

MAX_TEXT = 2_000
MAX_LONG_TEXT = 60_000
MAX_AUTHORS = 5_000
LONG_FIELDS = frozenset({"abstract", "note", "annote", "keyword"})
IDENTIFIERS = ("DOI", "PMID", "PMCID", "ISBN")

_TAG = re.compile(r"<\s*[/!?]?\s*[A-Za-z]")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[A-Za-z]{2,31});")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_HIDDEN = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ue000-\uf8ff]")
_NUMBER_IN_NOTE = re.compile(r"^[^\S\n]*(PMID|PMCID):[^\S\n]*((?:PMC)?\d{1,9})[^\S\n]*\n?", re.MULTILINE)
_NAME_PARTS = ("family", "given", "dropping-particle", "non-dropping-particle", "suffix", "literal")


def plain_text(value: str, keep_paragraphs: bool = False) -> str:
    """The value without markup, entities, control and direction characters, with single spaces.

    Markup inside entities is markup too: publishers send ``&lt;i&gt;in vivo&lt;/i&gt;``.
    """
    for _round in range(3):
        before = value
        if _TAG.search(value):
            value = html.unescape(nh3.clean(value, tags=set()))
        elif _ENTITY.search(value):
            value = html.unescape(value)
        if value == before:
            break
    value = _HIDDEN.sub("", _CONTROL.sub(" ", value))
    value = unicodedata.normalize("NFC", value)
    if keep_paragraphs:
        return re.sub(r"\s*\n\s*", "\n", re.sub(r"[^\S\n]+", " ", value)).strip()
    return re.sub(r"\s+", " ", value).strip()


def clean_record(raw: Mapping[str, Any], line: int | None, problems: list[Problem] | None = None) -> ParsedRecord:
    """A record from what a parser read. Never raises; what had to be changed or left out stands in its problems."""
    record = ParsedRecord(item=CslItem(), line=line, problems=list(problems or []))
    item = cast(dict[str, Any], record.item)
    raw = _with_numbers_from_note(raw)
    for key, value in raw.items():
        if value in (None, "", [], {}):
            continue
        if key in TEXT_FIELDS:
            text = _clean_text(record, key, value)
            if text:
                item[key] = text
        elif key in NAME_FIELDS:
            names = _clean_names(record, key, value)
            if names:
                item[key] = names
        elif key in DATE_FIELDS:
            date = _clean_date(record, key, value)
            if date:
                item[key] = date
        elif key == "custom" and isinstance(value, Mapping):
            item["custom"] = {str(name)[:100]: _clean_custom(inner) for name, inner in list(value.items())[:100]}
        elif key == "id":
            item["id"] = plain_text(str(value))[:200]
        elif key != "type":
            _note(record, _("“%(field)s” is not kept: the library has no such field.") % {"field": key[:60]}, key)
    _clean_type(record, raw.get("type"))
    _clean_identifiers(record)
    _clean_url(record)
    if not item.get("title"):
        record.problems.append(
            Problem(_("The record has no title. Add one in the source and import it again."), "title", line, "error")
        )
    return record


def _with_numbers_from_note(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """``PMID: 24740528`` on a line of the note, where Zotero keeps what a format has no field for, put in its place."""
    note = raw.get("note")
    if not isinstance(note, str) or ("PMC" not in note and "PMID" not in note):
        return raw
    found = {name: value for name, value in _NUMBER_IN_NOTE.findall(note) if not raw.get(name)}
    left = _NUMBER_IN_NOTE.sub(lambda match: "" if match[1] in found else match[0], note)
    return {**raw, **found, "note": left.strip()}


def _note(record: ParsedRecord, message: str, field: str) -> None:
    record.problems.append(Problem(message, field, record.line))


def _clean_text(record: ParsedRecord, key: str, value: object) -> str:
    if isinstance(value, list) and all(isinstance(part, str | int | float) for part in value):
        value = "; ".join(str(part) for part in value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        _note(record, _("“%(field)s” is not text and was left out.") % {"field": key}, key)
        return ""
    original = str(value)
    text = plain_text(original, keep_paragraphs=key in LONG_FIELDS)
    if _TAG.search(original) and text != original:
        _note(record, _("Markup was removed from “%(field)s”.") % {"field": key}, key)
    limit = MAX_LONG_TEXT if key in LONG_FIELDS else MAX_TEXT
    if len(text) > limit:
        message = _("“%(field)s” is %(length)d characters long; the limit is %(limit)d. Shorten it in the source.")
        values = {"field": key, "length": len(text), "limit": limit}
        record.problems.append(Problem(message % values, key, record.line, "error"))
        return text[:limit]
    return text


def _clean_names(record: ParsedRecord, key: str, value: object) -> list[CslName]:
    if not isinstance(value, list):
        _note(record, _("“%(field)s” is not a list of names and was left out.") % {"field": key}, key)
        return []
    if len(value) > MAX_AUTHORS:
        message = _("%(count)d names in “%(field)s”; the limit is %(limit)d.")
        values = {"count": len(value), "field": key, "limit": MAX_AUTHORS}
        record.problems.append(Problem(message % values, key, record.line, "error"))
        value = value[:MAX_AUTHORS]
    names: list[CslName] = []
    for entry in value:
        parts = {"literal": entry} if isinstance(entry, str) else entry
        if not isinstance(parts, Mapping):
            _note(record, _("A name in “%(field)s” could not be read and was left out.") % {"field": key}, key)
            continue
        name = {
            part: text
            for part in _NAME_PARTS
            if isinstance(parts.get(part), str) and (text := plain_text(parts[part])[:300])
        }
        if "literal" in name:
            name = {"literal": name["literal"]}
        elif "family" not in name and "given" in name:
            name = {"literal": name["given"]}
        if name:
            names.append(cast(CslName, name))
        elif parts:
            _note(record, _("An empty name in “%(field)s” was left out.") % {"field": key}, key)
    return names


def _clean_date(record: ParsedRecord, key: str, value: object) -> CslDate:
    date = parse_date(value)
    if not date:
        _note(
            record,
            _("The date “%(value)s” (%(field)s) could not be read and was left out.")
            % {"value": str(value)[:60], "field": key},
            key,
        )
    elif not date.get("date-parts"):
        _note(
            record,
            _("The date “%(value)s” (%(field)s) is kept as words, for no year could be found in it.")
            % {"value": date.get("literal", "")[:60], "field": key},
            key,
        )
    return date


def _clean_custom(value: object, depth: int = 0) -> Any:
    """Custom values as JSON holds them, with every text plain; nothing deeper than four levels."""
    if isinstance(value, str):
        return plain_text(value, keep_paragraphs=True)[:MAX_LONG_TEXT]
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth >= 4:
        return None
    if isinstance(value, Mapping):
        return {str(key)[:100]: _clean_custom(inner, depth + 1) for key, inner in list(value.items())[:200]}
    if isinstance(value, list):
        return [_clean_custom(inner, depth + 1) for inner in value[:200]]
    return None


def _clean_type(record: ParsedRecord, value: object) -> None:
    kind = str(value or "").strip()
    if kind in CSL_TYPES:
        record.item["type"] = kind
        return
    record.item["type"] = "document"
    _note(record, _("The type “%(type)s” is not known; “document” is used.") % {"type": kind[:60]}, "type")


def _clean_identifiers(record: ParsedRecord) -> None:
    item = cast(dict[str, Any], record.item)
    for key in IDENTIFIERS:
        if key not in item:
            continue
        # Several ISBNs of one book (hardback, paperback) stand in one field: the first that holds is taken.
        candidates = re.split(r"[;,]\s*|\s+(?=97[89])", item[key]) if key == "ISBN" else [item[key]]
        del item[key]
        message = ""
        for candidate in candidates:
            try:
                item[key] = NORMALIZERS[key](candidate)
                break
            except ValueError as error:
                message = message or str(error)
        if key not in item:
            _note(record, message + " " + _("It was left out."), key)
    custom = item.get("custom", {})
    if nct := custom.get("nct_id"):
        try:
            custom["nct_id"] = NORMALIZERS["NCT"](str(nct))
        except ValueError as error:
            del custom["nct_id"]
            _note(record, f"{error} " + _("It was left out."), "nct_id")


def _clean_url(record: ParsedRecord) -> None:
    url = record.item.get("URL", "")
    if not url:
        return
    try:
        parts = urlsplit(url)
        good = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and not re.search(r"[\s<>\"]", url)
    except ValueError:
        good = False
    if not good:
        del record.item["URL"]
        _note(record, _("“%(url)s” is not a web address and was left out.") % {"url": url[:80]}, "URL")
