"""Seeding the demo, stage by stage, each in one transaction; and taking it away again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models, transaction
from wagtail.models import ReferenceIndex, Site, Workflow

from clinic.demo import accounts, data, frame, intake, library
from clinic.demo.addresses import page_at
from clinic.demo.tree import Tree
from pages.models import (
    Announcement,
    ClinicSettings,
    EligibilityCriterion,
    HomePage,
    Navigation,
    Person,
)
from research.models import Citation, CitationRelation, Topic

Say = Callable[[str], None]


@contextmanager
def quiet_logs() -> Iterator[None]:
    """Keep a line for every indexed object out of the way of the progress; warnings still show."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)


class AnotherSiteError(Exception):
    """There is a site already, and it is not the demo."""


def is_demo() -> bool:
    """Whether this database holds the demo: a home page, and at least one of the demo's log-ins.

    A clinic of one's own has an `admin`, too; the demo's mail addresses nobody has.
    """
    return page_at("/") is not None and _log_ins().exists()


def _log_ins() -> models.QuerySet[Any]:
    known = models.Q()
    for row in data.read("users"):
        known |= models.Q(username=row["username"], email=row["email"])
    return get_user_model()._default_manager.filter(known)


def _refuse_another_site() -> None:
    if HomePage.objects.exists() and not is_demo():
        raise AnotherSiteError


def seed(say: Say) -> None:
    """Make whatever of the demo is missing and leave everything else as people made it.

    Raises AnotherSiteError, having done nothing, where somebody keeps a site of their own.
    """
    _refuse_another_site()

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
    stage("Site address", lambda: frame.seed_site_address(site))
    stage("Clinic settings", lambda: frame.seed_settings(site))
    stage("Navigation", lambda: frame.seed_navigation(site))
    stage("Promoted search results", frame.seed_promoted)
    stage("Medical review", frame.seed_medical_review)
    stage("Fictional submissions", intake.seed_submissions)


class SubmissionsInTheWayError(Exception):
    """People sent in forms that would be lost. Carries how many."""


@transaction.atomic
def remove(say: Say, *, also_submissions: bool = False) -> None:
    """Take away everything the demo made, changed since or not, and every page under its home page.

    A citation, topic or person of the demo that other content uses stays. Raises SubmissionsInTheWayError when
    people sent in forms, unless these may go too, and AnotherSiteError where somebody keeps a site of their own.
    """
    _refuse_another_site()
    if left := intake.remove_submissions(also_others=also_submissions):
        raise SubmissionsInTheWayError(left)
    home = page_at("/")
    if home is not None:
        home.delete()
    for model in (ClinicSettings, Navigation, Announcement):
        model.objects.filter(site__is_default_site=True).delete()
    Workflow.objects.filter(name=frame.REVIEW).delete()
    keys = list(data.bibliography())
    citations = Citation.objects.filter(key__in=keys)
    CitationRelation.objects.filter(citation__in=citations, related__in=citations).delete()
    citations.update(successor=None)
    for citation in citations:  # what the demo's records say of one another must not keep them
        ReferenceIndex.remove_for_object(citation)
    _remove(say, citations)
    topics = [topic["slug"] for root in data.read("topics") for topic in (*root.get("children", ()), root)]
    for slug in topics:
        _remove(say, Topic.objects.filter(slug=slug))
    _remove(say, EligibilityCriterion.objects.filter(key__in=[row["key"] for row in _criteria()]))
    _remove(say, Person.objects.filter(slug__in=[row["slug"] for row in data.read("people")]))
    _log_ins().delete()
    say("The demo was removed.")


def _criteria() -> list[dict[str, str]]:
    return [row for rows in data.read("eligibility").values() for row in rows]


def _remove(say: Say, rows: models.QuerySet[Any]) -> None:
    """Delete row by row, keeping what other content still uses."""
    for row in rows:
        try:
            with transaction.atomic():
                row.delete()
        except (models.ProtectedError, models.RestrictedError):
            say(f"Kept, because other content uses it: {row}")
