"""LaTeX's way of writing letters, read with pylatexenc as plain text, and plain text written so that LaTeX shows it."""

import re

from pylatexenc.latex2text import LatexNodes2Text, get_default_latex_context_db

_context = get_default_latex_context_db().filter_context(exclude_categories=["nonascii-specials"])
_to_text = LatexNodes2Text(latex_context=_context, strict_latex_spaces=False, keep_comments=True, math_mode="text")

_MACROS = {
    r"\textbraceleft": ("\ue003", "{"),
    r"\textbraceright": ("\ue004", "}"),
    r"\textasciicircum": ("\ue005", "^"),
}
"""Macros that pylatexenc lacks or reads otherwise, a mark to stand for each, and its character. BibTeX counts
a brace even after a backslash, so that only a macro can stand for one."""

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "$": r"\$", "%": r"\%",
    "&": r"\&", "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def latex_to_text(value: str) -> str:
    """Plain text for LaTeX: accents, macros, quotes and dashes; what cannot be read keeps its letters."""
    if not re.search(r"[\\{}$~`]|--|''", value):
        return value
    for macro, (mark, _char) in _MACROS.items():  # pylatexenc lacks these
        value = value.replace(macro + "{}", mark).replace(macro, mark)
    text = _macros_to_text(value)
    for mark, char in _MACROS.values():
        text = text.replace(mark, char)
    return text


def _macros_to_text(value: str) -> str:
    value = re.sub(r"(?<!\\)%", r"\\%", value)
    value = re.sub(r"(?<!\\)~", " ", value)
    value = value.replace("``", "“").replace("''", "”")
    value = re.sub(r"(?<!-)---(?!-)", "—", value)
    value = re.sub(r"(?<!-)--(?!-)", "–", value)
    try:
        return str(_to_text.latex_to_text(value, tolerant_parsing=True))
    except Exception:  # pylatexenc raises many kinds on macros cut short
        return re.sub(r"[{}]|\\[A-Za-z]+ ?", "", value)


def escape_latex(text: str) -> str:
    """The text with LaTeX's special characters and ligatures made plain. Letters stay as they are (UTF-8)."""
    escaped = "".join(_SPECIAL.get(char, char) for char in text)
    return escaped.replace("--", "-{}-").replace("--", "-{}-").replace("''", "'{}'").replace("`", "`{}")
