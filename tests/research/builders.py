"""Citations, topics and a small page tree for the tests of this floor and the next."""

from __future__ import annotations

import datetime
from typing import Any

from wagtail.models import Page, Site

from pages.models import ConditionFact, ConditionIndexPage, ConditionPage, FactSource, HomePage
from research.models import Citation, CitationTopic, Topic


def topic(slug: str = "ptsd", **fields: Any) -> Topic:
    """A topic, made once per slug."""
    found: Topic = Topic.objects.get_or_create(slug=slug, defaults={"name": slug.upper(), **fields})[0]
    return found


def citation(key: str = "feder-2014-ptsd", *, topics: dict[str, str] | None = None, **fields: Any) -> Citation:
    """A live, confirmed trial report; ``topics`` maps topic slugs to findings."""
    defaults: dict[str, Any] = {
        "title": f"Efficacy of ketamine, {key}",
        "authors": [{"family": key.split("-")[0].title(), "given": "Adriana"}],
        "container_title": "JAMA Psychiatry",
        "issued_year": 2014,
        "study_design": "rct",
        "headline": f"What {key} found",
        "finding": "Symptoms were lower a day later.",
        "limits": "One infusion, one day.",
        "verified_on": datetime.date(2026, 1, 5),
    }
    made: Citation = Citation.objects.create(key=key, **{**defaults, **fields})
    for order, (slug, finding) in enumerate((topics or {}).items()):
        CitationTopic.objects.create(citation=made, topic=topic(slug), finding=finding, sort_order=order)
    return made


def home_page() -> HomePage:
    """The site's home page, at the root of the default site."""
    if found := HomePage.objects.first():
        return found
    root = Page.objects.get(depth=1)
    home = HomePage(title="Home", slug="clinic-home", promise="Care", lede="What we do.")
    root.add_child(instance=home)
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "port": 80, "root_page": home, "site_name": "Clinic"}
    )
    return home


def condition_page(slug: str = "ptsd", *, live: bool = True, **fields: Any) -> ConditionPage:
    """A condition page under the list of conditions."""
    index = ConditionIndexPage.objects.first()
    if index is None:
        index = ConditionIndexPage(title="Conditions", slug="conditions")
        home_page().add_child(instance=index)
    defaults = {"title": slug.upper(), "summary": "After something terrible."}
    page = ConditionPage(slug=slug, live=live, **{**defaults, **fields})
    index.add_child(instance=page)
    return page


def fact(page: ConditionPage, statement: str, *sources: Citation, draft: bool = False, **stances: str) -> ConditionFact:
    """Put a fact on a page, in memory: publish or save the page to keep it. Sources support unless said otherwise."""
    made = ConditionFact(statement=statement, draft=draft, sort_order=page.facts.count())
    made.sources = [
        FactSource(citation=source, stance=stances.get(source.key.replace("-", "_"), "supports"), sort_order=order)
        for order, source in enumerate(sources)
    ]
    page.facts.add(made)
    return made
