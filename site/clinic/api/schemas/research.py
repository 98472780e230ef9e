"""Shapes of citations and topics."""

from __future__ import annotations

import datetime
from typing import Any

from ninja import Field, Schema
from pydantic import ConfigDict

from clinic.api.schemas.references import Labelled, TopicReference
from clinic.api.schemas.shape import Shape
from research.choices import Finding, Relation
from research.choices import Status as StatusValue


class Issued(Shape):
    """A date as far as it is known."""

    year: int
    month: int | None
    day: int | None


class Identifiers(Shape):
    """What identifies the work elsewhere, each in its normal form."""

    doi: str | None
    pmid: str | None
    pmcid: str | None
    isbn: str | None
    nct_id: str | None


class Status(Shape):
    """Whether the published record still stands (NISO CREC vocabulary)."""

    value: StatusValue
    label: str
    since: datetime.date | None
    source: str = Field(description="Address of the notice.")
    note: str
    successor: str | None = Field(description="Key of the published record that replaces this one.")


class TopicFinding(Shape):
    """What the citation found for one topic. The finding belongs to the pair, never to the paper."""

    topic: TopicReference
    finding: Finding
    finding_label: str


class CitationRelation(Shape):
    """How the citation relates to another published one."""

    kind: Relation
    kind_label: str
    citation: str = Field(description="Key of the other record.")


class Citation(Shape):
    """A published work, identified, described, appraised, and said to stand or not."""

    id: int
    key: str = Field(description="Short and stable. Never reused.")
    detail_url: str
    html_url: str | None = Field(description="The record in the public library.")
    kind: Labelled
    is_research: bool = Field(description="False for news, releases and personal stories.")
    title: str
    authors: list[dict[str, str]] = Field(description="CSL names in order.")
    authors_truncated: bool
    container_title: str
    container_title_short: str
    publisher: str
    issued: Issued | None
    volume: str
    issue: str
    page: str
    language: str
    identifiers: Identifiers
    url: str
    archive_url: str
    accessed: datetime.date | None
    study_design: Labelled | None
    species: Labelled
    sample_size: int | None
    sample_size_note: str
    comparator: str
    follow_up: str
    ocebm_level: int | None = Field(description="Oxford Centre 2011 level of evidence, 1 strongest to 5.")
    headline: str
    finding: str
    limits: str
    funding: str
    open_access: bool | None
    status: Status
    stands: bool = Field(description="Whether it may still support a statement.")
    topics: list[TopicFinding]
    verified_on: datetime.date | None
    ama_html: str = Field(description="The reference in AMA style, escaped, with <i> at most.")
    ama_text: str


class CitationDetail(Citation):
    """A citation with its CSL-JSON item and its relations."""

    csl: dict[str, Any] = Field(description="CSL-JSON (1.0.2).")
    relations: list[CitationRelation]


class CitationListed(Citation):
    """A citation of a list; `csl` and `relations` when asked for with `?expand=`."""

    csl: dict[str, Any] | None = Field(None, description="CSL-JSON (1.0.2), with `?expand=csl`.")
    relations: list[CitationRelation] | None = Field(None, description="With `?expand=relations`.")


class CitationChange(Schema):
    """What a token may change of a record: the appraisal, never the identity."""

    model_config = ConfigDict(extra="forbid")

    headline: str | None = Field(None, max_length=200)
    finding: str | None = Field(None, max_length=5000)
    limits: str | None = Field(None, max_length=5000)
    comparator: str | None = Field(None, max_length=200)
    follow_up: str | None = Field(None, max_length=120)
    sample_size: int | None = Field(None, ge=0, le=100_000_000)
    sample_size_note: str | None = Field(None, max_length=300)
    open_access: bool | None = None


class CitationDraft(Shape):
    """A draft that was kept. A clinician publishes it in the admin."""

    key: str
    revision: int
    changed: list[str]


class Topic(Shape):
    """A condition or one of its sub-topics."""

    id: int
    slug: str
    name: str
    parent: str | None = Field(description="The slug of the condition that this is a sub-topic of.")
    introduction: str = Field(description="Clean HTML.")
    synonyms: list[str]
    citation_count: int = Field(description="Published citations filed under it or its sub-topics.")
    detail_url: str


class TopicDetail(Topic):
    """A topic with its sub-topics and the condition pages about it."""

    children: list[Topic]
    condition_pages: list[str] = Field(description="Slugs of the published condition pages.")
