"""The content of each page type, from the page to its shape."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.rich_text import RichText

from clinic.api.answers import Answer
from clinic.api.blocks import rich_texts_in, stream_value
from clinic.api.formcontent import form_definition
from clinic.api.links import api_path
from clinic.api.schemas import pages as shapes
from clinic.api.schemas.references import Labelled
from clinic.api.team import team_member
from forms.models import CallRequestPage, FormPage, GeneralFormPage, ReferralPage
from pages.citations_in_text import citation_ids
from pages.models import (
    AbstractClaim,
    ConditionIndexPage,
    ConditionPage,
    ContactPage,
    FaqPage,
    HomePage,
    LegalPage,
    Person,
    ProfessionalsPage,
    ResearchPage,
    StandardPage,
    TeamPage,
)
from pages.sources import SourceRegister
from research.choices import Stance, Status
from research.evidence import FINDINGS

Content = dict[str, Any]


@dataclass
class PageType:
    """How the API gives one page type: its content's shape, how to fill it, and what to load beforehand."""

    shape: type[Any]
    fill: Callable[[Any, Answer], Content]
    load: tuple[Any, ...] = ()
    join: tuple[str, ...] = ()
    #: What can be said without the page's rows, and how: lists that ask for no more load none.
    brief: frozenset[str] = frozenset()
    fill_brief: Callable[[Any, Answer], Content] | None = None


def page_content(page: Page, answer: Answer, wanted: Collection[str] = ("*",)) -> Content:
    """The content of one page as its type's shape describes it; nothing for a type that the API does not know.

    It may hold more than what is ``wanted``.
    """
    kind = page_type_of(type(page))
    if kind is None:
        return {}
    return (
        kind.fill_brief(page, answer) if kind.fill_brief and is_brief(type(page), wanted) else kind.fill(page, answer)
    )


def is_brief(model: type[Page], wanted: Collection[str]) -> bool:
    """Whether the page's own columns and topics are all that is needed."""
    kind = page_type_of(model)
    return kind is not None and kind.fill_brief is not None and kind.brief.issuperset(wanted)


def page_type_of(model: type[Page]) -> PageType | None:
    """How the API gives this page type, or None."""
    return PAGE_TYPES.get(model)


def rich_texts_of(page: Page) -> list[Any]:
    """Every rich text of a page: its own fields, its streams, and the rows under it."""
    texts: list[Any] = []
    for column in page._meta.get_fields():
        if isinstance(column, RichTextField):
            texts.append(getattr(page, column.name))
        elif isinstance(column, StreamField):
            texts += rich_texts_in(getattr(page, column.name))
    if isinstance(page, ConditionPage):
        texts += [row.answer for row in page.questions.all()]
    return texts


def cited_by(page: Page) -> list[int]:
    """The keys of the citations under the page's claims and rows, as loaded with it."""
    claims = [claim for name in ("facts", "cards") if hasattr(page, name) for claim in getattr(page, name).all()]
    rows = [row for claim in claims for row in claim.sources.all()]
    if isinstance(page, ProfessionalsPage):
        rows += page.evidence.all()
    return [row.citation_id for row in rows]


def cited_in(page: Page, texts: Iterable[Any]) -> set[int]:
    """The same with those in the page's rich ``texts``."""
    sources = (text.source if isinstance(text, RichText) else text or "" for text in texts)
    return {*cited_by(page), *(pk for source in sources for pk in citation_ids(source))}


def references(sources: SourceRegister | None, answer: Answer) -> list[shapes.Reference]:
    """The numbered reference list of a page."""
    return [
        shapes.Reference(
            number=source.number,
            key=source.citation.key,
            detail_url=answer.base + api_path("citation_detail", key=source.citation.key),
            ama_html=source.citation.ama_html,
            ama_text=source.citation.ama_text,
            url=source.citation.url or (f"https://doi.org/{source.citation.doi}" if source.citation.doi else ""),
            status=Labelled(value=source.citation.status, label=answer.label(Status, source.citation.status)),
            stands=source.citation.stands,
        )
        for source in sources or ()
    ]


def _claim(claim: AbstractClaim, answer: Answer) -> Content:
    """Statement and sources. Sources that are not public are left out, as on the page."""
    cited = [
        (source, answer.citations[source.citation_id])
        for source in claim.sources.all()
        if source.citation_id in answer.citations
    ]
    return {
        "statement": claim.statement,
        "as_of_year": claim.as_of_year,
        "sources": [
            shapes.ClaimSource(
                number=answer.number_of(citation),
                key=citation.key,
                stance=Stance(source.stance),
                stance_label=answer.label(Stance, source.stance),
                locator=source.locator,
            )
            for source, citation in cited
        ],
    }


def _cards(page: Any, answer: Answer) -> list[shapes.ValueCard]:
    return [
        shapes.ValueCard(id=card.pk, heading=card.heading, balance=card.balance, **_claim(card, answer))
        for card in page.cards.all()
    ]


def _review(page: Any) -> shapes.Review:
    person: Person | None = page.reviewer
    reviewer = (
        shapes.Reviewer(name=person.name, credentials=person.credentials, role=person.role, demo=person.demo)
        if person
        else None
    )
    return shapes.Review(reviewer=reviewer, reviewed_on=page.reviewed_on, next_review=page.next_review)


def _condition_in_brief(page: ConditionPage, answer: Answer) -> Content:
    return {
        "summary": page.summary,
        "topics": [answer.topic_reference(topic) for topic in page.topics.all()],
        "review": _review(page),
    }


def _condition(page: ConditionPage, answer: Answer) -> Content:
    html = answer.texts.html
    return _condition_in_brief(page, answer) | {
        "crisis_callout": page.crisis_callout,
        "at_a_glance": stream_value(page.at_a_glance, answer),
        "regulatory_note": html(page.regulatory_note),
        "facts": [
            shapes.ConditionFact(id=fact.pk, figure=fact.figure, **_claim(fact, answer))
            for fact in page.facts.all()
            if not fact.draft
        ],
        "warning_signs": shapes.WarningSigns(
            heading=page.signs_heading,
            introduction=page.signs_introduction,
            signs=[sign.text for sign in page.warning_signs.all()],
            act_now=page.act_now,
            act_today=page.act_today,
            act_this_week=page.act_this_week,
        ),
        "how_it_may_work": html(page.how_it_may_work),
        "evidence": _at_a_glance(page, answer),
        "who_it_may_suit": stream_value(page.who_it_may_suit, answer),
        "body": stream_value(page.body, answer),
        "questions": [
            shapes.Question(id=row.pk, question=row.question, answer=html(row.answer)) for row in page.questions.all()
        ],
        "references": references(answer.sources, answer),
    }


def _at_a_glance(page: ConditionPage, answer: Answer) -> shapes.EvidenceAtAGlance | None:
    """The glance as the page shows it; None in a list, where nobody asked the library."""
    if answer.evidence is None:
        return None
    found = answer.glance
    return shapes.EvidenceAtAGlance(
        introduction=page.evidence_introduction,
        gap=page.evidence_gap,
        studies=found.studies if found else 0,
        participants=found.participants if found else 0,
        newest=found.newest if found else None,
        gaps=list(found.gaps) if found else [],
        findings=[
            shapes.FindingCount(finding=Labelled(value=value, label=label), studies=count)
            for value, label, count in (found.findings if found else ())
        ],
        designs=[
            shapes.DesignCount(
                design=Labelled(value=row.design, label=row.label),
                studies=row.total,
                findings=dict(zip([finding.value for finding in FINDINGS], row.counts, strict=True)),
            )
            for row in (found.rows if found else ())
        ],
        citations=[citation.key for citation in answer.evidence],
    )


def _index(page: ConditionIndexPage, answer: Answer) -> Content:
    return {"introduction": page.introduction}


def _home(page: HomePage, answer: Answer) -> Content:
    return {
        "promise": page.promise,
        "lede": page.lede,
        "patients_text": page.patients_text,
        "professionals_text": page.professionals_text,
        "cards": _cards(page, answer),
        "visit_steps": stream_value(page.visit_steps, answer),
        "plain_figures": stream_value(page.plain_figures, answer),
        "body": stream_value(page.body, answer),
        "references": references(answer.sources, answer),
    }


def _research(page: ResearchPage, answer: Answer) -> Content:
    return {
        "summary": page.summary,
        "how_we_choose": answer.texts.html(page.how_we_choose),
        "cards": _cards(page, answer),
        "references": references(answer.sources, answer),
    }


def _professionals(page: ProfessionalsPage, answer: Answer) -> Content:
    html = answer.texts.html
    return {
        "summary": page.summary,
        "what_it_is": html(page.what_it_is),
        "regulatory_note": html(page.regulatory_note),
        "mechanism_introduction": html(page.mechanism_introduction),
        "hypotheses": stream_value(page.hypotheses, answer),
        "criteria_introduction": page.criteria_introduction,
        "monitoring": stream_value(page.monitoring, answer),
        "evidence_introduction": page.evidence_introduction,
        "evidence": [
            shapes.EvidenceRow(
                point=row.point,
                key=answer.citations[row.citation_id].key,
                number=answer.number_of(answer.citations[row.citation_id]),
            )
            for row in page.evidence.all()
            if row.citation_id in answer.citations
        ],
        "body": stream_value(page.body, answer),
        "next_steps": html(page.next_steps),
        "references": references(answer.sources, answer),
        "review": _review(page),
    }


def _standard(page: StandardPage, answer: Answer) -> Content:
    return {
        "summary": page.summary,
        "body": stream_value(page.body, answer),
        "references": references(answer.sources, answer),
    }


def _form(page: FormPage, answer: Answer) -> Content:
    asked = page.open_to_api and answer.sources is not None  # lists have no sources, and no form
    return {"introduction": page.introduction, "form": form_definition(page, answer.request) if asked else None}


def _faq(page: FaqPage, answer: Answer) -> Content:
    return {
        "summary": page.summary,
        "groups": stream_value(page.groups, answer),
        "references": references(answer.sources, answer),
    }


def _contact(page: ContactPage, answer: Answer) -> Content:
    return {
        "summary": page.summary,
        "before_you_write": answer.texts.html(page.before_you_write),
        "photo": answer.picture(page.photo) if page.photo else None,
        "map_link": page.map_link,
        "directions": stream_value(page.directions, answer),
        "access": stream_value(page.access, answer),
        "body": stream_value(page.body, answer),
        "references": references(answer.sources, answer),
    }


def _team(page: TeamPage, answer: Answer) -> Content:
    return {
        "summary": page.summary,
        "introduction": stream_value(page.introduction, answer),
        "people_heading": page.people_heading,
        "people": [team_member(person, answer.request) for person in page.people],
        "body": stream_value(page.body, answer),
        "references": references(answer.sources, answer),
    }


def _legal(page: LegalPage, answer: Answer) -> Content:
    return {
        "summary": page.summary,
        "in_force_since": page.in_force_since,
        "in_short": stream_value(page.in_short, answer),
        "body": stream_value(page.body, answer),
        "references": references(answer.sources, answer),
    }


PAGE_TYPES: dict[type[Page], PageType] = {
    ConditionPage: PageType(
        shapes.ConditionContent,
        _condition,
        join=("reviewer", "social_image"),
        brief=frozenset({"summary", "topics", "review"}),
        fill_brief=_condition_in_brief,
    ),
    ConditionIndexPage: PageType(shapes.ConditionIndexContent, _index),
    HomePage: PageType(
        shapes.HomeContent,
        _home,
        load=("cards__sources",),
    ),
    ResearchPage: PageType(
        shapes.ResearchContent,
        _research,
        load=("cards__sources",),
    ),
    ProfessionalsPage: PageType(
        shapes.ProfessionalsContent,
        _professionals,
        load=("evidence",),
        join=("reviewer",),
    ),
    StandardPage: PageType(shapes.StandardContent, _standard),
    **{
        model: PageType(shapes.FormContent, _form)
        for model in (CallRequestPage, FormPage, GeneralFormPage, ReferralPage)
    },
    FaqPage: PageType(shapes.FaqContent, _faq),
    ContactPage: PageType(shapes.ContactContent, _contact, join=("photo",)),
    TeamPage: PageType(shapes.TeamContent, _team),
    LegalPage: PageType(shapes.LegalContent, _legal),
}
