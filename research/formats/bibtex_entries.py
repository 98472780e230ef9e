"""Where a BibTeX file's entries begin and end, told by their braces.

bibtexparser takes a broken entry for a comment and goes on; cutting them first finds it, and its line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from research.formats.parsing import ImportRefusedError

_ENTRY = re.compile(r"@\s*([A-Za-z]+)\s*([{(])")
_START = re.compile(r"^[^\S\n]*@\s*([A-Za-z]+)\s*[{(]", re.MULTILINE)
_STRAY = re.compile(r"^[^\S\n]*(?:[A-Za-z][A-Za-z-]*\s*=\s*[{\"\d]|}[^\S\n]*$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One ``@kind{...}`` as it stands in the file, and the line on which it begins."""

    kind: str
    text: str
    line: int


def cut_entries(text: str) -> Iterator[Entry]:
    """Every ``@kind{...}``, cut out by its braces. Raises ImportRefusedError where one does not close."""
    place, line, counted = 0, 1, 0
    while match := _ENTRY.search(text, place):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        end = _close(text, match.end() - 1, line)
        inner_start = _START.search(text, match.end(), end)
        kind = match[1].lower()
        if inner_start and kind != "comment":
            raise ImportRefusedError(
                _(
                    "A record begins here, but the one that begins on line %(line)d has not ended: a closing brace is "
                    "missing. Add it, then import the file again. Nothing was saved."
                )
                % {"line": line},
                text.count("\n", 0, inner_start.end()) + 1,
            )
        if _is_entry(text, match):
            _check_between(text, place, match.start())
            yield Entry(kind, text[match.start() : end], line)
            place = end
        else:
            place = match.end()
    _check_between(text, place, len(text))


def _check_between(text: str, start: int, end: int) -> None:
    """Refuses fields that stand outside a record: the brace before them closed it too early."""
    if stray := _STRAY.search(text, start, end):
        raise ImportRefusedError(
            _("This stands outside a record: there is one closing brace too many before it. Nothing was saved."),
            text.count("\n", 0, stray.end()) + 1,
        )


def _is_entry(text: str, match: re.Match[str]) -> bool:
    """Whether an ``@`` opens an entry: on its own line, or right after another entry, not inside a comment's words."""
    before = text[: match.start()].rstrip(" \t")
    return not before or before[-1] in "\n}),"


def _close(text: str, start: int, line: int) -> int:
    """The place after the brace that closes the one at ``start``."""
    depth = 0
    opener = text[start]
    for match in re.compile(r"[{}()]").finditer(text, start):  # BibTeX counts a brace after a backslash, too
        char = match[0]
        if char == "{" or (char == "(" and opener == "(" and match.start() == start):
            depth += 1
        elif char == "}" or (char == ")" and opener == "(" and depth == 1):
            depth -= 1
            if depth == 0:
                return match.end()
    following = _START.search(text, start)
    hint = (
        _("The record is not closed before the next one, on line %(next)d.")
        % {"next": text.count("\n", 0, following.end()) + 1}
        if following
        else _("The record is not closed: a “}” is missing, or the file is cut off.")
    )
    raise ImportRefusedError(hint + " " + _("Nothing was saved."), line)
