"""/research/: the library of citations and its topics, with the filters of the public page."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema
from wagtail.models import Site

from clinic.api import citationlist, topics
from clinic.api import citations as build
from clinic.api.answers import Answer
from clinic.api.auth import ApiToken
from clinic.api.models import Scope
from clinic.api.pagination import Listing, Paging, envelope
from clinic.api.publicpages import public_pages
from clinic.api.schemas import research as shapes
from pages.models import ConditionPage
from pages.search.results import RESEARCH, find
from pages.sites import site_of
from research.choices import Finding, Kind, Species, Status, StudyDesign
from research.exporting import export_response
from research.formats.registry import FORMATS
from research.models import Citation

router = Router(tags=["research"])

FormatName = Literal[tuple(FORMATS)]  # type: ignore[valid-type]


class ExportFormat(Schema):
    """Which file format."""

    format: FormatName = Field(description="The file format.")  # type: ignore[valid-type]


class CitationFilters(Schema):
    """Which citations. Several values of one parameter widen the answer, several parameters narrow it."""

    q: str = Field("", max_length=200, description="Words to search for.")
    key: list[str] = Field([], description="Keys of records.", max_length=100)
    topic: list[str] = Field([], description="Slugs of topics; a condition includes its sub-topics.", max_length=100)
    finding: list[Finding] = Field([], description="What was found, for the topics asked for if any.")
    kind: list[Kind] = Field([], description="Sort of record.")
    study_design: list[StudyDesign] = []
    species: list[Species] = []
    status: list[Status] = []
    research: bool | None = Field(None, description="true: what may stand as evidence; false: news, stories and such.")
    open_access: bool | None = None
    year_from: int | None = Field(None, ge=1500, le=2200)
    year_to: int | None = Field(None, ge=1500, le=2200)
    min_sample_size: int | None = Field(None, ge=0, le=100_000_000)
    ocebm_level: list[Annotated[int, Field(ge=1, le=5)]] = []
    order: Literal["-year", "year", "title", "key", "-verified_on"] = Field(
        "-year", description="A minus sign means newest first. Equal records follow by key."
    )

    def asked(self, site: Site) -> dict[str, Any]:
        """Every filter of `citationlist` with what it is given, None for one that is not in force."""
        given = self.model_dump(exclude={"q", "order"})
        hits = [hit.pk for hit in find(self.q, site).of(RESEARCH)] if self.q.strip() else None
        return {name: None if value == [] else value for name, value in given.items()} | {"hits": hits}


class CitationExpansion(Schema):
    """What a list of citations gives beyond the record itself."""

    expand: list[Literal["csl", "relations"]] = Field([], description="Adds these to every item.")


@router.get(
    "/citations/",
    response=Listing[shapes.CitationListed],
    url_name="citation_list",
    operation_id="citations_list",
    summary="List citations",
    exclude_unset=True,
)
def list_citations(
    request: HttpRequest,
    filters: Query[CitationFilters],
    expansion: Query[CitationExpansion],
    paging: Query[Paging],
) -> dict[str, Any]:
    """Published records of the library. A retracted record is given as such; a withheld one never."""
    asked = filters.asked(_site(request))
    shape = citationlist.shape_of(asked)
    values = {name: value for name, value in asked.items() if not isinstance(value, bool | None)}
    (count,) = citationlist.count_citations(shape, **values)
    pks = citationlist.list_citations(shape, filters.order, **values, limit=paging.limit, offset=paging.offset)
    return envelope(request, paging, count, build.listed(pks, Answer(request), expansion.expand))


def export_citations(
    request: HttpRequest,
    filters: Query[CitationFilters],
    wanted: Query[ExportFormat],
) -> Any:
    """Every published record that the filters leave, as a file for reference managers."""
    asked = filters.asked(_site(request))
    found = citationlist.narrowed(citationlist.shape_of(asked), asked).order_by(*citationlist.ORDERS[filters.order])
    return export_response(found, wanted.format)


EXPORT_TYPES = tuple(one.content_type.partition(";")[0] for one in FORMATS.values())
export_citations.produces = EXPORT_TYPES  # type: ignore[attr-defined]
router.get(
    "/export/",
    url_name="citation_export",
    operation_id="citations_export",
    summary="Export citations",
    openapi_extra={
        "responses": {
            "200": {
                "description": "The file.",
                "content": {
                    kind: {"schema": {"type": "array" if kind.endswith("json") else "string"}} for kind in EXPORT_TYPES
                },
            }
        }
    },
)(export_citations)


@router.get(
    "/citations/{slug:key}/",
    response=shapes.CitationDetail,
    url_name="citation_detail",
    operation_id="citations_detail",
    summary="One citation",
    by_alias=True,
)
def get_citation(request: HttpRequest, response: HttpResponse, key: str) -> dict[str, Any]:
    """A published record by its key, with its CSL-JSON item and its relations."""
    found = build.detail(key, Answer(request))
    if found is None:
        raise Http404("There is no published citation of this key.")
    return found


@router.patch(
    "/citations/{slug:key}/",
    response=shapes.CitationDraft,
    url_name="citation_change",
    operation_id="citations_change",
    summary="Draft a change of a citation",
    auth=ApiToken(Scope.WRITE_RESEARCH),
)
def change_citation(request: HttpRequest, key: str, change: shapes.CitationChange) -> dict[str, Any]:
    """Keeps the change as a draft of the token's person. Nothing becomes public until a clinician publishes it."""
    if not request.user.has_perm("research.change_citation"):
        raise PermissionDenied
    citation = get_object_or_404(Citation, key=key)
    lock = citation.get_lock()
    if lock is not None and lock.for_user(request.user):
        raise PermissionDenied("Somebody has locked this record. Ask them to unlock it.")
    draft = citation.get_latest_revision_as_object()
    given = change.model_dump(exclude_unset=True)
    for name, value in given.items():
        empty_text = value is None and name not in {"sample_size", "open_access"}
        setattr(draft, name, "" if empty_text else value)
    draft.full_clean()
    revision = draft.save_revision(user=request.user, log_action=True)
    return {"key": key, "revision": revision.pk, "changed": sorted(given)}


@router.get(
    "/topics/",
    response=Listing[shapes.Topic],
    url_name="topic_list",
    operation_id="topics_list",
    summary="List topics",
)
def list_topics(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """Every condition followed by its sub-topics, as editors ordered them."""
    (count,) = topics.count_topics()
    found = topics.list_topics(limit=paging.limit, offset=paging.offset)
    answer = Answer(request, [topic.introduction for topic in found])
    return envelope(request, paging, count, topics.topic_fields(found, answer))


@router.get(
    "/topics/{slug:slug}/",
    response=shapes.TopicDetail,
    url_name="topic_detail",
    operation_id="topics_detail",
    summary="One topic",
)
def get_topic(request: HttpRequest, slug: str) -> dict[str, Any]:
    """A topic with its sub-topics and the condition pages about it."""
    family = sorted(topics.family_of(slug=slug), key=lambda one: one.slug != slug)
    if not family or family[0].slug != slug:
        raise Http404("There is no topic of this slug.")
    topic, *children = topics.topic_fields(family, Answer(request, [one.introduction for one in family]))
    pages = public_pages(request, ConditionPage).filter(topics=family[0]).order_by("path")
    return topic | {"children": children, "condition_pages": [page.slug for page in pages]}


def _site(request: HttpRequest) -> Site:
    site = site_of(request)
    if site is None:
        raise Http404("No site answers at this address.")
    return site
