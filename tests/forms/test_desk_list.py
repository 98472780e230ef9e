"""The list of the desk: filters, pages by key, look-up, saved views, many at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from forms.models import AuditEntry, SavedView, Submission
from tests.forms.build import call_page, person, referral_page
from tests.forms.desk import at, referred, sent, text

pytestmark = pytest.mark.django_db


def test_the_list_shows_what_came_in_and_filters(desk: Client) -> None:
    call, referral = sent(call_page()), referred(referral_page())
    html = text(desk.get(at("index")))
    assert "Ada Canary Lovelace" in html
    assert "Rosalind Example" in html
    assert "(760) 555-0142" in html
    entry = AuditEntry.objects.get(action="list")
    assert sorted(entry.details["shown"]) == sorted([call.reference, referral.reference])
    for query, shown, hidden in (
        ("?urgency=urgent", referral, call),
        (f"?form={call.page_id}", call, referral),
        ("?screening=may_be_suitable", referral, call),
        ("?topic=ptsd", referral, call),
        ("?assignee=none&status=new&urgency=routine", call, referral),
    ):
        html = text(desk.get(at("index") + query))
        assert shown.reference in html, query
        assert hidden.reference not in html, query
    for query in ("?box=spam", "?late=on", "?crisis=on", "?assignee=me", "?until=2001-01-01"):
        assert call.reference not in text(desk.get(at("index") + query)), query


@pytest.mark.parametrize(
    "query",
    [
        "?form=abc",
        "?form=99999999999999999999",
        "?status=%00",
        "?assignee=%27",
        "?since=yesterday",
        "?until=99999-01-01",
        "?after=x",
        "?after=99999999999999999999999_0",
        "?before=1_zz",
        "?topic=%F0%9F%92%A9",
        "?order=up",
    ],
)
def test_case_1_malformed_filters_are_ignored(desk: Client, query: str) -> None:
    sent(call_page())
    assert desk.get(at("index") + query).status_code == 200


def test_pages_of_the_list_by_key_show_everything_once(desk: Client) -> None:
    page = call_page()
    for number in range(60):
        sent(page, token=f"t{number}", your_name=f"Person number {number}", phone_number=f"760 555 {1000 + number}")
    Submission.objects.update(spam="")
    same = timezone.now()
    Submission.objects.filter(pk__in=Submission.objects.values("pk")[:40]).update(received_at=same)
    for order in ("", "order=old"):
        seen: list[str] = []
        url = at("index") + f"?{order}"
        for _ in range(3):
            response = desk.get(url)
            listing = response.context["listing"]
            seen += [line.submission.reference for line in listing.lines]
            url = at("index") + "?" + listing.older
        assert len(seen) == len(set(seen)) == 60
        assert listing.older == ""
        back = desk.get(at("index") + "?" + listing.newer).context["listing"]
        assert [line.submission.reference for line in back.lines] == seen[25:50]


@pytest.mark.parametrize("typed", ["760-555-0142", "+1 760 555 0142", "ada@example.org", "ADA@Example.org"])
def test_look_up_by_phone_and_mail_is_posted_and_exact(desk: Client, typed: str) -> None:
    submission = sent(call_page(), e_mail="Ada@example.org")
    response = desk.post(at("lookup"), {"q": typed})
    assert submission.reference in text(response)
    assert f'value="{typed}"' in text(response)  # still there, to be corrected
    assert submission.reference not in text(desk.post(at("lookup"), {"q": "760 555 0199"}))
    entry = AuditEntry.objects.filter(action="lookup").order_by("number")[0]
    assert entry.details["shown"] == [submission.reference]
    assert "555" not in json.dumps(entry.details)


def test_look_up_by_reference_as_people_say_it(desk: Client) -> None:
    submission = sent(call_page())
    said = submission.reference.lower().replace("-", " ")
    assert submission.reference in text(desk.post(at("lookup"), {"q": said}))


def test_saved_views_keep_filters_only(desk: Client) -> None:
    desk.post(at("save_view"), {"name": "Urgent", "query": "urgency=urgent&q=760&evil=1"})
    view = SavedView.objects.get()
    assert view.query == "urgency=urgent"
    assert "Urgent" in text(desk.get(at("index")))
    desk.post(at("delete_view", view.pk))
    assert not SavedView.objects.exists()


def test_bulk_assign_and_close(desk: Client) -> None:
    page = call_page()
    ids = [str(sent(page, token=f"t{n}", your_name=f"P {n}").pk) for n in range(3)]
    somebody = person("ian", intake=True)
    outsider = person("mo")
    desk.post(at("assign", ids[2]), {"assignee": outsider.pk})
    desk.post(at("assign", ids[2]), {"assignee": "nonsense"})
    assert Submission.objects.get(pk=ids[2]).assignee is None
    desk.post(at("bulk"), {"chosen": ids[:2], "action": "assign", "assignee": somebody.pk})
    assert Submission.objects.filter(assignee=somebody).count() == 2
    desk.post(at("bulk"), {"chosen": ids[:1], "action": "assign", "assignee": outsider.pk})
    assert not Submission.objects.filter(assignee=outsider).exists()
    assert Submission.objects.filter(assignee=somebody).count() == 2  # nobody lost theirs over it
    desk.post(at("bulk"), {"chosen": [*ids, "nonsense"], "action": "close", "outcome": "advice"})
    assert Submission.objects.filter(status="closed", outcome="advice").count() == 3


def test_the_list_takes_the_same_queries_for_1_and_for_25(desk: Client, django_assert_max_num_queries: Any) -> None:
    page = call_page()
    for number in range(25):
        sent(page, token=f"t{number}", your_name=f"Person {number}")
    with django_assert_max_num_queries(40) as queries:
        desk.get(at("index"))
    assert len(queries) <= 40
