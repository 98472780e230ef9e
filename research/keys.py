"""Keys of records: short, stable, and made from what the record says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from typing import Any

from research.formats.csl import date_parts

STOP_WORDS = frozenset({"a", "an", "the", "of", "on", "in", "for", "and", "with", "to", "is", "are"})


def free_key(item: Any, taken: Container[str]) -> str:
    """A stable key that is not taken: the file's own where it can be one, else family, year and first word."""
    own = str(item.get("id", ""))
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{2,79}", own):
        base = own
    else:
        authors = item.get("author") or [{}]
        name = authors[0].get("family") or authors[0].get("literal") or ""
        year = "".join(str(part) for part in date_parts(item.get("issued"))[:1])
        words = [word for word in _slug(item.get("title", "")).split("-") if word not in STOP_WORDS]
        parts = [_slug(name)[:30], year, *words[: 1 if name else 4]]
        base = "-".join(part for part in parts if part)[:72].strip("-") or "record"
    key, number = base, 2
    while key in taken:
        key, number = f"{base[:72]}-{number}", number + 1
    return key


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
