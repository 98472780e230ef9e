"""What frames every page of the demo: clinic settings, navigation, announcement, eligibility list, medical review."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.models import GroupApprovalTask, Page, Site, Workflow, WorkflowPage, WorkflowTask

from clinic.demo import data
from clinic.demo.addresses import page_at
from clinic.demo.builders import make_criterion
from clinic.roles import CLINICIANS
from pages.models import (
    Announcement,
    ClinicSettings,
    ConditionIndexPage,
    CrisisLine,
    EligibilityCriterion,
    FooterLink,
    HeaderLink,
    Navigation,
    OpeningHours,
)

REVIEW = "Medical review"


def seed_settings(site: Site) -> bool:
    """Fill in the settings of a site that has none of its own yet; returns whether it did."""
    content = data.read("clinic")
    settings = ClinicSettings.for_site(site)
    if settings.name != ClinicSettings._meta.get_field("name").get_default():
        return False
    for name, value in content.items():
        if name in ("opening_hours", "crisis_lines"):
            continue
        if name in ("call_page", "referral_page"):
            page = page_at(value)
            setattr(settings, name, Page.objects.get(pk=page.pk) if page else None)
        elif hasattr(settings, name):
            setattr(settings, name, value)
    settings.opening_hours = [
        OpeningHours(
            sort_order=order,
            first_day=row["first_day"],
            last_day=row["last_day"],
            opens=datetime.time.fromisoformat(row["opens"]),
            closes=datetime.time.fromisoformat(row["closes"]),
        )
        for order, row in enumerate(content["opening_hours"])
    ]
    settings.crisis_lines = [CrisisLine(sort_order=order, **row) for order, row in enumerate(content["crisis_lines"])]
    settings.full_clean()
    settings.save()

    announcement = Announcement.for_site(site)
    announcement.text = content["announcement"]["text"]
    announcement.link_page = _page(content["announcement"]["link_page"])
    announcement.save()
    return True


def seed_site_address(site: Site) -> bool:
    """Give a site that still has Wagtail's first address the one that BASE_URL names; returns whether it did.

    Canonical addresses, the site map and links in mails are made from it.
    """
    address = urlsplit(django_settings.BASE_URL)
    if (site.hostname, site.port) != ("localhost", 80) or not address.hostname:
        return False
    site.hostname = address.hostname
    site.port = address.port or (443 if address.scheme == "https" else 80)
    site.save()
    return True


def seed_promoted() -> int:
    """Put pages first for the words of the data file that have no pick yet; returns for how many words."""
    made = 0
    for pick in data.read("clinic")["promoted"]:
        page = _page(pick["page"])
        for words in pick["words"] if page else ():
            query = Query.get(words)
            if not query.editors_picks.exists():
                SearchPromotion.objects.create(query=query, page=page, description=pick["description"])
                made += 1
    return made


def seed_navigation(site: Site) -> bool:
    """Fill in a navigation that is empty; returns whether it did."""
    content = data.read("clinic")
    navigation = Navigation.for_site(site)
    if navigation.header_links.exists() or navigation.footer_links.exists():
        return False
    navigation.header_links = list(_links(HeaderLink, content["header"]))
    navigation.footer_links = [
        link for column, rows in content["footer"].items() for link in _links(FooterLink, rows, column=column)
    ]
    navigation.save()
    return True


def seed_criteria() -> int:
    """Make the eligibility criteria that are missing; returns how many."""
    before = EligibilityCriterion.objects.count()
    for kind, rows in data.read("eligibility").items():
        for order, row in enumerate(rows):
            make_criterion(row["key"], kind=kind, text=row["text"], note=row["note"], sort_order=order)
    return EligibilityCriterion.objects.count() - before


def seed_medical_review() -> bool:
    """A workflow in which a clinician approves condition pages; returns whether it was made.

    It takes the place of the moderation that Wagtail sets up, and of the two groups that come with it.
    """
    Group.objects.filter(name__in=("Editors", "Moderators"), user=None).delete()
    if Workflow.objects.filter(name=REVIEW).exists():
        return False
    task = GroupApprovalTask.objects.create(name=REVIEW)
    task.groups.set(Group.objects.filter(name=CLINICIANS))
    workflow = Workflow.objects.create(name=REVIEW)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    for stock in Workflow.objects.filter(name="Moderators approval"):
        stock.deactivate()
    for index in ConditionIndexPage.objects.all():
        WorkflowPage.objects.get_or_create(page=Page.objects.get(pk=index.pk), defaults={"workflow": workflow})
    return True


def _links(model: type[Any], rows: Iterable[Mapping[str, str]], **fields: Any) -> Iterable[Any]:
    for order, row in enumerate(rows):
        if page := _page(row["page"]):
            yield model(page=page, text=row["text"], sort_order=order, **fields)


def _page(address: str) -> Page | None:
    page = page_at(address)
    return Page.objects.get(pk=page.pk) if page else None
