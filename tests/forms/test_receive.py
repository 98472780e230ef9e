"""receive(), the one way in: JSON and posted pages are checked alike, whatever is thrown at them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.models import Delivery, Submission
from forms.receiving.receive import Errors, Meta, Receipt, receive
from tests.forms.build import ANSWERS, answers, call_page, referral_page

pytestmark = pytest.mark.django_db

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["\ud800", "\x00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("referrer", "npi", "your_phone", "patient", "born", "reason", "checklist", "urgency", "why_urgent", "agree")


def api(page: Any, data: Any, token: str = "k") -> Receipt | Errors:
    return receive(page, data, None, Meta(token=token, channel="api"))


@pytest.mark.parametrize("wrong", [{"a": 1}, [], [1], [["x"]], {"$ne": ""}, 1e400, float("nan"), -(10**30)])
def test_case_1_wrong_json_types_are_errors_of_their_field(wrong: Any) -> None:
    result = api(call_page(), {**ANSWERS, "phone_number": wrong})
    assert isinstance(result, Errors)
    assert list(result.fields) == ["phone_number"]
    assert result.status == 422


@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=12), ANYTHING, max_size=12))
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_case_1_no_json_object_breaks_receiving(data: dict[str, Any]) -> None:
    result = api(referral_page(), data)
    assert isinstance(result, Receipt | Errors)


def test_unknown_fields_are_named_to_front_ends() -> None:
    result = api(call_page(), {**ANSWERS, "nickname": "Ada"})
    assert isinstance(result, Errors)
    assert list(result.fields) == ["nickname"]


VALUES = st.fixed_dictionaries(
    {
        "your_name": st.sampled_from(["Ada", "", "x" * 300, "A\x00", "Zoë"]),
        "phone_number": st.sampled_from(["760 555 0142", "555", "", "+44 20 7946 0018"]),
        "e_mail": st.sampled_from(["", "a@b.example", "nobody"]),
        "best_time": st.sampled_from(["", "Morning", "Midnight"]),
        "anything_else": st.sampled_from(["", "I want to die", "line\r\nline"]),
        "consent": st.booleans(),
    }
)


@given(VALUES)
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_pages_and_front_ends_get_the_same_answer(data: dict[str, Any]) -> None:
    page = call_page()
    Submission.objects.all().delete()
    posted = QueryDict(mutable=True)
    for key, value in data.items():
        if value is not False:
            posted[key] = "yes" if value is True else value
    by_page = receive(page, posted, None, Meta(token="p", started_at=0))
    stored = [(one.answers, one.crisis, one.urgency) for one in Submission.objects.all()]
    Submission.objects.all().delete()
    by_api = receive(page, data, None, Meta(token="a", channel="api"))
    if isinstance(by_page, Errors):
        assert isinstance(by_api, Errors)
        assert by_page.fields == by_api.fields
    else:
        assert isinstance(by_api, Receipt)
        assert stored == [(one.answers, one.crisis, one.urgency) for one in Submission.objects.all()]


def test_an_idempotency_key_gives_one_row_and_refuses_other_answers() -> None:
    page = call_page()
    first, again = api(page, ANSWERS), api(page, ANSWERS)
    assert isinstance(first, Receipt)
    assert isinstance(again, Receipt)
    assert (again.reference, again.repeated) == (first.reference, True)
    other = api(page, {**ANSWERS, "your_name": "Somebody else"})
    assert isinstance(other, Errors)
    assert other.status == 409
    assert Submission.objects.count() == 1


def test_the_submission_and_what_it_sets_off_are_one_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    from forms.receiving import receive as receiving

    def broken(*args: Any) -> list[Delivery]:
        raise RuntimeError("killed here")

    monkeypatch.setattr(receiving, "deliveries_for", broken)
    with pytest.raises(RuntimeError):
        api(call_page(), ANSWERS)
    assert not Submission.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_case_6_a_full_disk_gives_503_and_no_partial_row(client: Client) -> None:
    page = call_page()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")  # SQLite's own error for a full disk
        try:
            data = answers(page, anything_else="x" * 4900)
            statuses = set()
            for number in range(40):
                statuses.add(client.post("/schedule-a-call/", {**data, "your_name": f"P {number}"}).status_code)
                if 503 in statuses:
                    break
            kept = client.post("/schedule-a-call/", {**data, "your_name": "Kept on the page"})
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    assert 503 in statuses
    assert kept.status_code == 503
    assert "Kept on the page" in kept.content.decode()
    kept_rows = list(Submission.objects.all())
    assert all(one.answers for one in kept_rows)
    # many from one address are put aside, and nobody is told of those
    told_of = [one.pk for one in kept_rows if not one.is_quarantined]
    assert sorted(told_of) == sorted(Delivery.objects.values_list("submission_id", flat=True))


def test_nothing_about_a_submission_shows_its_answers() -> None:
    result = api(call_page(), ANSWERS)
    assert isinstance(result, Receipt)
    submission = Submission.objects.get()
    shown = json.dumps([str(submission), repr(submission), str(Delivery.objects.get()), repr(result)])
    assert "Lovelace" not in shown
    assert "0142" not in shown
