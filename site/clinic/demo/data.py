"""Reading the data files of the demo. Nothing is changed on the way; `library` and `tree` give it its meaning."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent
CONDITIONS = "/conditions/"


@cache
def read(name: str) -> Any:
    """A YAML file of the demo by its name without suffix, such as `topics`. Do not change what you get."""
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def bibliography() -> dict[str, dict[str, Any]]:
    """The bibliography's records (CSL-JSON with a `custom` object) by key, in the order of the file."""
    records = json.loads((FOLDER / "bibliography.json").read_text(encoding="utf-8"))
    return {record["id"]: record for record in records}


def address_of(page: dict[str, Any]) -> str:
    """Where the site serves a page of the data files, such as `/conditions/ptsd/`."""
    if page["type"] == "home":
        return "/"
    return f"{CONDITIONS if page['type'] == 'condition' else '/'}{page['slug']}/"


@cache
def pages() -> dict[str, dict[str, Any]]:
    """The page files by the address they are served at: parents before children, siblings by their `order`."""
    paths = sorted((FOLDER / "pages").glob("*.yaml"))
    found = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths]
    found.sort(key=lambda page: (address_of(page).count("/"), page.get("order", 100), address_of(page)))
    return {address_of(page): page for page in found}


def is_identified(record: Mapping[str, Any]) -> bool:
    """Whether a bibliography record is sure enough to be published (the rule at the top of `citations_plain.yaml`)."""
    custom = record["custom"]
    if custom["identity"] == "confirmed":
        return True
    if custom["identity"] != "partly confirmed" or not record.get("author"):
        return False
    doubtful = " ".join(custom["unconfirmed_fields"]).lower()
    return not any(
        word in doubtful for word in ("author", "title", "container", "year", "issuer", "everything", "whole")
    )
