"""Builders of form pages, people and requests for tests of forms."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission, User
from wagtail.models import Page, Site

from forms.models import (
    CallRequestPage,
    FormField,
    FormPage,
    FormStep,
    GeneralFormPage,
    NotificationRule,
    ReferralPage,
)
from forms.receiving.tokens import new_form_token
from pages.models import EligibilityCriterion, HomePage
from research.models import Topic

ANSWERS = {
    "your_name": "Ada Canary Lovelace",
    "phone_number": "760 555 0142",
    "best_time": "Morning",
    "anything_else": "Please ring twice.",
    "consent": "yes",
}
REFERRAL = {
    1: {"referrer": "Dr. Grace Hopper", "npi": "1234567893", "your_phone": "(760) 555-0143"},
    2: {"patient": "Rosalind Example", "born-month": "3", "born-day": "27", "born-year": "1962"},
    3: {
        "reason": ["ptsd"],
        "checklist": ["ptsd"],
        "urgency": "Urgent",
        "why_urgent": "Symptoms worsen",
        "agree": "yes",
    },
}


def home() -> HomePage:
    """The home page of the default site, made once."""
    found = HomePage.objects.first()
    if found is not None:
        return found
    page = HomePage(title="Home", slug="clinic-home", promise="Care", lede="A clinic.")
    Page.objects.get(depth=1).add_child(instance=page)
    site = Site.objects.get(is_default_site=True)
    site.root_page = page
    site.save()
    return page


def add_page(model: type[FormPage], slug: str, fields: list[dict[str, Any]], **extra: Any) -> Any:
    """A live form page with its rows; ``steps`` and ``rules`` in ``extra`` become rows, too."""
    steps, rules = extra.pop("steps", ()), extra.pop("rules", ())
    if (known := model.objects.filter(slug=slug).first()) is not None:
        return known
    page = model(title=extra.pop("title", slug.replace("-", " ").capitalize()), slug=slug, **extra)
    for place, row in enumerate(fields):
        page.form_fields.add(FormField(sort_order=place, **row))
    for place, title in enumerate(steps):
        page.steps.add(FormStep(sort_order=place, title=title))
    for place, rule in enumerate(rules):
        page.notification_rules.add(NotificationRule(sort_order=place, **rule))
    home().add_child(instance=page)
    return page


def call_page(**extra: Any) -> CallRequestPage:
    """A form on one page."""
    return add_page(
        CallRequestPage,
        extra.pop("slug", "schedule-a-call"),
        [
            {"label": "Your name", "field_type": "singleline", "meaning": "contact_name", "autocomplete": "name"},
            {"label": "Phone number", "field_type": "phone", "meaning": "contact_phone", "autocomplete": "tel"},
            {"label": "E-mail", "field_type": "email", "required": False, "meaning": "contact_email"},
            {
                "label": "Best time",
                "field_type": "radio",
                "choices": "Morning | 8 to 11\nMidday | 11 to 2\nAfternoon | 2 to 5",
                "meaning": "preferred_time",
                "required": False,
            },
            {"label": "Anything else", "field_type": "multiline", "required": False},
            {"label": "Consent", "field_type": "consent", "wording": "The clinic may contact me about this request."},
        ],
        **{"rules": [{"recipients": "intake@clinic.example"}], "submit_label": "Ask for a call", **extra},
    )


def referral_page(**extra: Any) -> ReferralPage:
    """A form in three steps and a check, with checklist, condition and upload."""
    for slug, name in (("depression", "Depression"), ("ptsd", "PTSD")):
        Topic.objects.get_or_create(slug=slug, defaults={"name": name})
    for kind, key, text in (
        ("inclusion", "ptsd", "Post-traumatic stress disorder"),
        ("exclusion", "current-mania", "A current manic phase"),
    ):
        EligibilityCriterion.objects.get_or_create(key=key, defaults={"kind": kind, "text": text})
    return add_page(
        ReferralPage,
        "refer-a-patient",
        [
            {"label": "Referrer", "field_type": "singleline", "meaning": "contact_name"},
            {"label": "NPI", "field_type": "npi", "required": False},
            {"label": "Your phone", "field_type": "phone", "meaning": "contact_phone"},
            {"label": "Patient", "field_type": "singleline", "meaning": "patient_name", "step": 2},
            {"label": "Born", "field_type": "birthdate", "meaning": "patient_birth_date", "step": 2},
            {"label": "Reason", "field_type": "topics", "meaning": "topic", "step": 3},
            {"label": "Checklist", "field_type": "eligibility", "required": False, "step": 3},
            {
                "label": "Urgency",
                "field_type": "radio",
                "choices": "Routine\nSoon\nUrgent",
                "meaning": "urgency",
                "step": 3,
            },
            {
                "label": "Why urgent",
                "field_type": "multiline",
                "condition_field": "Urgency",
                "condition_value": "Urgent",
                "step": 3,
            },
            {"label": "Letter", "field_type": "file", "required": False, "step": 3},
            {"label": "Agree", "field_type": "consent", "wording": "My patient agrees.", "step": 3},
        ],
        **{
            "steps": ["About you", "About your patient", "Clinical details"],
            "rules": [
                {"recipients": "intake@clinic.example"},
                {"recipients": "lead@clinic.example", "when": "urgent"},
                {"recipients": "ptsd@clinic.example", "when": "answer", "field": "Reason", "value": "ptsd"},
            ],
            **extra,
        },
    )


def general_page(fields: list[dict[str, Any]], slug: str = "survey", **extra: Any) -> GeneralFormPage:
    """A form with any fields."""
    return add_page(GeneralFormPage, slug, fields, **extra)


def answers(page: FormPage, *, age: float = 60, **changes: Any) -> dict[str, Any]:
    """What a browser posts for the call form, rendered ``age`` seconds ago."""
    return {**ANSWERS, "form-token": token(page, age=age), **changes}


def token(page: FormPage, *, age: float = 60) -> str:
    """A form token made ``age`` seconds ago."""
    from unittest import mock

    import forms.receiving.tokens

    real = forms.receiving.tokens.time.time
    with mock.patch.object(forms.receiving.tokens.time, "time", lambda: real() - age):
        return new_form_token(page.pk)


def person(name: str, *, group: str = "", intake: bool = False, superuser: bool = False) -> User:
    """Somebody who may log in to the admin, with the intake permission or without."""
    user = User.objects.create_user(name, f"{name}@clinic.example", "secret-" + name, is_superuser=superuser)
    user.user_permissions.add(Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin"))
    if group:
        user.groups.add(Group.objects.get_or_create(name=group)[0])
    if intake:
        user.user_permissions.add(Permission.objects.get(codename="handle_submissions"))
    return user
