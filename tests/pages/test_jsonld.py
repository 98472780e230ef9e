"""Structured data: what every type of page says of itself, checked against schema.org's vocabulary."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import pytest
from django.test import Client

from pages import jsonld
from pages.frame import Hours
from pages.models import ConditionPage, Person
from tests.pages.schema_org import problems

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture
def clinic(whole_site: None) -> None:
    Person.objects.update(name="Rae Example", role="Medical director", credentials="MD")


def documents(client: Client, address: str) -> list[dict[str, Any]]:
    response = client.get(address)
    assert response.status_code == 200
    return [json.loads(block) for block in BLOCK.findall(response.content.decode())]


def nodes(client: Client, address: str) -> dict[str, dict[str, Any]]:
    """The nodes of an address by their type."""
    found = [node for document in documents(client, address) for node in document.get("@graph", [document])]
    return {node["@type"]: node for node in found}


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/conditions/",
        "/conditions/condition-0/",
        "/professionals/",
        "/research/",
        "/research/condition-0-0-a/",
        "/faq/",
        "/questions/",
        "/contact/",
        "/team/",
        "/privacy/",
    ],
)
def test_everything_said_is_in_the_vocabulary(client: Client, clinic: None, address: str) -> None:
    found = documents(client, address)
    assert found
    for document in found:
        assert problems(document) == []


def test_the_checker_knows_what_is_wrong() -> None:
    def said(**node: Any) -> str:
        return " ".join(problems({"@context": "https://schema.org", "@graph": [node]}))

    assert said(**{"@type": "MedicalWebPage", "lastReviewed": "2026-03-01"}) == ""
    assert "no such type" in said(**{"@type": "MedicalPage"})
    assert "no such property" in said(**{"@type": "WebPage", "reviewer": "Rae"})
    assert "belongs to" in said(**{"@type": "Person", "lastReviewed": "2026-03-01"})
    assert "none of" in said(**{"@type": "WebPage", "lastReviewed": "March"})
    assert "not one of" in said(**{"@type": "WebPage", "reviewedBy": {"@type": "Question", "name": "Who?"}})
    assert "superseded" in said(**{"@type": "MedicalWebPage", "aspect": "treatment"})
    assert "nowhere" in said(**{"@type": "WebPage", "about": {"@id": "#gone"}})
    assert "empty" in said(**{"@type": "MedicalCondition", "signOrSymptom": []})


def test_a_condition_page_says_who_reviewed_it_and_its_signs(client: Client, clinic: None) -> None:
    found = nodes(client, "/conditions/condition-0/")
    page = found["MedicalWebPage"]
    assert page["reviewedBy"]["name"] == "Rae Example"
    assert page["reviewedBy"]["honorificSuffix"] == "MD"
    assert page["lastReviewed"] == "2026-03-01"
    assert [sign["name"] for sign in found["MedicalCondition"]["signOrSymptom"]] == ["Sign 0", "Sign 1"]
    questions = found["FAQPage"]["mainEntity"]
    assert (questions[0]["name"], questions[0]["acceptedAnswer"]["text"]) == ("Question 0?", "Yes.")
    trail = found["BreadcrumbList"]["itemListElement"]
    assert [step["name"] for step in trail] == ["Home", "Conditions", "CONDITION-0"]
    assert [step["position"] for step in trail] == [1, 2, 3]


def test_no_review_is_claimed_that_did_not_happen(client: Client, clinic: None) -> None:
    Person.objects.update(demo=True)
    assert "reviewedBy" not in nodes(client, "/conditions/condition-0/")["MedicalWebPage"]
    ConditionPage.objects.update(reviewer=None, reviewed_on=None)
    page = nodes(client, "/conditions/condition-0/")["MedicalWebPage"]
    assert "reviewedBy" not in page and "lastReviewed" not in page


@pytest.mark.parametrize(("first", "last", "days"), [(1, 5, [1, 2, 3, 4, 5]), (6, 1, [6, 7, 1]), (3, 3, [3])])
def test_a_run_of_days_may_go_over_the_end_of_the_week(first: int, last: int, days: list[int]) -> None:
    assert Hours(first, last, datetime.time(8), datetime.time(17)).days == days


def test_the_clinic_says_its_hours(client: Client, clinic: None) -> None:
    found = nodes(client, "/")["MedicalClinic"]
    assert found["openingHoursSpecification"] == [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": [f"https://schema.org/{day}" for day in jsonld.DAYS[:5]],
            "opens": "08:00",
            "closes": "17:00",
        }
    ]
    assert found["telephone"] == "+17605550142"
    assert nodes(client, "/")["WebSite"]["name"] == "Test Clinic"


def test_pages_of_questions_contact_team_and_law_say_what_they_are(client: Client, clinic: None) -> None:
    asked = nodes(client, "/questions/")["FAQPage"]["mainEntity"]
    assert [(one["name"], one["acceptedAnswer"]["text"]) for one in asked][:2] == [
        ("Can I drive?", "No."),
        ("Is it over?", "Yes."),
    ]
    (contact,) = documents(client, "/contact/")
    said = {node["@type"]: node for node in reversed(contact["@graph"])}
    assert said["ContactPage"]["mainEntity"] == {"@id": said["MedicalClinic"]["@id"]}
    assert "https://maps.example/?q=clinic" in [node.get("hasMap") for node in contact["@graph"]]
    (team,) = documents(client, "/team/")
    assert [person["name"] for node in team["@graph"] for person in node.get("employee", ())] == ["Rae Example"]
    assert nodes(client, "/privacy/")["WebPage"]["dateModified"] == "2026-01-05"


def test_a_work_is_described_as_a_scholarly_article(client: Client, clinic: None) -> None:
    assert {"ScholarlyArticle", "MedicalScholarlyArticle"} & set(nodes(client, "/research/condition-0-0-a/"))


def test_nothing_typed_can_end_the_block(client: Client, clinic: None) -> None:
    nasty = "</script><script>alert(1)</script><!-- \u2028 & \"'"
    ConditionPage.objects.filter(slug="condition-0").update(title=nasty, seo_title=nasty, summary=nasty)
    body = client.get("/conditions/condition-0/").content.decode()
    assert "<script>alert" not in body
    assert nodes(client, "/conditions/condition-0/")["MedicalCondition"]["name"] == nasty


def test_dates_are_the_editors_own(client: Client, clinic: None) -> None:
    ConditionPage.objects.update(last_changed=datetime.date(2026, 4, 5))
    assert nodes(client, "/conditions/condition-0/")["MedicalWebPage"]["dateModified"] == "2026-04-05"
