"""The formats in which records come in and go out, by name."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from research.formats import ama, bibtex, csl_json, nbib, ris
from research.formats.csl import CslItem
from research.formats.parsing import ImportRefusedError, ParseResult, decode


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name in addresses and commands, its name for people, and how to read and write it."""

    name: str
    label: str | Promise
    extensions: tuple[str, ...]
    """With the dot; the first is the one written."""
    content_type: str
    write: Callable[[Iterable[CslItem]], Iterator[str]]
    parse: Callable[[bytes | str], ParseResult] | None = None
    """None where a format only goes out."""


_TEXT = "; charset=utf-8"
_FORMATS = (
    Format("ris", _("RIS"), (".ris",), "application/x-research-info-systems" + _TEXT, ris.write, ris.parse),
    Format("bibtex", _("BibTeX"), (".bib", ".bibtex"), "application/x-bibtex" + _TEXT, bibtex.write, bibtex.parse),
    Format("nbib", _("PubMed (.nbib)"), (".nbib", ".medline"), "application/nbib" + _TEXT, nbib.write, nbib.parse),
    Format(
        "csl-json",
        _("CSL-JSON"),
        (".json", ".csljson"),
        "application/vnd.citationstyles.csl+json" + _TEXT,
        csl_json.write,
        csl_json.parse,
    ),
    Format("ama", _("AMA text"), (".txt",), "text/plain" + _TEXT, ama.write),
)
FORMATS: dict[str, Format] = {format_.name: format_ for format_ in _FORMATS}
"""Every format by its name."""


def detect(data: bytes | str, filename: str = "") -> str:
    """The name of the format of a file or of pasted text: by what it holds, then by its name.

    Raises ImportRefusedError where neither tells.
    """
    text, _problems = decode(data)
    head = text.lstrip()[:20_000]
    if re.search(r"^\s*TY {0,2}- ", head, re.MULTILINE):
        return "ris"
    if re.search(r"^PMID ?- ?\d*", head, re.MULTILINE):
        return "nbib"
    if head[:1] in "[{" and re.match(r"[\[{]\s*(?:[\[{\"\]}]|$)", head):
        return "csl-json"
    if re.search(r"^\s*@\s*[A-Za-z]+\s*[{(]", head, re.MULTILINE):
        return "bibtex"
    extension = PurePath(filename).suffix.lower()
    for format_ in FORMATS.values():
        if format_.parse and extension in format_.extensions:
            return format_.name
    raise ImportRefusedError(
        str(_("The format could not be told. Choose RIS, BibTeX, PubMed or CSL-JSON, or check the text."))
    )


def parse(data: bytes | str, format_name: str = "", filename: str = "") -> tuple[str, ParseResult]:
    """The format used and its records. Raises ImportRefusedError, and KeyError for a format that cannot be read."""
    name = format_name or detect(data, filename)
    reader = FORMATS[name].parse
    if reader is None:
        raise KeyError(name)
    return name, reader(data)
