"""The visitor's side of a form on one page: errors, receipts, one row a request, no caches, no loss."""

from __future__ import annotations

import base64
import re
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forms.building.kinds import Urgency
from forms.models import ContactIndex, Delivery, Submission
from forms.receiving import tokens
from tests.forms.build import ANSWERS, answers, call_page, general_page, token

pytestmark = pytest.mark.django_db
URL = "/schedule-a-call/"


def post(client: Client, data: dict[str, Any], url: str = URL) -> Any:
    return client.post(url, data)


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_sent_form_is_stored_encrypted_and_thanked(client: Client) -> None:
    page = call_page()
    response = post(client, answers(page))
    assert response.status_code == 303
    assert "Lovelace" not in response["Location"]
    submission = Submission.objects.get()
    assert submission.answers["your_name"] == ANSWERS["your_name"]
    assert submission.answers["phone_number"] == "+17605550142"
    assert submission.reference not in response["Location"]
    thanks = client.get(response["Location"])
    assert submission.reference in text(thanks)
    assert "Lovelace" not in text(thanks)
    assert submission.urgency == Urgency.ROUTINE
    assert ContactIndex.objects.filter(submission=submission).count() == 1
    assert submission.consents[0]["wording"] == "The clinic may contact me about this request."
    assert submission.consents[0]["given"] is True


def test_case_16_every_answer_of_a_form_page_is_kept_out_of_caches(client: Client) -> None:
    page = call_page()
    seen = [client.get(URL), post(client, {}), post(client, answers(page))]
    seen.append(client.get(seen[-1]["Location"]))
    seen.append(client.put(URL))
    assert [response.status_code for response in seen] == [200, 422, 303, 200, 405]
    assert {response["Cache-Control"] for response in seen} == {"private, no-store"}


def test_errors_stand_beside_the_fields_and_in_a_summary_and_values_are_kept(client: Client) -> None:
    page = call_page()
    response = post(client, answers(page, phone_number="760 555", your_name="", anything_else="kept & <safe>"))
    html = text(response)
    assert response.status_code == 422
    assert "<title>Error: " in html
    assert '<a href="#id_your_name">Enter your name</a>' in html
    assert '<a href="#id_phone_number">Enter a phone number with 10 digits' in html
    assert 'value="760 555"' in html
    assert "kept &amp; &lt;safe&gt;" in html
    assert 'aria-invalid="true" aria-describedby="id_phone_number-e"' in html
    assert re.search(r'name="best_time" value="Morning" checked', html)
    assert not Submission.objects.exists()


def test_case_2_a_second_click_gives_one_row_and_the_same_receipt(client: Client) -> None:
    page = call_page()
    data = answers(page)
    first, second = post(client, data), post(client, data)
    assert Submission.objects.count() == 1
    assert Delivery.objects.count() == 1
    reference = Submission.objects.get().reference
    assert all(reference in text(client.get(one["Location"])) for one in (first, second))


def test_case_2_back_and_again_with_a_new_rendering_gives_the_same_receipt(client: Client) -> None:
    page = call_page()
    post(client, answers(page))
    post(client, answers(page))
    assert Submission.objects.count() == 1


def test_case_2_back_and_a_correction_loses_neither(client: Client) -> None:
    page = call_page()
    data = answers(page)
    post(client, data)
    post(client, {**data, "phone_number": "760 555 0199"})
    newest = Submission.objects.order_by("-received_at")[0]
    assert Submission.objects.count() == 2
    assert newest.answers["phone_number"] == "+17605550199"
    assert newest.follows is not None


def test_two_people_who_answer_a_survey_alike_are_two_submissions(client: Client) -> None:
    page = general_page([{"label": "Were we kind?", "field_type": "radio", "choices": "Yes\nNo"}])
    for nonce_age in (60, 61):
        response = post(client, {"were_we_kind": "Yes", "form-token": token(page, age=nonce_age)}, "/survey/")
        assert response.status_code == 303
    assert Submission.objects.count() == 2


def test_one_token_a_rendering(client: Client) -> None:
    call_page()
    pattern = r'name="form-token" value="([^"]+)"'
    tokens = {re.findall(pattern, text(client.get(URL)))[0] for _ in range(3)}
    assert len(tokens) == 3


def test_an_error_page_keeps_its_token(client: Client) -> None:
    page = call_page()
    mine = token(page)
    assert f'value="{mine}"' in text(post(client, {"form-token": mine}))


def test_csrf_is_checked() -> None:
    page = call_page()
    assert Client(enforce_csrf_checks=True).post(URL, answers(page)).status_code == 403
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("changes", "age", "reason"),
    [
        ({"form-website": "http://spam.example"}, 60, "trap"),
        ({}, 1, "fast"),
        ({"form-token": "forged"}, 60, "token"),
        ({"anything_else": "http://a http://b http://c www.d.example"}, 60, "links"),
    ],
)
def test_suspected_spam_is_quarantined_and_never_dropped(
    client: Client, changes: dict[str, Any], age: float, reason: str
) -> None:
    page = call_page()
    response = post(client, answers(page, age=age, **changes))
    submission = Submission.objects.get()
    assert response.status_code == 303
    assert submission.spam == Submission.Spam.POSSIBLE
    assert reason in submission.spam_reasons
    assert submission.answers["your_name"] == ANSWERS["your_name"]
    assert not Delivery.objects.exists()
    assert submission.reference in text(client.get(response["Location"]))


def test_many_sendings_from_one_address_are_quarantined_and_then_refused_with_the_answers_kept(
    client: Client, settings: Any
) -> None:
    settings.FORMS_QUARANTINE_AFTER, settings.FORMS_REFUSE_AFTER = 2, 4
    page = call_page()
    codes = [post(client, answers(page, your_name=f"Person {n}")).status_code for n in range(6)]
    assert codes == [303, 303, 303, 303, 429, 429]
    assert Submission.objects.possible_spam().count() == 2
    refused = post(client, answers(page, your_name="Person seven"))
    assert refused["Retry-After"]
    assert "Person seven" in text(refused)
    other = Client(REMOTE_ADDR="203.0.113.9")
    assert post(other, answers(page, your_name="Somebody else")).status_code == 303


def test_case_8_limits_hold_when_the_cache_is_emptied(client: Client, settings: Any) -> None:
    settings.FORMS_QUARANTINE_AFTER, settings.FORMS_REFUSE_AFTER = 1, 2
    page = call_page()
    codes = []
    for number in range(3):
        codes.append(post(client, answers(page, your_name=f"Person {number}")).status_code)
        cache.clear()
    assert codes == [303, 303, 429]


def test_case_8_limits_hold_when_the_cache_is_lost(client: Client, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "clinic.cache.ForgivingRedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"socket_connect_timeout": 0.2},
        }
    }
    settings.FORMS_QUARANTINE_AFTER, settings.FORMS_REFUSE_AFTER = 1, 2
    page = call_page()
    codes = [post(client, answers(page, your_name=f"Person {n}")).status_code for n in range(3)]
    assert codes == [303, 303, 429]


def test_words_of_crisis_never_block_and_bring_help_first(client: Client) -> None:
    page = call_page()
    response = post(client, answers(page, anything_else="I don't want to live anymore"))
    submission = Submission.objects.get()
    html = text(client.get(response["Location"]))
    assert submission.crisis
    assert 'class="crisis"' in html
    assert html.index('class="crisis"') < html.index(submission.reference)
    assert "crisis" not in response["Location"]


def test_the_address_of_a_receipt_does_not_tell_when_the_form_was_sent(client: Client) -> None:
    page = call_page()
    ticket = post(client, answers(page))["Location"].rstrip("/").rpartition("/")[2]
    opened = base64.urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
    identity = Submission.objects.get().pk.bytes  # its first bytes are a time
    assert identity[:4] not in opened


def test_receipts_are_not_guessable_and_expire(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = call_page()
    location = post(client, answers(page))["Location"]
    reference = Submission.objects.get().reference
    forged = location.rstrip("/")[:-3] + "abc/"
    assert client.get(forged).status_code == 410
    assert client.get(location).status_code == 200
    real = time.time
    monkeypatch.setattr(tokens.time, "time", lambda: real() + tokens.RECEIPT_LIFE + 1)
    assert client.get(location).status_code == 410
    monkeypatch.undo()
    other = call_page(slug="other")
    moved = client.get(location.replace("schedule-a-call", "other"))
    assert reference not in text(moved)
    assert other.pk != page.pk


BAD = [
    "\x00",
    "a\x00b",
    "\u202ereversed",
    "\u2066isolate",
    "\x1b[31m",
    "x" * 300,
    "x" * 100_000,
    "\ufffe",
]


@pytest.mark.parametrize("bad", BAD, ids=lambda text: ascii(text)[:20])
@pytest.mark.parametrize("field", ["your_name", "phone_number", "e_mail", "best_time", "anything_else"])
def test_case_1_bad_text_gets_an_error_beside_its_field(client: Client, field: str, bad: str) -> None:
    page = call_page()
    response = post(client, answers(page, **{field: bad}))
    if field == "anything_else" and bad == "x" * 300:
        assert response.status_code == 303
        return
    assert response.status_code == 422
    assert f'id="id_{field}-e"' in text(response)
    assert not Submission.objects.exists()


def test_case_1_the_wildest_text_people_do_write_is_stored_as_it_was(client: Client) -> None:
    page = call_page()
    wild = "Zoë O’Brien-Łukasz 山田 \U0001f469\u200d⚕️ מִרְיָם"
    assert post(client, answers(page, your_name=wild)).status_code == 303
    assert Submission.objects.get().answers["your_name"] == wild


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "no"),
        ("email", "a@b.example\nBcc: x@y.example"),
        ("number", "1e999999"),
        ("number", "NaN"),
        ("number", "twelve"),
        ("date", "2026-13-40"),
        ("date", "yesterday"),
        ("birthdate", "2199-01-01"),
        ("birthdate", "1700-01-01"),
        ("birthdate", "99/99/9999"),
        ("url", "javascript:alert(1)"),
        ("url", "http://"),
        ("npi", "1234567890"),
        ("dropdown", "not offered"),
        ("checkboxes", "not offered"),
        ("radio", "\x00"),
        ("topics", "nothing"),
        ("eligibility", "nothing"),
    ],
)
def test_case_1_wrong_kinds_of_answer(client: Client, kind: str, value: str) -> None:
    page = general_page([{"label": "Q", "field_type": kind, "choices": "One\nTwo", "required": False}])
    response = post(client, {"q": value, "form-token": token(page)}, "/survey/")
    assert response.status_code == 422
    assert 'id="id_q-e"' in text(response)
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("number", "1,234.50", "1234.50"),
        ("date", "2026-03-27", "2026-03-27"),
        ("birthdate", "3/27/1962", "1962-03-27"),
        ("url", "example.com/x", "https://example.com/x"),
        ("npi", "1234 567 893", "1234567893"),
        ("checkboxes", ["Two", "One", "Two"], ["One", "Two"]),
        ("checkbox", "yes", True),
        ("checkbox", "", False),
        ("singleline", "  two   words ", "two words"),
    ],
)
def test_answers_are_stored_in_their_normal_form(client: Client, kind: str, value: Any, stored: Any) -> None:
    page = general_page([{"label": "Q", "field_type": kind, "choices": "One\nTwo", "required": False}])
    assert post(client, {"q": value, "form-token": token(page)}, "/survey/").status_code == 303
    assert Submission.objects.get().answers["q"] == stored


def test_conditions_are_checked_on_the_server_too(client: Client) -> None:
    page = general_page(
        [
            {"label": "Pet", "field_type": "radio", "choices": "Yes\nNo"},
            {"label": "Its name", "field_type": "singleline", "condition_field": "Pet", "condition_value": "Yes"},
        ]
    )
    html = text(client.get("/survey/"))
    assert 'data-when="pet" data-is="Yes"' in html
    assert "Only if you answered “Yes” to “Pet”" in html  # without script everything shows, with this hint
    assert post(client, {"pet": "Yes", "form-token": token(page)}, "/survey/").status_code == 422
    assert post(client, {"pet": "No", "its_name": "Rex", "form-token": token(page)}, "/survey/").status_code == 303
    assert "its_name" not in Submission.objects.get().answers


def test_case_10_ten_thousand_fields_and_a_huge_body_are_refused(client: Client) -> None:
    call_page()
    many = {f"field{n}": "x" for n in range(10_000)}
    assert client.post(URL, "&".join(many), content_type="application/x-www-form-urlencoded").status_code == 400
    big = "anything_else=" + "x" * (3 * 1024 * 1024)
    assert client.post(URL, big, content_type="application/x-www-form-urlencoded").status_code in (400, 413)


def test_accepting_takes_at_most_12_queries(client: Client) -> None:
    page = call_page()
    post(client, answers(page, your_name="Somebody earlier"))
    data = answers(page)
    with CaptureQueriesContext(connection) as queries:
        assert post(client, data).status_code == 303
    own = [query["sql"] for query in queries if "wagtailcore_" not in query["sql"]]
    assert len(own) <= 12, "\n".join(sql[:150] for sql in own)
    assert len(queries) - len(own) <= 8  # finding the page is Wagtail's
