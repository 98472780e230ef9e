"""Cells of exported tables: text that a spreadsheet program would take for a formula stays text."""

from __future__ import annotations

#: What a cell may not begin with (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> str:
    """The value as text; one that begins like a formula gets an apostrophe before it."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
