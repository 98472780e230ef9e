"""The demo's research library: topics and the 43 records of the bibliography in their right states."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from clinic.demo import data
from clinic.demo.builders import make_citation, make_topic, publish
from research.models import Citation, CitationRelation, Topic

#: CSL variables and the columns they are kept in.
VARIABLES = {
    "title": "title",
    "container-title": "container_title",
    "container-title-short": "container_title_short",
    "publisher": "publisher",
    "volume": "volume",
    "issue": "issue",
    "page": "page",
    "DOI": "doi",
    "PMID": "pmid",
    "PMCID": "pmcid",
    "URL": "url",
}
#: Designs of records that studied nobody.
NOT_STUDIES = {"report", "editorial", "regulatory", "reference", "promotional"}
VERIFIED_DAYS_AGO = 60
REVIEW_EVERY_DAYS = 365


def seed_topics() -> int:
    """Make the topics that are missing; returns how many."""
    before = Topic.objects.count()
    for order, root in enumerate(data.read("topics")):
        parent = _topic(root, order, None)
        for place, child in enumerate(root.get("children", ())):
            _topic(child, place, parent)
    return Topic.objects.count() - before


def _topic(entry: Mapping[str, Any], order: int, parent: Topic | None) -> Topic:
    names = list(dict.fromkeys([*entry["abbreviations"], *entry["synonyms"]]))
    return make_topic(
        entry["slug"],
        name=entry["name"],
        parent=parent,
        introduction=f"<p>{entry['introduction']}</p>",
        synonyms="\n".join(names),
        sort_order=order,
    )


def seed_citations(clinician: AbstractBaseUser | None) -> int:
    """Make the records that are missing, confirmed by `clinician` where their identity is; returns how many."""
    plain = data.read("citations_plain")
    present = set(Citation.objects.values_list("key", flat=True))
    new = [key for key in data.bibliography() if key not in present]
    # What replaces another record must be there first.
    for key in sorted(new, key=lambda key: "successor" in plain[key].get("status", {})):
        make_citation(
            key,
            topics=plain[key]["topics"],
            published=data.is_identified(data.bibliography()[key]),
            user=clinician,
            **_fields(data.bibliography()[key], plain[key]),
        )
    for key in new:
        _relate(key, plain[key].get("relations", ()), clinician)
    return len(new)


def _relate(key: str, relations: list[dict[str, str]], clinician: AbstractBaseUser | None) -> None:
    if not relations:
        return
    citation = Citation.objects.get(key=key)
    citation.relations.set(
        [
            CitationRelation(related=Citation.objects.get(key=entry["to"]), kind=entry["kind"], sort_order=order)
            for order, entry in enumerate(relations)
        ]
    )
    if citation.live:
        publish(citation, clinician)
    else:
        citation.save_revision(user=clinician)


def _fields(record: Mapping[str, Any], plain: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of one record: what the bibliography knows, what we say about it, and whether it still stands."""
    custom = record["custom"]
    today = timezone.localdate()
    fields: dict[str, Any] = {column: record.get(variable, "") for variable, column in VARIABLES.items()}
    parts = (record.get("issued") or {"date-parts": [[]]})["date-parts"][0]
    fields |= dict(zip(("issued_year", "issued_month", "issued_day"), [*parts, None, None, None], strict=False))
    for identifier in ("doi", "pmid", "pmcid"):
        fields[identifier] = fields[identifier] or None
    fields |= {
        "kind": custom["kind"],
        "csl_type": record["type"],
        "authors": record.get("author", []),
        "authors_truncated": not custom["authors_complete"],
        "study_design": plain["design"],
        "species": plain.get("species", "none" if plain["design"] in NOT_STUDIES else "human"),
        "sample_size": custom["sample_size"],
        "sample_size_note": custom.get("sample_size_note", ""),
        "ocebm_level": custom["ocebm_2011"],
        "headline": plain["headline"],
        "finding": plain["finding"],
        "limits": plain["limits"],
        "comparator": plain.get("comparator", ""),
        "follow_up": plain.get("follow_up", ""),
        "notes": _notes(record, plain),
        "import_origin": "Demo bibliography",
        "verified_on": None,
        "verified_by": None,
    }
    if data.is_identified(record):
        fields["verified_on"] = today - datetime.timedelta(days=VERIFIED_DAYS_AGO)
        due = plain.get("next_review_in_days", REVIEW_EVERY_DAYS - VERIFIED_DAYS_AGO)
        fields["next_review"] = today + datetime.timedelta(days=due)
        del fields["verified_by"]  # the clinician who publishes it
    if state := plain.get("status"):
        fields |= {
            "status": state["status"],
            "status_source": state["source"],
            "status_note": f"{state['reason']} ({state['year']})",
            "successor": Citation.objects.get(key=state["successor"]),
        }
    return fields


def _notes(record: Mapping[str, Any], plain: Mapping[str, Any]) -> str:
    """What an editor should know: our note, and what is still to be confirmed."""
    lines = [plain.get("note", "").strip()]
    if doubts := record["custom"]["unconfirmed_fields"]:
        lines.append("Still to be confirmed: " + "; ".join(doubts) + ".")
    return "\n".join(line for line in lines if line)
