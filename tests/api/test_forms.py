"""Forms through the API: one definition, one way in, the same outcome as the page."""

from __future__ import annotations

import datetime
import html
import json
import random
import re
from collections.abc import Iterator
from typing import Any

import altcha
import jsonschema
import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from wagtail.models import Locale

from forms.models import Attachment, Delivery, FormPage, Submission
from forms.receiving import limits, proof
from research.models import Topic
from tests.api.test_manners import problem
from tests.forms.build import call_page, general_page, referral_page, token

pytestmark = pytest.mark.django_db
CALL = "/api/v3/forms/schedule-a-call/"
GOOD = {"your_name": "Ada Lovelace", "phone_number": "760 555 0142", "best_time": "Morning", "consent": True}
REFERRAL = {
    "referrer": "Dr. Grace Hopper",
    "your_phone": "(760) 555-0143",
    "patient": "Rosalind Example",
    "born": "1962-03-27",
    "reason": ["ptsd"],
    "checklist": ["ptsd"],
    "urgency": "Urgent",
    "why_urgent": "Symptoms worsen",
    "agree": True,
}


@pytest.fixture(autouse=True)
def fresh(settings: Settings, tmp_path: Any) -> Iterator[None]:
    """No sendings counted yet, and attachments in a folder of the test's own."""
    limits.local.clear()
    cache.clear()
    settings.STORAGES = settings.STORAGES | {
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        }
    }
    storages._storages.clear()
    yield
    storages._storages.clear()


def send(client: Client, answers: Any, url: str = CALL, key: str = "a-key-of-its-own", **headers: str) -> Any:
    return client.post(
        f"{url}submissions/",
        json.dumps({"answers": answers}),
        content_type="application/json",
        headers={"Idempotency-Key": key, **headers},
    )


def test_a_form_says_what_it_asks(client: Client) -> None:
    call_page()
    form = client.get(CALL).json()
    jsonschema.Draft202012Validator.check_schema(form["answers_schema"])
    jsonschema.validate(GOOD, form["answers_schema"])
    consent = form["ui"]["fields"][-1]
    assert consent["kind"] == "consent"
    assert consent["wording"] == "The clinic may contact me about this request."
    assert form["submit_url"].endswith("/api/v3/forms/schedule-a-call/submissions/")
    assert [one["slug"] for one in client.get("/api/v3/forms/").json()["items"]] == ["schedule-a-call"]


def test_a_stepped_form_says_its_steps_and_conditions(client: Client) -> None:
    referral_page()
    form = client.get("/api/v3/forms/refer-a-patient/").json()
    assert [step["title"] for step in form["ui"]["steps"]] == ["About you", "About your patient", "Clinical details"]
    urgent = next(field for field in form["ui"]["fields"] if field["key"] == "why_urgent")
    assert urgent["show_when"] == {"field": "urgency", "is_one_of": ["Urgent"]}
    assert form["file_fields"] == ["letter"]
    jsonschema.validate(REFERRAL, form["answers_schema"])


def test_a_definition_never_names_who_is_told(client: Client) -> None:
    call_page(webhook_url="https://hook.example/secret")
    body = client.get(CALL).content.decode()
    assert "intake@clinic.example" not in body
    assert "hook.example" not in body


def test_answers_are_stored_encrypted_and_told_as_from_the_page(client: Client) -> None:
    call_page()
    response = send(client, GOOD)
    assert response.status_code == 201, response.content
    assert response["Cache-Control"] == "private, no-store"
    submission = Submission.objects.get()
    assert submission.channel == Submission.Channel.API
    assert submission.answers["phone_number"] == "+17605550142"
    assert submission.consents[0]["given"] is True
    receipt = response.json()
    assert receipt["reference"] == submission.reference
    assert receipt["repeated"] is False
    assert "Lovelace" not in response.content.decode()
    assert Delivery.objects.count() == 1


def test_a_referral_comes_with_its_screening(client: Client) -> None:
    referral_page()
    receipt = send(client, REFERRAL, "/api/v3/forms/refer-a-patient/").json()
    assert receipt["screening"]["outcome"]
    assert receipt["screening"]["sentence"]
    assert Submission.objects.get().urgency == "urgent"


def test_words_of_crisis_bring_crisis_help(client: Client) -> None:
    call_page()
    receipt = send(client, GOOD | {"anything_else": "I want to kill myself."}).json()
    assert receipt["crisis"]["lines"][0]["phone"] == "988"


def test_the_same_key_gives_the_same_receipt(client: Client) -> None:
    call_page()
    first, second = send(client, GOOD), send(client, GOOD)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json() | {"repeated": True}
    assert Submission.objects.count() == 1


def test_the_same_key_with_other_answers_is_a_conflict(client: Client) -> None:
    call_page()
    send(client, GOOD)
    problem(send(client, GOOD | {"your_name": "Somebody Else"}), 409)
    assert Submission.objects.count() == 1


def test_a_missing_key_is_asked_for(client: Client) -> None:
    call_page()
    response = client.post(f"{CALL}submissions/", json.dumps({"answers": GOOD}), content_type="application/json")
    assert problem(response, 422)["errors"][0]["loc"][-1] == "Idempotency-Key"
    problem(send(client, GOOD, key="short"), 422)
    problem(send(client, GOOD, key="späces and ümlauts"), 422)


def test_wrong_answers_are_named_by_field(client: Client) -> None:
    call_page()
    errors = problem(send(client, {"phone_number": "12", "nonsense": 1}), 422)["errors"]
    assert {error["loc"][-1] for error in errors} == {"your_name", "phone_number", "consent", "nonsense"}
    assert all(error["loc"][:2] == ["body", "answers"] for error in errors)
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 415),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 50_000, 400),
        (b'{"a":' * 50_000, 400),
        (b"[]", 422),
        (b"null", 422),
        (b'{"answers": []}', 422),
        (b'{"answers": {}, "more": 1}', 422),
        (b'{"answers": {"your_name": {"a": 1}, "phone_number": [1], "consent": "maybe"}}', 422),
        (b'{"answers": {"your_name": "a\\u0000b", "phone_number": "7605550142", "consent": true}}', 422),
        (b'{"answers": {"your_name": 1e400, "phone_number": "7605550142", "consent": true}}', 400),
        (b'{"answers": {"your_name": "\\ud800", "phone_number": "7605550142", "consent": true}}', 422),
    ],
)
def test_case_1_bad_bodies_are_refused_in_words(client: Client, body: bytes, status: int) -> None:
    call_page()
    response = client.post(
        f"{CALL}submissions/", body, content_type="application/json", headers={"Idempotency-Key": "a-key-of-its-own"}
    )
    problem(response, status)
    assert not Submission.objects.exists()


@pytest.mark.parametrize("number", [10**18, -(10**18), 1e300, 10**400])
def test_a_number_too_large_to_be_exact_is_refused_and_never_stored_as_words(client: Client, number: Any) -> None:
    call_page()
    (error,) = problem(send(client, GOOD | {"your_name": number}), 422)["errors"]
    assert error["loc"] == ["body", "answers", "your_name"]
    assert "too large" in error["msg"]
    assert not Submission.objects.exists()
    assert send(client, GOOD | {"your_name": 12345}).status_code == 201
    assert Submission.objects.get().answers["your_name"] == "12345"


def test_other_media_types_are_refused(client: Client) -> None:
    call_page()
    response = client.post(
        f"{CALL}submissions/", "a=b", content_type="text/plain", headers={"Idempotency-Key": "a-key-of-its-own"}
    )
    problem(response, 415)
    assert response["Accept-Post"] == "application/json, multipart/form-data"


def test_files_travel_beside_the_answers(client: Client) -> None:
    referral_page()
    url = "/api/v3/forms/refer-a-patient/submissions/"
    letter = SimpleUploadedFile("letter.pdf", b"%PDF-1.4\n% a letter\n%%EOF\n")
    parts = {"answers": json.dumps(REFERRAL), "letter": letter}
    response = client.post(url, parts, headers={"Idempotency-Key": "a-key-of-its-own"})
    assert response.status_code == 201, response.content
    assert Attachment.objects.get().submission == Submission.objects.get()
    hostile = SimpleUploadedFile("letter.pdf", b"<html><script>alert(1)</script>")
    parts = {"answers": json.dumps(REFERRAL), "letter": hostile}
    response = client.post(url, parts, headers={"Idempotency-Key": "another-key-of-its-own"})
    assert problem(response, 422)["errors"][0]["loc"][-1] == "letter"


def test_a_file_under_a_name_that_no_field_has_is_never_lost_without_a_word(client: Client) -> None:
    referral_page()
    call_page()
    letter = b"%PDF-1.4\n% a letter\n%%EOF\n"
    for form, answers, name, right in (
        ("refer-a-patient", REFERRAL, "Letter", "letter"),
        ("schedule-a-call", GOOD, "letter", "takes no files"),
    ):
        parts = {"answers": json.dumps(answers), name: SimpleUploadedFile("letter.pdf", letter), "more": "words"}
        sent = client.post(f"/api/v3/forms/{form}/submissions/", parts, headers={"Idempotency-Key": "a-key-of-its-own"})
        errors = problem(sent, 422)["errors"]
        assert [error["loc"] for error in errors] == [["body", "more"], ["body", name]]
        assert right in errors[-1]["msg"]
    in_words = send(client, REFERRAL | {"letter": "letter.pdf"}, "/api/v3/forms/refer-a-patient/")
    assert "beside the answers" in problem(in_words, 422)["errors"][0]["msg"]
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [("your_name", True), ("your_name", False), ("best_time", True), ("consent", ["yes"]), ("phone_number", [])],
)
def test_an_answer_of_another_type_is_refused_and_never_stored_as_words(client: Client, key: str, value: Any) -> None:
    call_page()
    (error,) = problem(send(client, GOOD | {key: value}), 422)["errors"]
    assert error["loc"] == ["body", "answers", key]
    assert error["msg"].startswith("Send ")


def test_a_name_that_comes_twice_is_refused(client: Client) -> None:
    call_page()
    twice = json.dumps({"answers": GOOD | {"consent": False}}).replace('"consent"', '"consent": true, "consent"')
    sent = client.post(
        f"{CALL}submissions/", twice, content_type="application/json", headers={"Idempotency-Key": "a-key-of-its-own"}
    )
    assert "twice" in problem(sent, 400)["detail"]


def test_a_receipt_never_says_that_somebody_else_was_there_before(client: Client) -> None:
    call_page()
    first = send(client, GOOD, key="the-first-person").json()
    Submission.objects.update(received_at=timezone.now() - datetime.timedelta(minutes=20))
    guess = send(client, GOOD, key="somebody-curious")
    assert Submission.objects.count() == 1
    assert (guess.status_code, guess.json()["repeated"]) == (201, False)
    assert guess.json()["reference"] == first["reference"]
    assert guess.json()["received_at"] >= first["received_at"]


def test_a_form_in_another_language_answers_in_it(client: Client) -> None:
    page = call_page()
    spanish = page.copy_for_translation(Locale.objects.get_or_create(language_code="es")[0], copy_parents=True)
    spanish.slug = "pedir-una-cita-médica"
    spanish.save_revision().publish()
    (listed,) = client.get("/api/v3/forms/?locale=es").json()["items"]
    form = client.get(listed["detail_url"]).json()
    assert form["slug"] == "pedir-una-cita-médica"
    sent = client.post(
        form["submit_url"],
        json.dumps({"answers": GOOD | {"phone_number": "12"}}),
        content_type="application/json",
        headers={"Idempotency-Key": "a-key-of-its-own"},
    )
    assert problem(sent, 422)["errors"][0]["msg"].startswith("Escriba un teléfono")
    assert client.get(f"/api/v3/pages/{spanish.pk}/").status_code == 200
    assert client.get("/api/v3/forms/").json()["count"] == 2


def test_closed_forms_and_drafts_are_not_there(client: Client) -> None:
    page = call_page(open_to_api=False)
    problem(client.get(CALL), 404)
    problem(send(client, GOOD), 404)
    FormPage.objects.filter(pk=page.pk).update(open_to_api=True)
    page.refresh_from_db()
    page.unpublish()
    problem(send(client, GOOD), 404)


def test_too_many_forms_from_one_network_are_put_off(client: Client, settings: Settings) -> None:
    call_page()
    settings.FORMS_REFUSE_AFTER = 2
    answers = [send(client, GOOD | {"your_name": f"Person {n}"}, key=f"key-number-{n}") for n in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 429, 429]
    problem(answers[-1], 429)
    assert int(answers[-1]["Retry-After"]) > 0


def test_case_5_a_database_that_is_away_is_said_and_nothing_acknowledged(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_page()

    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(Submission, "save", away)
    response = send(client, GOOD)
    problem(response, 503)
    assert response["Retry-After"]
    assert "Lovelace" not in response.content.decode()


def test_front_ends_of_named_origins_may_send(client: Client, settings: Settings) -> None:
    call_page()
    settings.CORS_ALLOWED_ORIGINS = ["https://www.clinic.example"]
    preflight = client.options(
        f"{CALL}submissions/",
        headers={
            "Origin": "https://www.clinic.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,idempotency-key",
        },
    )
    assert "idempotency-key" in preflight["Access-Control-Allow-Headers"].lower()
    sent = send(client, GOOD, Origin="https://www.clinic.example")
    assert sent["Access-Control-Allow-Origin"] == "https://www.clinic.example"


# --- the page and the API, side by side ---------------------------------------------------------------------------

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


def test_a_form_with_a_proof_of_work_gives_its_challenge_and_takes_the_solution(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "FEWEST", 2)
    monkeypatch.setattr(proof, "MOST", 5)
    page = call_page()
    assert client.get(CALL).json()["proof_url"] is None
    problem(client.get(f"{CALL}proof/"), 404)
    FormPage.objects.filter(pk=page.pk).update(proof_of_work=True)
    url = client.get(CALL).json()["proof_url"]
    assert url.endswith(f"{CALL}proof/")
    answer = client.get(url)
    assert answer["Cache-Control"] == "private, no-store"
    challenge = altcha.Challenge.from_dict(answer.json())
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    body = {"answers": GOOD, "altcha": altcha.Payload(challenge, solution).to_base64()}
    key = {"Idempotency-Key": "with-a-proof"}
    sent = client.post(f"{CALL}submissions/", json.dumps(body), content_type="application/json", headers=key)
    assert sent.status_code == 201
    assert Submission.objects.get().spam == ""
    assert send(client, GOOD | {"your_name": "Without a proof"}).status_code == 201
    assert Submission.objects.possible_spam().get().spam_reasons == "proof"
