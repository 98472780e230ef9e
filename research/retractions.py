"""Notices that a work no longer stands as published: from a Retraction Watch file or from Crossref. Pure.

Retraction Watch's data is a CSV file that Crossref publishes; it is read as of its date, so that "not listed"
can be told for what it is.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from django.utils.translation import gettext as _

from research.formats.cleaning import plain_text
from research.formats.csl import date_parts
from research.formats.dates import parse_words
from research.identifiers import normalize_doi, normalize_pmid

State = Literal["retracted", "concern", "corrected", "reinstated"]
_WEIGHT: dict[str, int] = {"corrected": 1, "concern": 2, "retracted": 3}

CROSSREF_TYPES: dict[str, State] = {
    "retraction": "retracted", "partial_retraction": "retracted", "withdrawal": "retracted", "removal": "retracted",
    "expression_of_concern": "concern", "expression-of-concern": "concern",
    "correction": "corrected", "corrigendum": "corrected", "erratum": "corrected", "addendum": "corrected",
    "clarification": "corrected",
    "reinstatement": "reinstated",
}  # fmt: skip
"""What Crossref calls an update (Crossmark's list of update types) and what it means here."""


class RetractionFileError(ValueError):
    """The file is not a Retraction Watch file."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice about one work."""

    state: State
    doi: str = ""
    pmid: str = ""
    on: date | None = None
    """The day of the notice, as far as known."""
    url: str = ""
    """Where the notice stands."""
    reason: str = ""
    source: str = ""
    """Who says so, for people: Retraction Watch of 1 November 2026."""


def verdict(notices: Iterable[Notice]) -> Notice | None:
    """The notice that counts: the gravest that stands after the last reinstatement. None where nothing stands."""
    ordered = sorted(notices, key=lambda notice: (notice.on or date.min, notice.state == "reinstated"))
    standing: list[Notice] = []
    for notice in ordered:
        if notice.state == "reinstated":
            standing = [kept for kept in standing if kept.state == "corrected"]
        else:
            standing.append(notice)
    return max(standing, key=lambda notice: (_WEIGHT[notice.state], notice.on or date.min), default=None)


def read_retraction_watch(path: Path, as_of: date) -> Iterator[Notice]:
    """Every notice in a Retraction Watch CSV file, row by row. Raises RetractionFileError for another file."""
    source = _("Retraction Watch, file of %(date)s") % {"date": as_of.isoformat()}
    with path.open("rb") as raw:
        start = raw.read(4)
        sample = raw.read(200_000)
    encoding = "utf-8-sig"
    try:
        (start + sample).decode("utf-8")
    except UnicodeDecodeError as error:
        encoding = "utf-8-sig" if error.start > len(sample) - 4 else "cp1252"
    csv.field_size_limit(10_000_000)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        rows = csv.reader(file)
        try:
            header = [_column(name) for name in next(rows, [])]
            missing = {"originalpaperdoi", "originalpaperpubmedid", "retractionnature", "retractiondate"} - set(header)
            if missing:
                raise RetractionFileError(
                    _("“%(file)s” is not a Retraction Watch file: its first line lacks %(columns)s.")
                    % {"file": path.name, "columns": ", ".join(sorted(missing))}
                )
            for values in rows:
                notice = _from_row(dict(zip(header, values, strict=False)), source)
                if notice:
                    yield notice
        except csv.Error as error:
            raise RetractionFileError(
                _("“%(file)s”, line %(line)d: %(error)s") % {"file": path.name, "line": rows.line_num, "error": error}
            ) from error


def _column(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _from_row(row: dict[str, str], source: str) -> Notice | None:
    nature = row.get("retractionnature", "").strip().lower()
    state: State
    if "reinstat" in nature:
        state = "reinstated"
    elif "concern" in nature:
        state = "concern"
    elif "correct" in nature or "errat" in nature:
        state = "corrected"
    else:
        state = "retracted"
    doi, pmid = _doi(row.get("originalpaperdoi", "")), _pmid(row.get("originalpaperpubmedid", ""))
    if not doi and not pmid:
        return None
    notice_doi = _doi(row.get("retractiondoi", ""))
    url = f"https://doi.org/{notice_doi}" if notice_doi else _first_url(row.get("urls", ""))
    reasons = [reason.strip(" +") for reason in row.get("reason", "").split(";")]
    return Notice(
        state,
        doi,
        pmid,
        parse_day(row.get("retractiondate", "")),
        url,
        plain_text("; ".join(filter(None, reasons)))[:500],
        source,
    )


def _doi(value: str) -> str:
    try:
        return normalize_doi(value)
    except ValueError:
        return ""  # "unavailable" and "Unavailable" stand where there is none


def _pmid(value: str) -> str:
    try:
        return normalize_pmid(value)
    except ValueError:
        return ""  # 0 stands where there is none


def _first_url(value: str) -> str:
    match = re.search(r"https?://[^\s;]+", value)
    return match[0][:1000] if match else ""


def parse_day(value: str) -> date | None:
    """A day written ``8/28/2017 0:00`` (month first) or ``2017-08-28``."""
    if match := re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})", value.strip()):
        month, day, year = (int(part) for part in match.groups())
    else:
        parts = date_parts(parse_words(value))
        if len(parts) < 3:
            return None
        year, month, day = parts
    try:
        return date(year, month, day)
    except ValueError:
        return None
