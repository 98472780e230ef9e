"""What each role does on the demo clinic, through the admin's own pages, and what visitors see of it."""

import html

import pytest
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import reverse
from wagtail.blocks import StreamValue
from wagtail.test.utils.form_data import nested_form_data, querydict_from_html, rich_text, streamfield

from clinic.demo.addresses import page_at
from forms.models import FormPage, Submission
from pages.models import ConditionFact, ConditionPage
from research.models import Citation, Topic
from tests.demo.people import log_in

pytestmark = pytest.mark.django_db


def read(address: str) -> str:
    response = Client().get(address)
    assert response.status_code == 200, address
    return html.unescape(response.content.decode())


def page_form(client: Client, page: ConditionPage) -> tuple[str, QueryDict]:
    """The address of a page's editor and what its form would post."""
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = querydict_from_html(client.get(address).content.decode(), form_id="page-edit-form")
    for name in [name for name in data if name.endswith("-draft")]:
        data[name] = "on"  # what a browser sends for a ticked box
    # The browser's script draws the streams; here they are put in as they are.
    streams = {
        name: streamfield(
            [
                (block.block_type, {"label": block.value["label"], "text": rich_text(block.value["text"].source)})
                for block in getattr(page, name)
            ]
        )
        for name in ("at_a_glance", "who_it_may_suit")
    }
    data.update(nested_form_data({**streams, "body": streamfield([_block(block) for block in page.body])}))
    return address, data


def _block(block: StreamValue.StreamChild) -> tuple[str, object]:
    return (block.block_type, block.value if block.block_type == "heading" else rich_text(block.value.source))


def _errors(response: HttpResponse) -> object:
    """What a refused form says, with its rows."""
    form = response.context["form"]  # type: ignore[attr-defined]
    return form.errors, {name: rows.errors for name, rows in getattr(form, "formsets", {}).items()}


def fact_field(data: QueryDict, fact: ConditionFact, name: str) -> str:
    """The name of a fact's field in a posted editor."""
    count = int(data["facts-TOTAL_FORMS"])
    row = next(n for n in range(count) if data.get(f"facts-{n}-id") == str(fact.pk))
    return f"facts-{row}-{name}"


def test_marketing_changes_a_fact_and_a_visitor_sees_it() -> None:
    page = ConditionPage.objects.get(slug="ptsd")
    fact = page.facts.get(figure="24 hours")
    marketing = log_in("marketing")
    address, data = page_form(marketing, page)
    data[fact_field(data, fact, "statement")] = "is when one trial measured. Nobody knows yet how long it lasts."
    data["action-publish"] = "1"

    response = marketing.post(address, data)

    assert response.status_code == 302, _errors(response)
    assert "Nobody knows yet how long it lasts." in read("/conditions/ptsd/")


def test_a_fact_without_a_source_is_not_published() -> None:
    page = ConditionPage.objects.get(slug="depression")
    draft = page.facts.get(figure="16 million")
    marketing = log_in("marketing")
    address, data = page_form(marketing, page)
    del data[fact_field(data, draft, "draft")]
    data["action-publish"] = "1"

    response = marketing.post(address, data, follow=True)

    assert "16 million" in html.unescape(response.content.decode())  # nothing typed is lost
    assert "16 million" not in read("/conditions/depression/")
    assert page.facts.get(pk=draft.pk).draft


def test_a_clinician_adds_a_study_and_the_condition_page_shows_it() -> None:
    clinician = log_in("clinician")
    address = reverse(Citation.snippet_viewset.get_url_name("add"))
    form = clinician.get(address).content.decode()
    data = next(
        found
        for index in range(form.count("<form"))
        if "title" in (found := querydict_from_html(form, form_index=index)) and "key" in found
    )
    data.update(
        {
            "key": "sample-2026-ptsd",
            "kind": "journal-article",
            "title": "A fictional trial for this test",
            "authors": "Sample, A",
            "issued_year": "2026",
            "study_design": "rct",
            "species": "human",
            "headline": "Symptoms were the same in both groups",
            "finding": "50 of 100 in each group.",
            "limits": "It is fictional.",
            "status": "current",
            "verified_on": "2026-01-05",
            "topics-TOTAL_FORMS": "1",
            "topics-0-topic": str(Topic.objects.get(slug="ptsd").pk),
            "topics-0-finding": "no-benefit",
            "topics-0-ORDER": "1",
            "action-publish": "1",
        }
    )

    response = clinician.post(address, data)

    assert response.status_code == 302, _errors(response)
    assert Citation.objects.published().filter(key="sample-2026-ptsd").exists()
    assert "Symptoms were the same in both groups" in read("/conditions/ptsd/")
    assert "Symptoms were the same in both groups" in read("/research/?topic=ptsd")


def test_a_call_request_reaches_the_intake_desk_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forms.receiving.spam.FASTEST", 0)  # a test fills in the form faster than any person
    before = set(Submission.objects.values_list("pk", flat=True))
    form = page_at("/schedule-a-call/")
    assert isinstance(form, FormPage)
    keys = {field.label: field.key for field in form.definition().fields}
    visitor = Client()
    page = visitor.get("/schedule-a-call/").content.decode()
    forms = [querydict_from_html(page, form_index=index) for index in range(page.count("<form"))]
    data = next(form for form in forms if any("token" in name for name in form))
    for label, answer in {
        "Your name": "Robin Canary",
        "How should we reach you?": "E-mail",
        "E-mail address": "robin@visitor.example",
        "Consent to be contacted": "yes",
    }.items():
        data[keys[label]] = answer

    response = visitor.post("/schedule-a-call/", data)

    assert response.status_code == 303, response.content[:500]
    sent = Submission.objects.exclude(pk__in=before).get()
    assert sent.reference in visitor.get(response["Location"]).content.decode()

    desk = reverse("intake:index")
    assert sent.reference in log_in("intake").get(desk).content.decode()
    for other in ("marketing", "clinician", "admin"):
        refused = log_in(other).get(desk)
        assert refused.status_code in (302, 403, 404), other
        assert sent.reference not in refused.content.decode(), other


def test_the_api_gives_every_page_of_the_site() -> None:
    client = Client()
    listed = client.get("/api/v3/sitemap/?limit=100").json()
    assert listed["count"] == len(listed["items"]) > 20
    for page in listed["items"]:
        answer = client.get(f"/api/v3/pages/{page['id']}/")
        assert answer.status_code == 200, page
        assert answer.json()["type"] == page["type"]
