"""The words around a match, with the match marked. Everything is escaped; only `<mark>` is ours."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from pages.search.reading import Phrase, is_prefix, stem

LENGTH = 220  # characters
BEFORE = 60


def pattern(groups: Sequence[frozenset[Phrase]]) -> re.Pattern[str] | None:
    """Returns a pattern that finds the phrases in a text as the database found them."""
    phrases = sorted({phrase for group in groups for phrase in group}, key=lambda phrase: -sum(map(len, phrase)))
    if not phrases:
        return None
    return re.compile("|".join(rf"(?<!\w){_phrase(phrase)}(?!\w)" for phrase in phrases), re.IGNORECASE)


def marked(text: str, found: re.Pattern[str] | None) -> SafeString:
    """Returns the whole text, escaped, with every match in `<mark>`."""
    if found is None:
        return escape(text)
    pieces: list[str] = []
    at = 0
    for match in found.finditer(text):
        pieces += [escape(text[at : match.start()]), "<mark>", escape(match[0]), "</mark>"]
        at = match.end()
    return mark_safe("".join([*pieces, escape(text[at:])]))


def snippet(text: str, found: re.Pattern[str] | None) -> SafeString:
    """Returns about LENGTH characters around the first match (or the beginning), cut at words, with matches marked."""
    text = " · ".join(line for part in text.splitlines() if (line := " ".join(part.split())))
    match = found.search(text) if found else None
    start = max(0, match.start() - BEFORE) if match else 0
    if start:
        start = text.rfind(" ", 0, start) + 1
    end = start + LENGTH
    if end < len(text):
        end = max(text.rfind(" ", start, end), match.end() if match else start + 1)
    cut = marked(text[start:end].rstrip(" ,;:"), found)
    return mark_safe(("… " if start else "") + cut + (" …" if end < len(text) else ""))


def _phrase(phrase: Phrase) -> str:
    last = phrase[-1]
    ending = re.escape(stem(last)) + r"\w*" if is_prefix(last) else re.escape(last)
    return r"[\W_]+".join([*map(re.escape, phrase[:-1]), ending])
