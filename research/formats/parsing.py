"""What every parser returns, how bytes become text, and the limits an import keeps to."""

import codecs
import re
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext as _

from research.formats.csl import CslItem

MAX_BYTES = 50 * 1024 * 1024
MAX_RECORDS = 20_000
MAX_LINE = 200_000
"""Longest line, in characters. Past it a file is something else than a list of references."""

Severity = Literal["note", "error"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to tell the person who imports. A record with an ``error`` cannot be saved as it is."""

    message: str
    field: str = ""
    line: int | None = None
    severity: Severity = "note"


@dataclass(slots=True)
class ParsedRecord:
    """One record: its item, the line it begins on (1 is the first), and what was noticed about it."""

    item: CslItem
    line: int | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the record can be saved."""
        return not any(problem.severity == "error" for problem in self.problems)


@dataclass(slots=True)
class ParseResult:
    """All records of a file in their order, and what was noticed about the file as a whole."""

    records: list[ParsedRecord] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class ImportRefusedError(ValueError):
    """The file as a whole cannot be read without losing something. ``line`` says where, if a line can be named."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(_("Line %(line)d: %(message)s") % {"line": line, "message": message} if line else message)
        self.line = line


def decode(data: bytes | str) -> tuple[str, list[Problem]]:
    """The text of a file with ``\\n`` line ends, and notes on how it was read.

    UTF-8 and UTF-16 are told by their mark or by their bytes; anything else is read as Windows-1252, which holds
    Latin-1, and says so. Raises ImportRefusedError for a file that is too large, empty or no text.
    """
    problems: list[Problem] = []
    if len(data) > MAX_BYTES:
        raise ImportRefusedError(
            _("The file is larger than %(limit)d MB. Split it and import the parts one after the other.")
            % {"limit": MAX_BYTES // 1024 // 1024}
        )
    if isinstance(data, bytes):
        text, encoding = _decode(data)
        if encoding != "utf-8":
            problems.append(
                Problem(
                    _("The file is not in UTF-8; it was read as %(encoding)s. Check accented letters.")
                    % {"encoding": encoding}
                )
            )
    else:
        text = data
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ImportRefusedError(_("There is nothing to import: the file or the field is empty."))
    if "\x00" in text:
        raise ImportRefusedError(
            _("This is not a text file. Export the records as RIS, BibTeX, PubMed (.nbib) or CSL-JSON."),
            text.count("\n", 0, text.index("\x00")) + 1,
        )
    if re.search(r"Ã[\x80-\xbf¡-¿€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]", text):
        problems.append(
            Problem(
                _("Some letters look garbled (such as “Ã¶” for “ö”): the file was saved in the wrong encoding before.")
            )
        )
    return text, problems


def _decode(data: bytes) -> tuple[str, str]:
    """Text and the name of its encoding, in which a person may know it."""
    for mark, codec, name in (
        (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
        (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
    ):
        if data.startswith(mark):
            try:
                return data.decode(codec), name
            except UnicodeDecodeError as error:
                line = data.count(b"\n", 0, error.start) + 1
                raise ImportRefusedError(
                    _("The file says that it is %(encoding)s, but it is not. Export it again as UTF-8.")
                    % {"encoding": name.upper()},
                    line,
                ) from error
    head = data[:2000]
    for codec, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if len(head) > 8 and zeros.count(0) > 0.6 * len(zeros):
            try:
                return data.decode(codec), "UTF-16"
            except UnicodeDecodeError:
                break
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "Windows-1252 (Latin-1)"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "Latin-1"


def check_lines(lines: list[str]) -> None:
    """Refuses a file with a line that no list of references has."""
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE:
            raise ImportRefusedError(
                _("The line is %(length)d characters long; no list of references has that.") % {"length": len(line)},
                number,
            )


def check_count(found: list[int], starts: list[int]) -> None:
    """Refuses the import when not every start of a record became a record: nothing is dropped in silence.

    Both lists hold lines: of the records as they were read, and of every record start, found apart from the parser.
    """
    if not starts:
        raise ImportRefusedError(_("No record was found. Check that the format is the one you chose."))
    if len(starts) > MAX_RECORDS:
        raise ImportRefusedError(
            _("The file holds %(count)d records; the limit is %(limit)d. Split it and import the parts.")
            % {"count": len(starts), "limit": MAX_RECORDS}
        )
    if found != starts:
        lost = sorted(set(starts) ^ set(found)) or starts
        raise ImportRefusedError(
            _(
                "%(count)d records begin in this file, but %(found)d could be read. The one that begins here is "
                "broken: correct it, then import the file again. Nothing was saved."
            )
            % {"count": len(starts), "found": len(found)},
            lost[0],
        )
