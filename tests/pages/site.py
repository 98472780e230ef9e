"""A small clinic site for tests of pages: home, conditions, professionals, research, one standard page."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from wagtail.models import Page, Site

from pages.models import (
    ClinicSettings,
    ConditionFact,
    ConditionIndexPage,
    ConditionPage,
    ConditionQuestion,
    ContactPage,
    CrisisLine,
    FactSource,
    FaqPage,
    HomeCard,
    HomeCardSource,
    HomePage,
    LegalPage,
    OpeningHours,
    Person,
    ProfessionalsPage,
    ResearchPage,
    StandardPage,
    TeamPage,
    WarningSign,
)
from research.choices import Finding
from research.models import Citation, CitationTopic, Topic


def cited(key: str, **fields: Any) -> Citation:
    """A published citation."""
    values = {
        "title": f"A study called {key}",
        "headline": f"What {key} found",
        "finding": "Of 100 people, 60 improved; 30 did on placebo.",
        "limits": "How long it lasts.",
        "issued_year": 2020,
        "sample_size": 40,
        "verified_on": datetime.date(2026, 1, 1),
        "live": True,
    } | fields
    return Citation.objects.create(key=key, **values)


def home(**fields: Any) -> HomePage:
    """The site's home page, put in place of Wagtail's welcome page."""
    root = Page.get_first_root_node()
    for page in root.get_children():
        page.delete()
    root = Page.objects.get(pk=root.pk)
    page = HomePage(title="Test Clinic", slug="home", promise="Careful treatment", lede="What we do.", **fields)
    root.add_child(instance=page)
    Site.objects.all().delete()
    site = Site.objects.create(hostname="localhost", root_page=page, is_default_site=True)
    clinic = ClinicSettings.objects.create(site=site, name="Test Clinic", phone="760-555-0142", city="Palm Springs")
    CrisisLine.objects.create(clinic=clinic, name="988 Suicide & Crisis Lifeline", phone="988", sms="988")
    OpeningHours.objects.create(
        clinic=clinic, first_day=1, last_day=5, opens=datetime.time(8), closes=datetime.time(17)
    )
    return page


def condition(
    index: Page, slug: str = "ptsd", facts: int = 1, topic: Topic | None = None, **fields: Any
) -> ConditionPage:
    """A condition page with `facts` facts of two sources each, and as many signs, questions and studies."""
    topic = topic or Topic.objects.create(name=slug.upper(), slug=slug)
    reviewer, _made = Person.objects.get_or_create(slug="sample", defaults={"name": "Dana Sample", "role": "Director"})
    values = {
        "title": slug.upper(),
        "summary": f"What {slug} is.",
        "crisis_callout": True,
        "regulatory_note": "<p>Off label.</p>",
        "act_now": "Call 911, or call or text 988.",
        "act_today": "Call your clinician.",
        "how_it_may_work": "<p>It may help connections grow.</p>",
        "reviewer": reviewer,
        "reviewed_on": datetime.date(2026, 3, 1),
        "next_review": datetime.date(2027, 3, 1),
        "at_a_glance": [("row", {"label": "What it is", "text": "<p>A condition.</p>"})],
    } | fields
    page = ConditionPage(slug=slug, **values)
    page.topics = [topic]
    for number in range(facts):
        works = [cited(f"{slug}-{number}-{side}") for side in "ab"]
        fact = ConditionFact(figure=f"{number} of 100", statement=f"Fact {number} of {slug}.", as_of_year=2020)
        fact.sources = [FactSource(citation=work) for work in works]
        page.facts.add(fact)
        page.warning_signs.add(WarningSign(text=f"Sign {number}"))
        page.questions.add(ConditionQuestion(question=f"Question {number}?", answer="<p>Yes.</p>"))
        CitationTopic.objects.create(citation=works[0], topic=topic, finding=Finding.BENEFIT)
    index.add_child(instance=page)
    return page


def whole_site(facts: int = 2, conditions: int = 2) -> HomePage:
    """A home page with everything below it."""
    front = home()
    card = HomeCard(heading="Hours, not weeks", statement="A claim.", balance="Its limit.")
    card.sources = [HomeCardSource(citation=cited("card"))]
    front.cards.add(card)
    front.save()
    index = front.add_child(
        instance=ConditionIndexPage(title="Conditions", slug="conditions", introduction="What we treat.")
    )
    for number in range(conditions):
        condition(index, slug=f"condition-{number}", facts=facts)
    front.add_child(instance=ProfessionalsPage(title="For Professionals", slug="professionals", summary="Criteria."))
    front.add_child(instance=ResearchPage(title="Research & Science", slug="research", summary="Studies."))
    front.add_child(
        instance=StandardPage(
            title="Questions",
            slug="faq",
            summary="Short answers.",
            body=[
                ("heading", "Before"),
                ("text", "<p>Some <b>text</b>.</p>"),
                ("callout", {"kind": "note", "title": "Eat lightly", "text": "<p>Please.</p>"}),
                ("questions", [{"question": "Can I drive?", "answer": "<p>No.</p>"}]),
                ("steps", [{"title": "A call", "text": "<p>We call.</p>"}]),
                ("quote", {"text": "We say no rather than guess.", "who": "Dana", "where": "Director"}),
                ("video", {"title": "A walk", "link": "https://video.example/walk"}),
                ("people", None),
                ("contact", None),
            ],
        )
    )
    more_types(front)
    return HomePage.objects.get(pk=front.pk)


def more_types(front: Page) -> None:
    """One page each of the types for questions, contact, team and legal texts."""
    front.add_child(
        instance=FaqPage(
            title="What people ask",
            slug="questions",
            groups=[
                _block("group", {"heading": heading, "introduction": "", "questions": [_item(question, answer)]})
                for heading, question, answer in (
                    ("Before", "Can I drive?", "No."),
                    ("After", "Is it over?", "Yes."),
                    ("Later", "What then?", "Rest."),
                )
            ],
        )
    )
    front.add_child(
        instance=ContactPage(
            title="Contact",
            slug="contact",
            before_you_write="<p>No medical details.</p>",
            map_link="https://maps.example/?q=clinic",
            directions=[_block("row", {"label": "By car", "text": "<p>Park behind.</p>"})],
            access=[_block("row", {"label": "Entrance", "text": "<p>No steps.</p>"})],
        )
    )
    front.add_child(instance=TeamPage(title="Our people", slug="team", introduction=[_block("text", "<p>Hello.</p>")]))
    front.add_child(
        instance=LegalPage(
            title="Privacy",
            slug="privacy",
            in_force_since=datetime.date(2026, 1, 5),
            in_short=[_block("row", {"label": "Reading", "text": "<p>No cookie.</p>"})],
            body=[
                _block("heading", "Forms"),
                _block("text", "<p>Encrypted.</p>"),
                _block("heading", "Rights"),
                _block("text", "<p>Ask.</p>"),
            ],
        )
    )


def _block(kind: str, value: Any) -> dict[str, Any]:
    """A block as the database keeps it, its id made from its words, so that it is the same in every run."""
    return {"type": kind, "value": value, "id": str(uuid.uuid5(uuid.NAMESPACE_URL, str(value)))}


def _item(question: str, answer: str) -> dict[str, Any]:
    return _block("item", {"question": question, "answer": f"<p>{answer}</p>"})
