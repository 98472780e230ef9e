"""A clinic of one's own: the pages and settings every site needs, empty enough to be filled."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Site

from clinic.demo import data, frame, intake
from clinic.demo.builders import make_default_site
from clinic.roles import setup_roles
from forms.building.kinds import Kind
from forms.models import CallRequestPage, FormPage, ReferralPage
from pages.models import (
    ClinicSettings,
    ConditionIndexPage,
    ContactPage,
    CrisisLine,
    FaqPage,
    HomePage,
    LegalPage,
    ProfessionalsPage,
    ResearchPage,
    TeamPage,
)

#: Pages that a site needs from the first day, with a first sentence to replace. All but the home page are drafts.
DRAFTS: tuple[tuple[type[Page], str, str, dict[str, str]], ...] = (
    (ConditionIndexPage, "conditions", "Conditions", {"introduction": "The conditions we treat."}),
    (ResearchPage, "research", "Research & Science", {"summary": "The studies behind our pages."}),
    (ProfessionalsPage, "professionals", "For Professionals", {"summary": "What a referring clinician needs to know."}),
    (TeamPage, "about", "About us", {"summary": "Who we are."}),
    (FaqPage, "faq", "Questions people ask", {"summary": "Short answers to what people ask us most."}),
    (ContactPage, "contact", "Contact", {"summary": "How to reach us."}),
    (LegalPage, "privacy", "Privacy notice", {"summary": "What we store, and who can read it."}),
    (
        LegalPage,
        "accessibility",
        "Accessibility",
        {"summary": "How to use this site, and whom to tell about a problem."},
    ),
)


#: Forms that a site needs, the setting that points to each, and the form of the demo whose questions it starts with.
FORMS: tuple[tuple[type[FormPage], str, str], ...] = (
    (CallRequestPage, "call_page", "/schedule-a-call/"),
    (ReferralPage, "referral_page", "/refer-a-patient/"),
)


class NotEmptyError(Exception):
    """There is a site already; its pages are not touched."""


@transaction.atomic
def start(name: str) -> Site:
    """Make the home page, drafts of the pages and forms a site needs, crisis lines and roles.

    Raises NotEmptyError when a home page exists.
    """
    if HomePage.objects.exists():
        raise NotEmptyError
    setup_roles()
    home = HomePage(title=name, slug="clinic", promise=f"Welcome to {name}", lede="Say here what the clinic does.")
    home.live = False
    Page.objects.get(depth=1).add_child(instance=home)
    home.save_revision().publish()
    site = make_default_site(home, name)
    for model, slug, title, fields in DRAFTS:
        page = model(title=title, slug=slug, live=False, **fields)
        if isinstance(page, LegalPage):
            page.in_force_since = timezone.localdate()
        home.add_child(instance=page)
        page.save_revision()

    frame.seed_site_address(site)
    clinic = ClinicSettings.for_site(site)
    for model, setting, address in FORMS:
        setattr(clinic, setting, Page.objects.get(pk=_form(model, address, home, name).pk))
    clinic.name = name
    lines = data.read("clinic")["crisis_lines"]
    clinic.crisis_lines = [CrisisLine(sort_order=order, **row) for order, row in enumerate(lines)]
    clinic.save()
    frame.seed_medical_review()
    return site


def _form(model: type[FormPage], address: str, home: HomePage, name: str) -> FormPage:
    """A draft of a form with the demo's questions, and nobody told yet.

    Questions whose choices are kept elsewhere (topics, criteria) would be empty in an empty clinic: editors add them
    when there are some.
    """
    content = data.pages()[address]
    page = model(title=content["title"], slug=content["slug"], live=False)
    home.add_child(instance=page)
    intake.fill_form(page, address)
    questions = [row for row in page.form_fields.all() if row.field_type not in (Kind.TOPICS, Kind.ELIGIBILITY)]
    for question in questions:
        question.wording = question.wording.replace(data.read("clinic")["name"], name)
    page.form_fields.set(questions)
    page.notification_rules.set([])
    page.save()
    page.save_revision()
    return page
