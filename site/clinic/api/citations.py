"""Citations as the API gives them: published records only, never an internal note.

Lists are made from rows, not from models: a hundred models take longer than everything else in the answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from clinic.api.answers import Answer
from clinic.api.links import api_path, front_link
from research.choices import RESEARCH_KINDS, Finding, Kind, Relation, Species, Status, StudyDesign
from research.exporting import public_item
from research.models import Citation, CitationRelation, CitationTopic
from research.prepared import prepared

#: Columns that answers show under their own names.
PLAIN = (
    *("id", "key", "title", "authors_truncated", "container_title", "container_title_short", "publisher"),
    *("volume", "issue", "page", "language", "url", "archive_url", "accessed"),
    *("sample_size", "sample_size_note", "comparator", "follow_up", "ocebm_level"),
    *("headline", "finding", "limits", "funding", "open_access", "verified_on", "ama_html", "ama_text"),
)
IDENTIFIERS = ("doi", "pmid", "pmcid", "isbn", "nct_id")
#: Everything that an answer is made of.
COLUMNS = (
    *PLAIN,
    *IDENTIFIERS,
    *("kind", "authors", "issued_year", "issued_month", "issued_day", "study_design", "species"),
    *("status", "status_date", "status_source", "status_note", "successor_id"),
)
Record = Mapping[str, Any]


@prepared
def _records(*, pks: Sequence[int]) -> QuerySet[Citation, tuple[Any, ...]]:
    return Citation.objects.published().filter(pk__among=pks).values_list(*COLUMNS)


@prepared
def _whole(*, pks: Sequence[int]) -> QuerySet[Citation]:
    return Citation.objects.published().filter(pk__among=pks)


@prepared
def _by_key(*, key: str) -> QuerySet[Citation]:
    return Citation.objects.published().filter(key=key)


@prepared
def _keys(*, pks: Sequence[int]) -> QuerySet[Citation, tuple[Any, ...]]:
    return Citation.objects.published().filter(pk__among=pks).values_list("pk", "key")


@prepared
def _findings(*, pks: Sequence[int]) -> QuerySet[CitationTopic, tuple[Any, ...]]:
    links = CitationTopic.objects.filter(citation_id__among=pks).order_by("sort_order", "pk")
    return links.values_list("citation_id", "finding", "topic__slug", "topic__name", "topic__parent__slug")


@prepared
def _relations(*, pks: Sequence[int]) -> QuerySet[CitationRelation]:
    relations = CitationRelation.objects.filter(citation_id__among=pks).order_by("sort_order", "pk")
    return relations.select_related("related")


def listed(pks: Sequence[int], answer: Answer, expand: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Citations of a list, as `shapes.CitationListed` describes them. ``expand`` may name csl and relations.

    Three queries, one more for each expansion, however many records. One that ceases to be public while the answer is
    made is left out.
    """
    records = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in _records(pks=pks)}
    items = _shown([records[pk] for pk in pks if pk in records], answer)
    if "csl" in expand:
        whole = {citation.pk: citation for citation in _whole(pks=pks)}
        items = [item | {"csl": public_csl(whole[item["id"]])} for item in items if item["id"] in whole]
    if "relations" in expand:
        related = relations_of(pks, answer)
        items = [item | {"relations": related[item["id"]]} for item in items]
    return items


def detail(key: str, answer: Answer) -> dict[str, Any] | None:
    """One citation with everything public about it, as `shapes.CitationDetail` describes it; None without one."""
    citation = next(iter(_by_key(key=key)), None)
    if citation is None:
        return None
    (item,) = _shown([{name: getattr(citation, name) for name in COLUMNS}], answer)
    return item | {"csl": public_csl(citation), "relations": relations_of([citation.pk], answer)[citation.pk]}


def public_csl(citation: Citation) -> dict[str, Any]:
    """The CSL-JSON item without what is not public."""
    return dict(public_item(citation.to_csl()))


def relations_of(pks: Sequence[int], answer: Answer) -> dict[int, list[dict[str, Any]]]:
    """The relations of citations to published records, as `shapes.CitationRelation` describes them."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    # A condition on the related record here would cost SQLite the whole table.
    for relation in _relations(pks=pks):
        if relation.related.is_published:
            found[relation.citation_id].append(
                {
                    "kind": relation.kind,
                    "kind_label": answer.label(Relation, relation.kind),
                    "citation": relation.related.key,
                }
            )
    return found


def _shown(records: Sequence[Record], answer: Answer) -> list[dict[str, Any]]:
    """Published records as `shapes.Citation` describes them."""
    pks = [record["id"] for record in records]
    findings: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for pk, finding, slug, name, parent in _findings(pks=pks) if pks else ():
        findings[pk].append(
            {
                "topic": {"slug": slug, "name": name, "parent": parent},
                "finding": finding,
                "finding_label": answer.label(Finding, finding),
            }
        )
    replaced = [record["successor_id"] for record in records if record["successor_id"]]
    successors = dict(_keys(pks=replaced)) if replaced else {}
    return [_fields(record, findings[record["id"]], successors, answer) for record in records]


def _fields(
    record: Record, topics: list[dict[str, Any]], successors: Mapping[int, str], answer: Answer
) -> dict[str, Any]:
    key, label, year = record["key"], answer.label, record["issued_year"]
    return {name: record[name] for name in PLAIN} | {
        "detail_url": answer.base + api_path("citation_detail", key=key),
        "html_url": front_link(f"/research/{key}/", answer.base),
        "kind": {"value": record["kind"], "label": label(Kind, record["kind"])},
        "is_research": record["kind"] in RESEARCH_KINDS,
        "authors": [{str(part): str(text) for part, text in author.items()} for author in record["authors"] or ()],
        "issued": {"year": year, "month": record["issued_month"], "day": record["issued_day"]} if year else None,
        "identifiers": {name: record[name] for name in IDENTIFIERS},
        "study_design": {"value": record["study_design"], "label": label(StudyDesign, record["study_design"])}
        if record["study_design"]
        else None,
        "species": {"value": record["species"], "label": label(Species, record["species"])},
        "status": {
            "value": record["status"],
            "label": label(Status, record["status"]),
            "since": record["status_date"],
            "source": record["status_source"],
            "note": record["status_note"],
            "successor": successors.get(record["successor_id"]),
        },
        "stands": record["status"] != Status.RETRACTED,
        "topics": topics,
    }
