"""One CSL item as a reference: HTML (escaped, ``<i>`` only) and plain text, through citeproc-py.

citeproc-py leaves four traps, which are sprung here: it does not escape what a title holds when a formatter
does not, prints the title twice when there is no author, leaves ``?.`` at the end of a question, and drops dates
that are not numbers. A record that it cannot render at all gets a plain line instead of an error.
"""

import logging
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from threading import Lock
from typing import Any, cast

from citeproc import DATES, NAMES, VARIABLES, Citation, CitationItem, CitationStylesBibliography
from citeproc.source.json import CiteProcJSON
from django.conf import settings
from django.utils.translation import gettext as _

from research.formats.csl import CSL_TYPES, CslDate, CslItem, CslName, authors_truncated, display_name, iso_date
from research.formatting.style import (
    DEFAULT_STYLE,
    ITALIC_END,
    ITALIC_START,
    TITLE_END,
    StyleError,
    load_style,
    marking_formatter,
)

logger = logging.getLogger(__name__)

_TEXTS = {name.replace("_", "-") for name in VARIABLES} - {
    name.replace("_", "-") for name in (*NAMES, *DATES, "abstract", "annote", "note", "keyword")
}
_NAMES = ("author", "editor", "translator")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ue000-\uf8ff]")
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
_ISO = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?:T.*)?")
_SEASONS = {"1": "Spring", "2": "Summer", "3": "Autumn", "4": "Winter"}
_rendering = Lock()  # citeproc-py keeps the formatter and the items on the style while it renders


@dataclass(frozen=True, slots=True)
class FormattedCitation:
    """A reference without its number. ``html`` is escaped and holds no tag but ``<i>``; ``text`` is plain."""

    html: str
    text: str


def format_ama(item: CslItem) -> FormattedCitation:
    """The item in the clinic's citation style: AMA 11th edition unless CITATION_STYLE names another. Never raises."""
    try:
        return format_reference(item, getattr(settings, "CITATION_STYLE", None) or DEFAULT_STYLE)
    except StyleError:  # told at start-up (research.E004); saving a record must not fail for it
        return format_reference(item, DEFAULT_STYLE)


def format_reference(item: CslItem, style: str = DEFAULT_STYLE) -> FormattedCitation:
    """The item in a CSL style, named as `load_style` takes it. Raises StyleError for a style, nothing for a record."""
    loaded = load_style(style)
    try:
        marked = _render(loaded, _for_citeproc(item))
    except Exception:  # a record from anywhere must never break a page; citeproc-py raises what it meets
        logger.warning("citeproc-py could not render a record; it is shown in a plain form", exc_info=True)
        marked = ""
    marked = marked or _plain_line(item)
    html = escape(marked, quote=True).replace(ITALIC_START, "<i>").replace(ITALIC_END, "</i>")
    return FormattedCitation(html=html, text=marked.replace(ITALIC_START, "").replace(ITALIC_END, ""))


def _render(style: Any, data: dict[str, Any]) -> str:
    """The reference with italics as marks."""
    with _rendering, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bibliography = CitationStylesBibliography(style, CiteProcJSON([data]), marking_formatter)
        bibliography.register(Citation([CitationItem(data["id"])]))
        rendered = "".join(str(entry) for entry in bibliography.bibliography())
    return _tidy(_once_titled(rendered))


def _once_titled(text: str) -> str:
    """Drops the second title of a record without authors, which a style's substitute should suppress (CSL 1.0.2)."""
    first, mark, rest = text.partition(TITLE_END)
    if mark and TITLE_END in rest:
        title = first.rpartition(ITALIC_START)[2]
        again = re.compile(
            rf"^(.*?){ITALIC_START}?{re.escape(title)}{TITLE_END}{ITALIC_END}?[.,]?", re.DOTALL | re.IGNORECASE
        )
        rest = again.sub(r"\1", rest, count=1)
    return (first + rest).replace(TITLE_END, "")


def _tidy(text: str) -> str:
    text = re.sub(rf"([?!][\"'”’»)]*{ITALIC_END}?)\.", r"\1", text)
    text = re.sub(rf"\.({ITALIC_END}?)\s*\.(?=\s|$)", r".\1", text)
    text = re.sub(r"(?:,? (?:and|&) |, and )et al\b", " et al", text)
    text = re.sub(rf"{ITALIC_START}\s*{ITALIC_END}", "", text)
    return re.sub(r"\s+", " ", text).strip()


def _for_citeproc(item: CslItem) -> dict[str, Any]:
    """The item as citeproc-py can take it: known variables only, of the types it expects."""
    kind = item.get("type", "")
    data: dict[str, Any] = {"id": "item", "type": kind if kind in CSL_TYPES else "document"}
    for key, value in item.items():
        if key in _TEXTS and isinstance(value, str | int | float) and (text := _text(value)):
            data[key] = text
    for key in _NAMES:
        names = [name for raw in _sequence(item.get(key)) if (name := _name(raw))]
        if names:
            data[key] = names
    for key in ("issued", "accessed"):
        date = _date(item.get(key))
        if date:
            data[key] = date
    if "title" in data:
        data["title"] = data["title"].rstrip(". ") + TITLE_END
    if authors_truncated(item) and "author" in data:
        data["author"] = _with_et_al(data["author"])
    return _as_trial_registration(item, data)


def _as_trial_registration(item: CslItem, data: dict[str, Any]) -> dict[str, Any]:
    """A trial's registration is cited by its identifier (AMA 11th edition, 3.15.9)."""
    custom = item.get("custom")
    nct = _text(custom.get("nct_id", "")) if isinstance(custom, dict) else ""
    if nct and custom and custom.get("kind") == "trial-registration":
        data["type"] = "webpage"
        data["container-title"] = f"ClinicalTrials.gov identifier: {nct}"
        data.setdefault("URL", f"https://clinicaltrials.gov/study/{nct}")
    return data


def _with_et_al(authors: list[dict[str, str]]) -> list[dict[str, str]]:
    """An unfinished author list as AMA prints it: three names, then "et al"; fewer where fewer are known."""
    others = {"literal": "et al"}
    return authors + [others] * (1 if len(authors) < 3 else max(1, 7 - len(authors)))


def _text(value: object) -> str:
    if value is None:
        return ""
    return re.sub(r"\s+", " ", _UNPRINTABLE.sub("", str(value))).strip()


def _sequence(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _name(raw: object) -> dict[str, str]:
    if isinstance(raw, str):
        raw = {"literal": raw}
    if not isinstance(raw, Mapping):
        return {}
    parts = {key: text for key, value in raw.items() if isinstance(value, str) and (text := _text(value))}
    if "literal" in parts:
        return {"literal": parts["literal"]}
    if "family" not in parts:
        return {"literal": parts["given"]} if "given" in parts else {}
    known = ("family", "given", "dropping-particle", "non-dropping-particle", "suffix")
    return {key: parts[key] for key in known if key in parts}


def _date(raw: object) -> dict[str, Any]:
    """A date that citeproc-py prints in whole: numbers where there are any, otherwise the words."""
    if isinstance(raw, str | int):
        raw = {"raw": str(raw)}
    if not isinstance(raw, Mapping):
        return {}
    parts = [part for entry in _sequence(raw.get("date-parts"))[:2] if (part := _numbers(entry))]
    season = _text(raw.get("season", ""))
    if parts and season:
        return {"literal": f"{_SEASONS.get(season, season)} {parts[0][0]}"}
    if parts:  # a range prints as nothing where a style asks for the year alone
        same_year = parts[-1][0] == parts[0][0]
        return {"date-parts": parts[:1]} if same_year else {"literal": f"{parts[0][0]}-{parts[-1][0]}"}
    words = _text(raw.get("literal", "")) or _text(raw.get("raw", ""))
    if iso := _ISO.fullmatch(words):
        numbers = _numbers([int(part) for part in iso.groups() if part])
        if numbers:
            return {"date-parts": [numbers]}
    return {"literal": words} if words else {}


def _numbers(entry: object) -> list[int]:
    """``[year, month, day]`` as far as it makes sense."""
    numbers: list[int] = []
    for value, low, high in zip(_sequence(entry), (1, 1, 1), (9999, 12, 31), strict=False):
        try:
            number = int(str(value))
        except ValueError:
            break
        if not low <= number <= high:
            break
        numbers.append(number)
    return numbers


def _plain_line(item: CslItem) -> str:
    """What is known of a record that citeproc-py cannot render, in the order of AMA."""
    authors = [display_name(cast(CslName, _name(raw))) for raw in _sequence(item.get("author"))]
    issued = _date(item.get("issued"))
    parts = [
        "; ".join(author for author in authors if author),
        _text(item.get("title")) or _("Untitled record"),
        _text(item.get("container-title")),
        iso_date(cast(CslDate, issued)) or issued.get("literal", ""),
    ]
    line = ". ".join(part.rstrip(".") for part in parts if part) + "."
    end = f"doi:{_text(item['DOI'])}" if item.get("DOI") else _text(item.get("URL"))
    return _tidy(f"{line} {end}")
