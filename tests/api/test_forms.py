"""Forms through the API: one definition, one way in. That the page has the same outcome: test_forms_both_ways.py."""

from __future__ import annotations

import datetime
import json
from typing import Any

import altcha
import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from wagtail.models import Locale

from forms.models import Attachment, Delivery, FormPage, Submission
from forms.receiving import proof
from tests.api.asking import CALL, GOOD, REFERRAL, problem, send
from tests.forms.build import call_page, referral_page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_forms")]


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
