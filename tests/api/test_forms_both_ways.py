"""The page and the API, side by side: the same answers have the same outcome, or the same errors."""

from __future__ import annotations

import html
import random
import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from forms.models import Submission
from research.models import Topic
from tests.api.asking import send
from tests.forms.build import general_page, referral_page, token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_forms")]

FIELDS: list[dict[str, Any]] = [
    {"label": "Name", "field_type": "singleline", "meaning": "contact_name"},
    {"label": "Phone", "field_type": "phone", "meaning": "contact_phone"},
    {"label": "Mail", "field_type": "email", "required": False},
    {"label": "Site", "field_type": "url", "required": False},
    {"label": "Count", "field_type": "number", "required": False},
    {"label": "Npi", "field_type": "npi", "required": False},
    {"label": "Day", "field_type": "date", "required": False},
    {"label": "Born", "field_type": "birthdate"},
    {"label": "Place", "field_type": "dropdown", "choices": "North\nSouth", "required": False},
    {"label": "Urgency", "field_type": "radio", "choices": "Routine\nSoon\nUrgent", "meaning": "urgency"},
    {"label": "Why", "field_type": "multiline", "condition_field": "Urgency", "condition_value": "Urgent"},
    {"label": "Days", "field_type": "checkboxes", "choices": "Mon\nTue\nWed", "required": False},
    {"label": "Reason", "field_type": "topics", "meaning": "topic"},
    {"label": "List", "field_type": "eligibility", "required": False},
    {"label": "Ring", "field_type": "checkbox", "required": False},
    {"label": "Agree", "field_type": "consent", "wording": "Yes, you may."},
]
TEXTS = [
    "",
    " ",
    "Ada",
    "a" * 300,
    "kill myself",
    "José  Ñ",
    "=HYPERLINK(1)",
    "<b>x</b>",
    "a\u202eb",
    "line\nline",
    "0",
]
VALUES: dict[str, list[Any]] = {
    "name": TEXTS,
    "phone": ["760 555 0142", "+44 20 7946 0958", "12", "phone", "", "(760) 555-0143"],
    "mail": ["", "a@b.example", "a@b", "a@b.example\nBcc: c@d.example", "A@B.EXAMPLE"],
    "site": ["", "example.com", "https://example.com/a?b=c", "javascript:alert(1)", "http://"],
    "count": ["", "1", "1,200", "1.5", "1e3", "twelve", "-7"],
    "npi": ["", "1234567893", "1234567890", "123"],
    "day": ["", "2026-02-28", "2026-02-30", "2/3/2026", "soon"],
    "born": ["1962-03-27", "3 27 1962", "", "2999-01-01", "1850-01-01", "27 3 1962"],
    "place": ["", "North", "South", "West"],
    "urgency": ["Routine", "Soon", "Urgent", "", "Never"],
    "why": [*TEXTS, "It gets worse.", "It gets worse."],
    "days": [[], ["Mon"], ["Wed", "Mon"], ["Sun"]],
    "reason": [["ptsd"], [], ["ptsd", "nonsense"]],
    "list": [[], ["ptsd"], ["current-mania"], ["ptsd", "current-mania"], ["nonsense"]],
    "ring": [True, False],
    "agree": [True, True, True, False],
}
LIKELY = {
    "name": "Ada",
    "phone": "760 555 0142",
    "born": "1962-03-27",
    "urgency": "Urgent",
    "why": "It gets worse.",
    "mail": "a@b.example",
    "site": "example.com",
    "count": "1,200",
    "npi": "1234567893",
    "day": "2026-02-28",
    "place": "North",
    "days": ["Wed", "Mon"],
    "reason": ["ptsd"],
    "list": ["ptsd"],
    "agree": True,
}


def cases(count: int) -> list[dict[str, Any]]:
    """Answers that are mostly good and go wrong in a few places each, the same every time."""
    chance = random.Random(20140624)
    made = []
    for number in range(count):
        answers = {key: chance.choice(values) for key, values in VALUES.items()}
        for key, value in LIKELY.items():
            if chance.random() < 0.92:
                answers[key] = value
        for key in VALUES:
            if chance.random() < 0.02:
                del answers[key]
        if answers.get("name", "").strip() == "Ada":
            answers["name"] = f"Ada {number}"  # everybody is somebody else
        made.append(answers)
    return made


def shown_errors(response: Any) -> set[tuple[str, str]]:
    """The error summary of a form page: field key and message."""
    summary = re.search(r'<div class="errors?[^>]*>.*?</ul>', response.content.decode(), re.DOTALL)
    text = summary[0] if summary else response.content.decode()
    return {(key, html.unescape(message)) for key, message in re.findall(r'<a href="#id_(\w+)[^"]*">([^<]*)</a>', text)}


def outcome(submission: Submission) -> dict[str, Any]:
    """What the desk would see of a submission."""
    return {
        "answers": submission.answers,
        "urgency": submission.urgency,
        "screening": submission.screening,
        "crisis": submission.crisis,
        "spam": submission.spam,
        "consents": [(one["key"], one["wording"], one["given"]) for one in submission.consents],
        "deliveries": sorted(submission.deliveries.values_list("kind", flat=True)),
    }


@pytest.mark.any_database
def test_the_same_200_cases_end_the_same_on_the_page_and_through_the_api(client: Client, settings: Settings) -> None:
    settings.FORMS_REFUSE_AFTER = settings.FORMS_QUARANTINE_AFTER = 10_000
    Topic.objects.get_or_create(slug="ptsd", defaults={"name": "PTSD"})
    referral_page()  # makes the criteria
    rules = [{"recipients": "intake@clinic.example"}, {"recipients": "lead@clinic.example", "when": "urgent"}]
    by_page = general_page(FIELDS, "by-page", rules=rules)
    by_api = general_page(FIELDS, "by-api", rules=rules)
    stored = 0
    for number, answers in enumerate(cases(200)):
        posted = {key: ("yes" if value is True else value) for key, value in answers.items() if value is not False}
        shown = client.post("/by-page/", posted | {"form-token": token(by_page)})
        sent = send(client, answers, "/api/v3/forms/by-api/", key=f"case-number-{number}")
        if shown.status_code == 303:
            assert sent.status_code == 201, (answers, sent.content)
            one, other = (
                Submission.objects.filter(page_id=page.pk).order_by("-received_at")[0] for page in (by_page, by_api)
            )
            assert outcome(one) == outcome(other), answers
            stored += 1
        else:
            assert (shown.status_code, sent.status_code) == (422, 422), answers
            errors = {(error["loc"][-1], error["msg"]) for error in sent.json()["errors"]}
            assert errors == shown_errors(shown), answers
    assert 20 < stored < 180  # the cases try both ways
