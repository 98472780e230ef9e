"""CSL-JSON: the interchange value itself, as Zotero and Crossref write it. Read and written with the json module."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from research.formats.cleaning import clean_record
from research.formats.csl import CslItem
from research.formats.kinds import CROSSREF_TYPES
from research.formats.parsing import (
    MAX_RECORDS,
    ImportRefusedError,
    ParsedRecord,
    ParseResult,
    Problem,
    check_count,
    decode,
)


class _Repeated(dict[str, Any]):
    """An object whose keys came more than once; json would keep the last in silence."""

    repeated: tuple[str, ...] = ()


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = _Repeated(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _value in pairs]
        found.repeated = tuple(sorted({key for key in keys if keys.count(key) > 1}))
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(_("“%(name)s” is not a value in JSON.") % {"name": name})


def parse(data: bytes | str) -> ParseResult:
    """The records of a CSL-JSON list, one object, or an object with ``items``. Raises ImportRefusedError."""
    text, problems = decode(data)
    try:
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ImportRefusedError(
            _("This is not valid JSON: %(error)s. Nothing was saved.") % {"error": error.msg}, error.lineno
        ) from error
    except RecursionError as error:
        raise ImportRefusedError(_("This JSON is nested too deeply to be a list of references.")) from error
    except ValueError as error:
        raise ImportRefusedError(_("This is not valid JSON: %(error)s") % {"error": error}) from error
    items = value
    if isinstance(value, dict):
        items = value["items"] if isinstance(value.get("items"), list) else [value]
    if not isinstance(items, list) or not items:
        raise ImportRefusedError(_("No record was found. CSL-JSON is a list of objects in square brackets."))
    if len(items) > MAX_RECORDS:
        check_count([], list(range(len(items))))
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            raise ImportRefusedError(
                _("Record %(number)d is not an object in curly brackets. Nothing was saved.") % {"number": number}
            )
    lines = _lines(text, items)
    return ParseResult([_record(item, line) for item, line in zip(items, lines, strict=True)], problems)


def _lines(text: str, items: list[Any]) -> list[int | None]:
    """The line of each record: exact where every record's ``{`` can be walked to, else unknown."""
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    place = text.find("[")
    if place < 0 or text[:place].strip():
        return [None] * len(items)
    lines: list[int | None] = []
    line, counted = 1, 0
    try:
        for _item in items:
            place = text.index("{", place + 1) if not lines else text.index("{", place)
            line += text.count("\n", counted, place)
            counted = place
            lines.append(line)
            _value, place = decoder.raw_decode(text, place)
    except (ValueError, RecursionError):
        return [None] * len(items)
    return lines


def _record(item: dict[str, Any], line: int | None) -> ParsedRecord:
    problems: list[Problem] = []
    for key in getattr(item, "repeated", ()):
        problems.append(Problem(_("“%(field)s” stands twice; the last is kept.") % {"field": key[:60]}, key, line))
    raw: dict[str, Any] = dict(item)
    for old, new in (
        ("shortTitle", "title-short"),
        ("journalAbbreviation", "container-title-short"),
        ("event", "event-title"),
        ("short-container-title", "container-title-short"),
        ("published-print", "issued"),
        ("published", "issued"),
        ("article-number", "page"),
    ):
        if old in raw:
            value = raw.pop(old)
            raw.setdefault(new, value)
    raw["type"] = CROSSREF_TYPES.get(str(raw.get("type", "")), raw.get("type"))
    for role in ("author", "editor", "translator"):
        if isinstance(raw.get(role), list):
            raw[role] = [_crossref_name(name) for name in raw[role]]
    for key in ("title", "container-title", "container-title-short", "ISBN", "ISSN"):
        if isinstance(raw.get(key), list):  # Crossref's own JSON gives these as lists
            raw[key] = "; ".join(str(part) for part in raw[key][: 1 if "title" in key else None])
    for ignored in ("citation-key", "categories", "system_id", "_graph"):
        raw.pop(ignored, None)
    if isinstance(item.get("custom"), dict):
        raw["custom"] = dict(item["custom"])
    return clean_record(raw, line, problems)


def _crossref_name(name: Any) -> Any:
    """Crossref calls a body's name ``name``."""
    if isinstance(name, dict) and isinstance(name.get("name"), str) and not name.get("family"):
        return {"literal": name["name"]}
    return name


def plain_item(item: CslItem) -> dict[str, Any]:
    """The item as JSON holds it, without empty values."""
    return {key: value for key, value in item.items() if value not in ("", [], {}, None)}


def write(items: Iterable[CslItem]) -> Iterator[str]:
    """A JSON list, one record a chunk."""
    yield "["
    for number, item in enumerate(items):
        yield ("," if number else "") + "\n" + json.dumps(plain_item(item), ensure_ascii=False, indent=1)
    yield "\n]\n"
