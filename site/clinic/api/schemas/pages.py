"""Shapes of pages: what every page has, and the content of each page type."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from ninja import Field
from pydantic import model_validator
from wagtail.models import Page

from clinic.api.blocks import stream_type
from clinic.api.schemas.forms import Form
from clinic.api.schemas.media import Picture
from clinic.api.schemas.people import TeamMember
from clinic.api.schemas.references import Labelled, PageReference, TopicReference
from clinic.api.schemas.shape import Shape
from pages.blocks import BODY_BLOCKS, QUESTION_GROUPS, ROW_BLOCKS
from research.choices import Stance

if TYPE_CHECKING:
    Rows = list[Any]
    Body = list[Any]
    QuestionGroups = list[Any]
else:
    Rows = stream_type(ROW_BLOCKS)
    Body = stream_type(BODY_BLOCKS)
    QuestionGroups = stream_type(QUESTION_GROUPS)


class Translation(Shape):
    """The same page in another language."""

    locale: str
    id: int
    html_url: str | None


class PageMeta(Shape):
    """What every page has beside its content."""

    type: str
    detail_url: str
    html_url: str | None = Field(description="Where the page opens, as API_LINKS wants it.")
    slug: str
    locale: str
    live: bool = Field(description="False only for those whose token may read drafts.")
    first_published_at: datetime.datetime | None
    last_published_at: datetime.datetime | None


class PageMetaDetail(PageMeta):
    """What a page has beside its content, with its place in the site and its words for search engines."""

    last_changed: datetime.date | None = Field(description="The last real change, as shown to visitors.")
    seo_title: str
    search_description: str
    no_index: bool
    show_in_menus: bool
    social_image: Picture | None
    parent: PageReference | None
    translations: list[Translation]


class PageSummary(Shape):
    """A page of a list. Content is there when asked for with `?fields=`."""

    id: int
    type: str
    title: str
    meta: PageMeta


class PageDetail(Shape):
    """A page. Each page type adds its content. Can be made from the page itself, as Wagtail's own operations do."""

    id: int
    type: str
    title: str
    meta: PageMetaDetail

    @model_validator(mode="wrap")
    @classmethod
    def _run_root_validator(cls, values: Any, handler: Any, info: Any) -> Any:
        if isinstance(values, Page):
            from clinic.api.pageshapes import page_detail

            values = page_detail(values, info.context["request"])
        return handler(values)


class Reference(Shape):
    """One numbered source of a page. Numbers follow first use on the page."""

    number: int
    key: str
    detail_url: str
    ama_html: str
    ama_text: str
    url: str = Field(description="Where the work itself is found.")
    status: Labelled
    stands: bool = Field(description="Whether it may still support a statement.")


class ClaimSource(Shape):
    """A source of one statement."""

    number: int | None = Field(description="Its number among the page's references.")
    key: str
    stance: Stance
    stance_label: str
    locator: str


class Claim(Shape):
    """A statement of fact with the sources it stands on."""

    statement: str
    as_of_year: int | None
    sources: list[ClaimSource]


class ConditionFact(Claim):
    """A key fact of a condition."""

    id: int | None
    figure: str


class ValueCard(Claim):
    """A value with the statement it rests on and the sentence that balances it."""

    id: int | None
    heading: str
    balance: str


class Reviewer(Shape):
    """The clinician who checked a page."""

    name: str
    credentials: str
    role: str
    demo: bool


class Review(Shape):
    """Who checked the page, when, and when it is due again."""

    reviewer: Reviewer | None
    reviewed_on: datetime.date | None
    next_review: datetime.date | None


class WarningSigns(Shape):
    """Signs to watch for, and when to act."""

    heading: str
    introduction: str
    signs: list[str]
    act_now: str
    act_today: str
    act_this_week: str


class Question(Shape):
    """A question people ask, with its answer."""

    id: int | None
    question: str
    answer: str = Field(description="Clean HTML.")


class FindingCount(Shape):
    """How many studies found this."""

    finding: Labelled
    studies: int


class DesignCount(Shape):
    """How many studies of one design found what."""

    design: Labelled
    studies: int
    findings: dict[str, int]


class EvidenceAtAGlance(Shape):
    """The published research filed under the page's topics."""

    introduction: str
    gap: str = Field(description="Where research is thin or absent.")
    studies: int = Field(description="Published research that stands.")
    participants: int = Field(description="People in its studies; those of one trial counted once.")
    newest: int | None = Field(description="Year of the newest study.")
    gaps: list[str] = Field(description="What the numbers show to be missing, in words.")
    findings: list[FindingCount]
    designs: list[DesignCount]
    citations: list[str] = Field(description="Keys of the studies that the page lists, newest first.")


class ConditionContent(PageDetail):
    """The content of a condition page."""

    summary: str
    topics: list[TopicReference]
    crisis_callout: bool
    at_a_glance: Rows
    regulatory_note: str = Field(description="Clean HTML.")
    facts: list[ConditionFact]
    warning_signs: WarningSigns
    how_it_may_work: str = Field(description="Clean HTML.")
    evidence: EvidenceAtAGlance
    who_it_may_suit: Rows
    body: Body
    questions: list[Question]
    references: list[Reference]
    review: Review


class ConditionIndexContent(PageDetail):
    """The content of the list of conditions."""

    introduction: str


class HomeContent(PageDetail):
    """The content of the home page."""

    promise: str
    lede: str
    patients_text: str
    professionals_text: str
    cards: list[ValueCard]
    visit_steps: Rows
    plain_figures: Rows
    body: Body
    references: list[Reference]


class ResearchContent(PageDetail):
    """The content of the research page; the library itself is under /research/citations/."""

    summary: str
    how_we_choose: str = Field(description="Clean HTML.")
    cards: list[ValueCard]
    references: list[Reference]


class EvidenceRow(Shape):
    """A study chosen for professionals."""

    point: str
    key: str
    number: int | None


class ProfessionalsContent(PageDetail):
    """The content of the page for professionals; its criteria are under /eligibility/."""

    summary: str
    what_it_is: str = Field(description="Clean HTML.")
    regulatory_note: str = Field(description="Clean HTML.")
    mechanism_introduction: str = Field(description="Clean HTML.")
    hypotheses: Rows
    criteria_introduction: str
    monitoring: Rows
    evidence_introduction: str
    evidence: list[EvidenceRow]
    body: Body
    next_steps: str = Field(description="Clean HTML.")
    references: list[Reference]
    review: Review


class StandardContent(PageDetail):
    """The content of a standard page."""

    summary: str
    body: Body
    references: list[Reference]


class FormContent(PageDetail):
    """The content of a form page: what it asks, too, so that it can be drawn at once."""

    introduction: str
    form: Form | None = Field(description="As /forms/{slug}/ gives it; null when it takes no answers from front ends.")


class FaqContent(PageDetail):
    """The content of a page of questions."""

    summary: str
    groups: QuestionGroups
    references: list[Reference]


class ContactContent(PageDetail):
    """The content of the contact page; numbers, address and hours are under /site/."""

    summary: str
    before_you_write: str = Field(description="Clean HTML.")
    photo: Picture | None
    map_link: str
    directions: Rows
    access: Rows
    body: Body
    references: list[Reference]


class TeamContent(PageDetail):
    """The content of the team page."""

    summary: str
    introduction: Body
    people_heading: str
    people: list[TeamMember]
    body: Body
    references: list[Reference]


class LegalContent(PageDetail):
    """The content of a legal page."""

    summary: str
    in_force_since: datetime.date | None
    in_short: Rows
    body: Body
    references: list[Reference]
