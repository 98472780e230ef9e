"""Checks JSON-LD against the vocabulary of schema.org: known types, known properties in their place, fitting values.

`data/schema_org.json` holds the part of Schema.org 30.1 that a clinic's site can use: for each type its ancestors, for
each property the types that may have it and the types or data types of its values.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VOCABULARY = json.loads((Path(__file__).parent / "data/schema_org.json").read_text())
TYPES: dict[str, list[str]] = VOCABULARY["types"]
PROPERTIES: dict[str, dict[str, Any]] = VOCABULARY["properties"]
CONTEXTS = {"https://schema.org", "https://schema.org/"}
ENUMERATIONS = {
    "DayOfWeek": {
        f"https://schema.org/{day}"
        for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    },
}
ADDRESS = re.compile(r"https?://[^\s/]+(/\S*)?")


def problems(document: dict[str, Any]) -> list[str]:
    """Returns what is wrong with a document in words; nothing when all of it is in the vocabulary."""
    if document.get("@context") not in CONTEXTS:
        return [f"@context is {document.get('@context')!r}"]
    nodes = document.get("@graph") or [{key: value for key, value in document.items() if key != "@context"}]
    ids = {node["@id"]: node for top in nodes for node in _all(top) if "@id" in node and "@type" in node}
    return [problem for node in nodes for problem in _node(node, ids)]


def _all(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _all(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _all(inner)


def _kinds(node: dict[str, Any]) -> set[str]:
    """Returns the types of a node with their ancestors."""
    own = node.get("@type", [])
    own = own if isinstance(own, list) else [own]
    return {kind for name in own for kind in (name, *TYPES.get(name, []))}


def _node(node: dict[str, Any], ids: dict[str, Any]) -> Iterator[str]:
    own = node.get("@type")
    names = own if isinstance(own, list) else [own]
    if unknown := [name for name in names if name not in TYPES]:
        yield f"no such type: {unknown}"
        return
    kinds = _kinds(node)
    for name, value in node.items():
        if name.startswith("@"):
            continue
        rule = PROPERTIES.get(name)
        where = f"{own}.{name}"
        if rule is None:
            yield f"{where}: no such property"
        elif rule.get("superseded_by"):
            yield f"{where}: superseded by {rule['superseded_by']}"
        elif not kinds & set(rule["domains"]):
            yield f"{where}: belongs to {rule['domains']}"
        else:
            values = value if isinstance(value, list) else [value]
            if not values:
                yield f"{where}: empty list"
            for one in values:
                yield from _value(where, one, rule["ranges"], ids)


def _value(where: str, value: Any, ranges: list[str], ids: dict[str, Any]) -> Iterator[str]:
    if isinstance(value, dict):
        target = ids.get(value["@id"]) if set(value) == {"@id"} else value
        if target is None:
            yield f"{where}: {value['@id']} is nowhere in the document"
            return
        if not _kinds(target) & set(ranges):
            yield f"{where}: a {target.get('@type')}, not one of {ranges}"
        if target is value:
            yield from _node(value, ids)
    elif not any(_fits(value, kind) for kind in ranges):
        yield f"{where}: {value!r} is none of {ranges}"


def _fits(value: Any, kind: str) -> bool:
    if kind in ENUMERATIONS:
        return value in ENUMERATIONS[kind]
    if isinstance(value, bool):
        return kind == "Boolean"
    if isinstance(value, (int, float)):
        return kind in {"Number", "Integer", "Float", "Quantity"}
    if not isinstance(value, str) or not value.strip():
        return False
    if kind == "Date" and re.fullmatch(r"[12]\d{3}(-(0[1-9]|1[0-2]))?", value):
        return True  # ISO 8601 with reduced precision: all that is known of many works
    if kind in {"Date", "DateTime"}:
        try:
            return bool(datetime.datetime.fromisoformat(value)) and (kind == "Date") == (len(value) == 10)
        except ValueError:
            return False
    if kind == "Time":
        return bool(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", value))
    # An address stands for a thing that another page describes; everything else must be text.
    return kind == "Text" or bool(kind not in {"Number", "Integer", "Boolean"} and ADDRESS.fullmatch(value))
