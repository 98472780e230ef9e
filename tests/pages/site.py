"""A small clinic site for tests of pages: home, conditions, professionals, research, one standard page."""

from __future__ import annotations

import datetime
from typing import Any

from wagtail.models import Page, Site

from pages.models import (
    ClinicSettings,
    ConditionFact,
    ConditionIndexPage,
    ConditionPage,
    ConditionQuestion,
    CrisisLine,
    FactSource,
    HomeCard,
    HomeCardSource,
    HomePage,
    OpeningHours,
    Person,
    ProfessionalsPage,
    ResearchPage,
    StandardPage,
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
    return HomePage.objects.get(pk=front.pk)
