"""The field's other names and abbreviations, so that a search for one finds the other."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Names that belong to no topic. Topics bring their own (Topic.synonyms).
COMMON: tuple[tuple[str, ...], ...] = (
    ("ECT", "electroconvulsive therapy"),
    ("IV", "intravenous"),
    ("TRD", "treatment-resistant depression"),
    ("PTSD", "post-traumatic stress disorder"),
    ("OCD", "obsessive-compulsive disorder"),
    ("CRPS", "complex regional pain syndrome"),
    ("RCT", "randomized controlled trial"),
)
MOST = 6  # alternatives asked for at once


def alternatives(query: str, groups: Iterable[Iterable[str]]) -> list[str]:
    """Returns other wordings of `query`, each with one name replaced by another of its group; at most MOST."""
    found: list[str] = []
    for group in groups:
        names = [name for name in group if name]
        for name in names:
            pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
            if not pattern.search(query):
                continue
            for other in names:
                worded = pattern.sub(other.replace("\\", ""), query)
                if other.lower() != name.lower() and worded.lower() not in {query.lower(), *map(str.lower, found)}:
                    found.append(worded)
    return found[:MOST]
