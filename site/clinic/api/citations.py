"""Citations and topics as the API gives them: published records only, never an internal note."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Prefetch

from clinic.api.answers import Answer
from clinic.api.labels import label
from clinic.api.links import api_link, base_of_site, front_link
from clinic.api.schemas import research as shapes
from research.choices import Finding, Kind, Relation, Species, Status, StudyDesign
from research.exporting import public_item
from research.models import Citation, CitationRelation, Topic
from research.models.querysets import CitationQuerySet


def for_api(citations: CitationQuerySet, *, relations: bool = False) -> CitationQuerySet:
    """Loads what an answer needs: two queries for the findings, two for relations if wanted, however many records."""
    citations = citations.select_related("successor").with_topics()
    if relations:
        # `relations_of` leaves out those to hidden records: a subquery here costs SQLite the whole table.
        related = CitationRelation.objects.select_related("related")
        citations = citations.prefetch_related(Prefetch("relations", related))
    return citations


def citation_fields(citation: Citation, answer: Answer) -> dict[str, Any]:
    """The fields of `shapes.Citation` for one record."""
    return {
        "id": citation.pk,
        "key": citation.key,
        "detail_url": api_link(answer.request, "citation_detail", key=citation.key),
        "html_url": front_link(f"/research/{citation.key}/", base_of_site(answer.request)),
        "kind": {"value": citation.kind, "label": label(Kind, citation.kind)},
        "is_research": citation.is_research,
        "title": citation.title,
        "authors": [{str(part): str(text) for part, text in author.items()} for author in citation.authors or []],
        "authors_truncated": citation.authors_truncated,
        "container_title": citation.container_title,
        "container_title_short": citation.container_title_short,
        "publisher": citation.publisher,
        "issued": {"year": citation.issued_year, "month": citation.issued_month, "day": citation.issued_day}
        if citation.issued_year
        else None,
        "volume": citation.volume,
        "issue": citation.issue,
        "page": citation.page,
        "language": citation.language,
        "identifiers": {
            "doi": citation.doi,
            "pmid": citation.pmid,
            "pmcid": citation.pmcid,
            "isbn": citation.isbn,
            "nct_id": citation.nct_id,
        },
        "url": citation.url,
        "archive_url": citation.archive_url,
        "accessed": citation.accessed,
        "study_design": {"value": citation.study_design, "label": label(StudyDesign, citation.study_design)}
        if citation.study_design
        else None,
        "species": {"value": citation.species, "label": label(Species, citation.species)},
        "sample_size": citation.sample_size,
        "sample_size_note": citation.sample_size_note,
        "comparator": citation.comparator,
        "follow_up": citation.follow_up,
        "ocebm_level": citation.ocebm_level,
        "headline": citation.headline,
        "finding": citation.finding,
        "limits": citation.limits,
        "funding": citation.funding,
        "open_access": citation.open_access,
        "status": _status(citation),
        "stands": citation.stands,
        "topics": [
            {
                "topic": answer.topic_reference(link.topic),
                "finding": link.finding,
                "finding_label": label(Finding, link.finding),
            }
            for link in citation.topics.all()
        ],
        "verified_on": citation.verified_on,
        "ama_html": citation.ama_html,
        "ama_text": citation.ama_text,
    }


def _status(citation: Citation) -> dict[str, Any]:
    successor = citation.successor
    return {
        "value": citation.status,
        "label": label(Status, citation.status),
        "since": citation.status_date,
        "source": citation.status_source,
        "note": citation.status_note,
        "successor": successor.key if successor and successor.is_published else None,
    }


def relations_of(citation: Citation) -> list[shapes.CitationRelation]:
    """Relations to published records. Expects them loaded by `for_api(..., relations=True)`."""
    return [
        shapes.CitationRelation(
            kind=Relation(relation.kind), kind_label=label(Relation, relation.kind), citation=relation.related.key
        )
        for relation in citation.relations.all()
        if relation.related.is_published
    ]


def public_csl(citation: Citation) -> dict[str, Any]:
    """The CSL-JSON item without what is not public."""
    return dict(public_item(citation.to_csl()))


def listed(citations: Iterable[Citation], answer: Answer, expand: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Citations of a list, as `shapes.CitationListed` describes them. ``expand`` may name csl and relations."""
    items = []
    for citation in citations:
        fields = citation_fields(citation, answer)
        if "csl" in expand:
            fields["csl"] = public_csl(citation)
        if "relations" in expand:
            fields["relations"] = relations_of(citation)
        items.append(fields)
    return items


def detail(citation: Citation, answer: Answer) -> shapes.CitationDetail:
    """One citation with everything public about it."""
    return shapes.CitationDetail(
        **citation_fields(citation, answer), csl=public_csl(citation), relations=relations_of(citation)
    )


def topic_fields(topic: Topic, answer: Answer, count: int) -> dict[str, Any]:
    """The fields of `shapes.Topic`. Expects ``parent`` to be loaded."""
    return {
        "id": topic.pk,
        "slug": topic.slug,
        "name": topic.name,
        "parent": topic.parent.slug if topic.parent else None,
        "introduction": answer.texts.html(topic.introduction),
        "synonyms": topic.synonym_list(),
        "citation_count": count,
        "detail_url": api_link(answer.request, "topic_detail", slug=topic.slug),
    }
