"""Cells that no spreadsheet program runs as a formula, and CSV rows made of them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

_PHONE = re.compile(r"\+[0-9][0-9 ().-]{3,}(?:;ext=[0-9]+| ext\. [0-9]+)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
CELL_LIMIT = 32_767  # characters; the limit of the XLSX format


def safe_text(value: str) -> str:
    """Text for an XLSX string cell: control characters out, no longer than the format allows.

    A string cell is never run, so a leading ``=`` may stay as it was typed.
    """
    return _CONTROL.sub("\ufffd", value)[:CELL_LIMIT]


def safe_csv_cell(value: str) -> str:
    """Text for a CSV cell that opens as text in Excel, LibreOffice and Google Sheets (OWASP, CSV injection).

    A value that begins with ``= + - @``, tab or return (white space before it does not help) gets an apostrophe in
    front. Phone numbers such as ``+17605550142`` cannot be run and stay intact.
    """
    text = safe_text(value)
    if _PHONE.fullmatch(text):
        return text
    # Full-width signs are read as their ASCII twins by some programs.
    if text[:1] in ("\t", "\r", "\n") or text.lstrip()[:1] in tuple("=+-@|%\uff1d\uff0b\uff0d\uff20"):
        return "'" + text
    return text


class _Echo:
    def write(self, value: str) -> str:
        return value


def csv_lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """CSV text line by line (RFC 4180), every cell quoted and safe; begins with a byte order mark for Excel."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield "\ufeff"
    for row in rows:
        yield str(writer.writerow([safe_csv_cell(cell) for cell in row]))
