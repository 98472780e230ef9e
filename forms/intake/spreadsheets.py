"""Cells that no spreadsheet program runs as a formula, and CSV rows made of them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape

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


_SHEET_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
_PARTS = {
    "[Content_Types].xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
        '<sheet name="Submissions" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


class _Outlet(io.RawIOBase):
    """A file that zipfile writes to and that is emptied as it fills."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._place = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        self._place += len(data)
        return len(data)

    def take(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def xlsx_chunks(rows: Iterable[Iterable[str]]) -> Iterator[bytes]:
    """An XLSX workbook (ECMA-376) of text cells, piece by piece.

    Every cell is an inline string and never a formula. Written here because openpyxl keeps the sheet in a plain file in
    the temporary folder until it is finished, and these rows are health data.
    """
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(_SHEET_HEAD.encode())
            for row in rows:
                cells = (
                    f'<c t="inlineStr"><is><t xml:space="preserve">{escape(safe_text(cell))}</t></is></c>'
                    for cell in row
                )
                sheet.write(f"<row>{''.join(cells)}</row>".encode())
                if piece := outlet.take():
                    yield piece
            sheet.write(b"</sheetData></worksheet>")
        yield outlet.take()
    yield outlet.take()
