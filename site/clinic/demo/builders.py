"""Makers of single things with sensible defaults: a topic, a citation, a page. The demo and the tests share them.

Everything that goes live does so by a revision and its publication, the editor's own path, so that whatever guards
that path guards the demo too.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone
from wagtail.models import DraftStateMixin, Locale, Page, Site

from pages.models import (
    AbstractClaim,
    ConditionFact,
    ConditionIndexPage,
    ConditionPage,
    ConditionQuestion,
    EligibilityCriterion,
    HomePage,
    Person,
    WarningSign,
)
from research.models import Citation, CitationTopic, Topic

PageT = TypeVar("PageT", bound=Page)
ClaimT = TypeVar("ClaimT", bound=AbstractClaim)

#: A source of a claim: the citation, its stance, and where in it.
Source = tuple[Citation, str, str]


def publish(thing: DraftStateMixin, user: AbstractBaseUser | None = None) -> None:
    """Put the thing's present content into a revision and publish that.

    Raises research.publishing.PublishBlockedError when it may not go live; the draft is kept.
    """
    # Who may publish is not the question here; whether this may be published is asked as ever.
    thing.save_revision(user=user).publish(user=user, skip_permission_checks=True)
    thing.refresh_from_db()


def make_topic(slug: str = "depression", **fields: Any) -> Topic:
    """A topic, made once per slug; its name follows the slug unless given."""
    defaults = {"name": slug.replace("-", " ").capitalize(), **fields}
    topic, _ = Topic.objects.get_or_create(slug=slug, defaults=defaults)
    return topic


def make_citation(
    key: str = "feder-2014-ptsd",
    *,
    topics: Mapping[str, str] | None = None,
    published: bool = True,
    user: AbstractBaseUser | None = None,
    **fields: Any,
) -> Citation:
    """A record of the library. `topics` maps topic slugs to findings.

    A published one is confirmed and live; the others are drafts that nobody has confirmed.
    """
    author, year = key.split("-")[0].capitalize(), next((int(p) for p in key.split("-") if p.isdigit()), None)
    defaults: dict[str, Any] = {
        "title": f"A study of ketamine ({key})",
        "authors": [{"family": author, "given": "A."}],
        "container_title": "Journal of Examples",
        "issued_year": year,
        "study_design": "rct",
        "headline": f"What {author} found",
        "finding": "Symptoms were lower a day later than with the comparison.",
        "limits": "It measured one day.",
    }
    if published:
        defaults |= {"verified_on": timezone.localdate(), "verified_by": user}
    citation = Citation(key=key, live=False, **{**defaults, **fields})
    citation.topics.set(
        [
            CitationTopic(topic=make_topic(slug), finding=finding, sort_order=order)
            for order, (slug, finding) in enumerate((topics or {}).items())
        ]
    )
    citation.save()
    if published:
        publish(citation, user)
    else:
        citation.save_revision(user=user)
    return citation


def make_person(slug: str = "jordan-sample", **fields: Any) -> Person:
    """Somebody who may review pages, made once per slug."""
    defaults = {"name": "Jordan Sample", "credentials": "MD", "role": "Medical director", "demo": True, **fields}
    person, _ = Person.objects.get_or_create(slug=slug, defaults=defaults)
    return person


def make_criterion(key: str, *, kind: str = "inclusion", **fields: Any) -> EligibilityCriterion:
    """A line of the eligibility list, made once per key."""
    defaults = {"kind": kind, "text": key.replace("-", " ").capitalize(), **fields}
    criterion, _ = EligibilityCriterion.objects.get_or_create(key=key, defaults=defaults)
    return criterion


def make_claim(model: type[ClaimT], statement: str, sources: Iterable[Source] = (), **fields: Any) -> ClaimT:
    """A claim with its sources, in memory: put it on a page and publish the page."""
    claim = model(statement=statement, **fields)
    source_model = model._meta.get_field("sources").related_model
    claim.sources = [
        source_model(citation=citation, stance=stance, locator=locator, sort_order=order)
        for order, (citation, stance, locator) in enumerate(sources)
    ]
    return claim


def make_home(**fields: Any) -> HomePage:
    """The published home page of the default site; Wagtail's welcome page makes room for it."""
    if found := HomePage.objects.first():
        return found
    root = Page.objects.get(depth=1)
    defaults = {"title": "Juniper Row Clinic", "promise": "Careful treatment", "lede": "What we do.", **fields}
    home = HomePage(slug="clinic", live=False, locale=Locale.get_default(), **defaults)
    root.add_child(instance=home)
    publish(home)
    make_default_site(home)
    return home


def make_default_site(home: Page, name: str = "Juniper Row Clinic") -> Site:
    """Serve `home` at the root of the default site and remove Wagtail's welcome page."""
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True, hostname="localhost")
    site.root_page = home
    site.site_name = name
    site.save()
    for welcome in Page.objects.filter(depth=2, content_type__app_label="wagtailcore").exclude(pk=home.pk):
        welcome.delete()
    return site


def make_page(model: type[PageT], parent: Page, *, live: bool = True, **fields: Any) -> PageT:
    """A page of any type under a parent, published unless `live` is False."""
    title = fields.pop("title", model._meta.verbose_name.capitalize())
    page = model(title=title, live=False, **fields)
    parent.add_child(instance=page)
    if live:
        publish(page)
    return page


def make_condition(
    slug: str = "ptsd",
    *,
    facts: Iterable[Mapping[str, Any]] = (),
    signs: Iterable[str] = (),
    questions: Mapping[str, str] | None = None,
    topics: Iterable[str] = (),
    live: bool = True,
    **fields: Any,
) -> ConditionPage:
    """A condition page under the list of conditions, both made as needed.

    Each fact is a mapping with `statement`, optionally `sources` (see Source) and other fields of ConditionFact.
    """
    parent = ConditionIndexPage.objects.first()
    if parent is None:
        parent = make_page(ConditionIndexPage, make_home(), title="Conditions", slug="conditions")
    today = timezone.localdate()
    defaults: dict[str, Any] = {
        "title": slug.replace("-", " ").upper(),
        "summary": "What it is, and what research has found.",
        "reviewer": make_person(),
        "reviewed_on": today,
        "next_review": today + datetime.timedelta(days=365),
    }
    page = ConditionPage(slug=slug, live=False, **{**defaults, **fields})
    parent.add_child(instance=page)
    page.facts.set([make_claim(ConditionFact, sort_order=order, **fact) for order, fact in enumerate(facts)])
    page.warning_signs.set([WarningSign(text=text, sort_order=order) for order, text in enumerate(signs)])
    page.questions.set(
        [
            ConditionQuestion(question=question, answer=f"<p>{answer}</p>", sort_order=order)
            for order, (question, answer) in enumerate((questions or {}).items())
        ]
    )
    page.topics = [make_topic(topic) for topic in topics]
    if live:
        publish(page)
    else:
        page.save_revision()
    return page
