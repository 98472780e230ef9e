"""From a CSL item to the columns of a citation, and a column's value as people read it. Pure; no queries."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from research.choices import Kind, Species, Status, StudyDesign
from research.csl import TYPE_OF_KIND, clean_authors
from research.formats.csl import CslDate, CslItem, CslName, authors_truncated, date_parts, display_name
from research.formats.dates import parse_date
from research.formats.kinds import kind_of
from research.models import Citation

VARIABLES = {
    "title": "title", "container-title": "container_title", "container-title-short": "container_title_short",
    "publisher": "publisher", "volume": "volume", "issue": "issue", "page": "page", "language": "language",
    "DOI": "doi", "PMID": "pmid", "PMCID": "pmcid", "ISBN": "isbn", "URL": "url",
}  # fmt: skip
"""CSL variables and the column of each."""

APPRAISAL = ("sample_size_note", "comparator", "follow_up", "headline", "finding", "limits", "funding")
COMPARED = (
    "kind", "title", "authors", "authors_truncated", "container_title", "container_title_short", "publisher",
    "issued_year", "issued_month", "issued_day", "volume", "issue", "page", "language",
    "doi", "pmid", "pmcid", "isbn", "nct_id", "url", "accessed", "archive_url",
    "study_design", "species", "sample_size", "ocebm_level", *APPRAISAL, "open_access",
    "status", "status_date", "status_source", "status_note", "notes", "extra",
)  # fmt: skip
"""The columns in which a file may differ from the library, in the order in which people read them."""

DESIGN_WORDS: Mapping[str, str] = {
    "case report": "case-series", "case reports": "case-series", "consensus guideline": "consensus",
    "consensus statement": "consensus", "meta-analysis": "systematic-review", "naturalistic": "naturalistic",
    "news": "report", "opinion": "editorial", "patient story": "personal", "preclinical (mouse)": "preclinical",
    "randomized controlled trial": "rct", "rct (crossover)": "rct-crossover",
    "rct (open-label, noninferiority)": "rct-open-label", "rct (reported on)": "report",
    "reference article": "reference", "regulatory safety notice": "regulatory", "review": "narrative-review",
    "systematic review and meta-analysis": "systematic-review",
}  # fmt: skip
_DESIGNS = {
    **{str(label).lower(): value for value, label in StudyDesign.choices},
    **{value: value for value in StudyDesign.values},
    **DESIGN_WORDS,
}
MOST_SHOWN = 400
"""Characters of an abstract that are compared by eye."""
_NOT_STUDIES = {"report", "editorial", "regulatory", "reference", "promotional"}
_INTERNAL = {"kind", "authors_complete", "retraction", "status", "notes", "nct_id"}


@dataclass(slots=True)
class Columns:
    """Columns that an item fills (never those it says nothing of), and sentences on what does not fit."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    """Reasons why the record cannot be saved as it is."""
    kind_stated: bool = False
    """Whether the file says what kind of record it is, rather than its type alone."""


def columns_of(item: CslItem) -> Columns:
    """The columns that a clean item fills."""
    found = Columns()
    values = found.values
    custom = dict(item.get("custom") or {})
    values["kind"] = kind_of(item)
    found.kind_stated = custom.get("kind") == values["kind"] and values["kind"] != Kind.JOURNAL_ARTICLE
    csl_type = item.get("type", "")
    if csl_type and csl_type != TYPE_OF_KIND.get(values["kind"]):
        values["csl_type"] = csl_type
    extra: dict[str, Any] = {}
    for key, value in item.items():
        if key in VARIABLES:
            values[VARIABLES[key]] = value
        elif key not in {"id", "type", "author", "issued", "accessed", "custom"}:
            extra[key] = value
    if item.get("author"):
        values["authors"] = clean_authors(item["author"])
    if authors_truncated(item):
        values["authors_truncated"] = True
    _dates(item, values, extra)
    _appraisal(custom, values)
    _status(custom, found)
    notes = custom.get("notes")
    if notes:
        values["notes"] = "\n".join(str(note) for note in notes) if isinstance(notes, list) else str(notes)
    if custom.get("nct_id"):
        values["nct_id"] = custom["nct_id"]
    left = {
        key: value for key, value in custom.items() if key not in _INTERNAL | values.keys() and value not in (None, "")
    }
    if left:
        extra["custom"] = left
    if extra:
        values["extra"] = extra
    _check_lengths(found)
    return found


def _dates(item: CslItem, values: dict[str, Any], extra: dict[str, Any]) -> None:
    issued = item.get("issued")
    parts = date_parts(issued)
    if parts:
        values |= dict(zip(("issued_year", "issued_month", "issued_day"), parts, strict=False))
    elif issued:
        extra["issued"] = issued
    accessed = date_parts(item.get("accessed"))
    if len(accessed) == 3:
        values["accessed"] = date(*accessed)
    elif item.get("accessed"):
        extra["accessed"] = item["accessed"]


def _appraisal(custom: dict[str, Any], values: dict[str, Any]) -> None:
    for name in APPRAISAL:
        if isinstance(custom.get(name), str) and custom[name].strip():
            values[name] = custom[name].strip()
    words = str(custom.get("study_design") or "").strip().lower()
    design = _DESIGNS.get(words)
    if design:
        values["study_design"] = design
    species = str(custom.get("species") or "").lower()
    if species in Species.values:
        values["species"] = species
    elif design in _NOT_STUDIES:
        values["species"] = Species.NONE
    elif design == StudyDesign.PRECLINICAL:
        values["species"] = Species.ANIMAL
    size = custom.get("sample_size")
    if isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 10**9:
        values["sample_size"] = size
    for name in ("ocebm_level", "ocebm_2011"):
        if custom.get(name) in (1, 2, 3, 4, 5):
            values["ocebm_level"] = custom[name]
    if isinstance(custom.get("open_access"), bool):
        values["open_access"] = custom["open_access"]
    archive = custom.get("archive_url")
    if isinstance(archive, str) and re.match(r"https?://\S+$", archive):
        values["archive_url"] = archive


def _status(custom: dict[str, Any], found: Columns) -> None:
    """A retraction that the file tells, where it also tells since when or where the notice stands."""
    values = found.values
    told = custom.get("retraction")
    told = told if isinstance(told, Mapping) else {}
    status = str(told.get("status") or custom.get("status") or "")
    if status not in (Status.RETRACTED, Status.CONCERN, Status.CORRECTED):
        return
    source = str(told.get("source") or told.get("url") or "")
    note = "; ".join(str(told[key]) for key in ("reason", "note") if told.get(key))
    if re.match(r"https?://\S+$", source):
        values["status_source"] = source
    elif source:
        note = f"{note} ({source})" if note else source
    if told.get("year") and str(told["year"]) not in note:
        note = f"{note} ({told['year']})" if note else str(told["year"])
    day = told.get("date")
    parts = date_parts(parse_date(day)) if day else []
    if len(parts) == 3:
        values["status_date"] = date(*parts)
    if note:
        values["status_note"] = note
    if status == Status.CORRECTED or "status_source" in values or "status_date" in values:
        values["status"] = status
    else:
        found.errors.append(
            _("The file says “%(status)s” but not since when or where. Add the address of the notice.")
            % {"status": Status(status).label}
        )


def _check_lengths(found: Columns) -> None:
    for name, value in found.values.items():
        column = Citation._meta.get_field(name)
        limit = getattr(column, "max_length", None)
        if isinstance(column, models.CharField) and limit and isinstance(value, str) and len(value) > limit:
            found.errors.append(
                _("“%(field)s” is %(length)d characters long; the library holds %(limit)d. Shorten it in the source.")
                % {"field": label(name), "length": len(value), "limit": limit}
            )


def label(name: str) -> str:
    """A column's name as editors know it, with a capital."""
    words = _("further fields") if name == "extra" else str(Citation._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return words[:1].upper() + words[1:]


def shown(name: str, value: Any) -> str:
    """A column's value as people read it; empty for nothing."""
    if value in (None, "", [], {}):
        return ""
    if name == "authors" and isinstance(value, list):
        return "; ".join(_people(value))
    if name == "extra" and isinstance(value, dict):
        return "; ".join(f"{_variable(key)}: {_further(part)}" for key, part in value.items())
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    choices = dict(getattr(Citation._meta.get_field(name), "flatchoices", None) or ())
    return str(choices.get(value, value))


def same(name: str, first: Any, second: Any) -> bool:
    """Whether two values of a column say the same; spacing and a title's last full stop don't count."""
    if name == "authors":
        return _people(first) == _people(second)
    if name == "extra":
        return not news(first, second)
    first, second = shown(name, first), shown(name, second)
    if name == "title":
        first, second = first.rstrip("."), second.rstrip(".")
    return " ".join(first.split()) == " ".join(second.split())


def _people(names: Any) -> list[str]:
    return [display_name(cast(CslName, name)) for name in names or [] if isinstance(name, dict)]


def news(found: Mapping[str, Any], held: Mapping[str, Any]) -> dict[str, Any]:
    """What a file says in further fields that a record does not say in the same words."""
    return {key: value for key, value in found.items() if held.get(key) != value}


def _variable(key: str) -> str:
    words = key.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


def _further(value: Any) -> str:
    """A further field as people read it: words, names, a date, or several of these."""
    if isinstance(value, list):
        return ", ".join(display_name(cast(CslName, part)) if isinstance(part, dict) else str(part) for part in value)
    if isinstance(value, dict):
        parts = ".".join(str(part) for part in date_parts(cast(CslDate, value)))
        return parts or "; ".join(f"{_variable(key)}: {part}" for key, part in value.items())
    return Truncator(value).chars(MOST_SHOWN)
