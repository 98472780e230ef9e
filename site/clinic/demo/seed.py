"""Seeding the demo, stage by stage, each in one transaction; and taking it away again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models, transaction
from wagtail.models import Page, Site, Workflow

from clinic.demo import accounts, data, frame, library
from clinic.demo.tree import Tree, page_at
from pages.models import (
    Announcement,
    ClinicSettings,
    EligibilityCriterion,
    Navigation,
    Person,
)
from research.models import Citation, CitationRelation, Topic

Say = Callable[[str], None]


def seed(say: Say) -> None:
    """Make whatever of the demo is missing and leave everything else as people made it."""
    clinician = marketing = None

    def stage(name: str, work: Callable[[], Any]) -> None:
        with transaction.atomic():
            made = work()
        say(f"{name}: {'nothing to do' if not made else 'done' if made is True else f'{made} made'}")

    stage("Roles and log-ins", accounts.seed_users)
    users = get_user_model().objects
    clinician = users.filter(username="clinician").first()
    marketing = users.filter(username="marketing").first()
    stage("Profiles", accounts.seed_people)
    stage("Topics", library.seed_topics)
    stage("Research library", lambda: library.seed_citations(clinician))
    stage("Eligibility criteria", frame.seed_criteria)
    stage("Pages", Tree(say, marketing).seed)
    site = Site.objects.get(is_default_site=True)
    stage("Clinic settings", lambda: frame.seed_settings(site))
    stage("Navigation", lambda: frame.seed_navigation(site))
    stage("Medical review", frame.seed_medical_review)


@transaction.atomic
def remove(say: Say) -> None:
    """Take away everything the demo made, changed since or not. What a clinic added beside it stays.

    A citation, topic or person of the demo that other content uses stays too.
    """
    home = page_at("/")
    if home is not None:
        _remove_tree(home)
    for model in (ClinicSettings, Navigation, Announcement):
        model.objects.filter(site__is_default_site=True).delete()
    Workflow.objects.filter(name=frame.REVIEW).delete()
    keys = list(data.bibliography())
    CitationRelation.objects.filter(citation__key__in=keys, related__key__in=keys).delete()
    Citation.objects.filter(key__in=keys).update(successor=None)
    _remove(say, Citation.objects.filter(key__in=keys))
    topics = [topic["slug"] for root in data.read("topics") for topic in (*root.get("children", ()), root)]
    for slug in topics:
        _remove(say, Topic.objects.filter(slug=slug))
    _remove(say, EligibilityCriterion.objects.filter(key__in=[row["key"] for row in _criteria()]))
    _remove(say, Person.objects.filter(slug__in=[row["slug"] for row in data.read("people")]))
    get_user_model().objects.filter(username__in=[row["username"] for row in data.read("users")]).delete()
    say("The demo was removed.")


def _criteria() -> list[dict[str, str]]:
    return [row for rows in data.read("eligibility").values() for row in rows]


def _remove_tree(home: Page) -> None:
    """Delete the home page with everything under it; its site goes with it."""
    home.delete()


def _remove(say: Say, rows: models.QuerySet[Any]) -> None:
    """Delete row by row, keeping what other content still uses."""
    for row in rows:
        try:
            with transaction.atomic():
                row.delete()
        except (models.ProtectedError, models.RestrictedError):
            say(f"Kept, because other content uses it: {row}")
