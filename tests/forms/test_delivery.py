"""The outbox against a real mail server and a real webhook receiver: who is told what, and what happens on failure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from forms.delivery.outbox import backoff, deliver_due, lease, register
from forms.delivery.webhooks import WebhookError, page_secrets, post
from forms.models import Delivery, Submission
from forms.receiving.receive import Meta, Receipt, receive
from tests.forms.build import ANSWERS, REFERRAL, call_page, referral_page
from tests.local_services import MailServer, WebhookReceiver, mail_server, webhook_receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(settings: Any) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 2
        yield server


@pytest.fixture
def hook(settings: Any) -> Iterator[WebhookReceiver]:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    with webhook_receiver() as receiver:
        yield receiver


def send(page: Any, **changes: Any) -> Submission:
    result = receive(page, {**ANSWERS, **changes}, None, Meta(token="t", started_at=0, language="en"))
    assert isinstance(result, Receipt), result
    return Submission.objects.get(pk=result.submission_id)


def again() -> None:
    """Let the time of the next try come."""
    Delivery.objects.update(next_try_at=timezone.now(), lease_until=None)


def test_staff_is_told_a_reference_and_a_link_and_no_answer(mail: MailServer) -> None:
    submission = send(call_page(), anything_else="Canary: I want to die")
    assert deliver_due() == 1
    (message,) = mail.messages
    assert mail.recipients == [["intake@clinic.example"]]
    raw = mail.raw[0].decode()
    assert submission.reference in message["Subject"]
    assert f"/admin/intake/{submission.pk}/" in raw.replace("=\r\n", "")
    for answer in ("Lovelace", "5550142", "555 0142", "Canary", "die", "Morning"):
        assert answer not in raw
    assert deliver_due() == 0
    assert len(mail.raw) == 1


def test_rules_choose_recipients_by_urgency_and_by_answer(mail: MailServer) -> None:
    data = {key: value for step in REFERRAL.values() for key, value in step.items() if not key.startswith("born-")}
    page = referral_page()
    receive(page, {**data, "born": "1962-03-27"}, None, Meta(token="a", started_at=0))
    routine = {**data, "born": "1962-03-28", "urgency": "Routine", "reason": ["depression"]}
    receive(page, routine, None, Meta(token="b", started_at=0))
    deliver_due()
    told = sorted(one for many in mail.recipients for one in many)
    assert told == ["intake@clinic.example", "intake@clinic.example", "lead@clinic.example", "ptsd@clinic.example"]


def test_the_sender_gets_a_neutral_acknowledgement(mail: MailServer) -> None:
    page = call_page(acknowledge=True, rules=[])
    submission = send(page, e_mail="ada@visitor.example")
    delivery = Delivery.objects.get()
    assert delivery.target == ""  # the address stays encrypted
    deliver_due()
    raw = mail.raw[0].decode()
    assert mail.recipients == [["ada@visitor.example"]]
    assert submission.reference in raw
    assert "Lovelace" not in raw
    assert "Please ring twice" not in raw


def test_case_21_header_injection_is_refused(mail: MailServer) -> None:
    page = call_page(acknowledge=True, title="Call\nBcc: everybody@evil.example")
    result = receive(
        page, {**ANSWERS, "e_mail": "a@b.example\r\nBcc: x@evil.example"}, None, Meta(token="h", started_at=0)
    )
    assert not isinstance(result, Receipt)
    send(page, e_mail="ada@visitor.example")
    deliver_due()
    assert len(mail.messages) == 2
    for message in mail.messages:
        assert "Bcc" not in message
        assert all("evil.example" not in one for many in mail.recipients for one in many)


def test_case_3_with_the_mail_server_down_the_visitor_succeeds_and_mail_goes_after_recovery(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 1
    with mail_server() as server:
        settings.EMAIL_PORT = server.port
    submission = send(call_page())  # the server is gone now
    assert deliver_due() == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("waiting", 1)
    assert delivery.last_error == "mail server not reached (ConnectionRefusedError)"
    assert delivery.next_try_at > timezone.now()
    assert deliver_due() == 0  # not before its time
    with mail_server() as server:
        settings.EMAIL_PORT = server.port
        again()
        assert deliver_due() == 1
        assert server.messages[0]["Message-ID"] == delivery.message_id
    assert submission.reference


def test_case_3_a_hanging_mail_server_times_out_and_nothing_is_lost(mail: MailServer, settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 0.5
    send(call_page())
    mail.hang.set()
    assert deliver_due() == 0
    mail.hang.clear()
    again()
    assert deliver_due() == 1
    ids = {message["Message-ID"] for message in mail.messages}
    assert len(mail.messages) == 2
    assert len(ids) == 1  # taken twice, and any mail program sees that it is the same mail


def test_retries_go_on_for_more_than_a_day_and_then_it_is_given_up_visibly(mail: MailServer) -> None:
    mail.refuse = "451 try later"
    send(call_page())
    waited, tries = timedelta(), 0
    while waited < timedelta(hours=24):
        waited, tries = waited + backoff(tries + 1), tries + 1
    assert tries < 40
    deliver_due()
    delivery = Delivery.objects.get()
    assert delivery.state == "waiting"
    assert "451" in delivery.last_error
    Delivery.objects.update(created_at=timezone.now() - timedelta(hours=47))
    again()
    deliver_due()
    assert Delivery.objects.get().state == "waiting"
    Delivery.objects.update(created_at=timezone.now() - timedelta(hours=49))
    again()
    deliver_due()
    assert Delivery.objects.get().state == "failed"
    assert Delivery.objects.given_up().count() == 1


def test_one_bad_delivery_does_not_stop_the_others(mail: MailServer) -> None:
    def broken(delivery: Delivery, route: Any) -> None:
        raise RuntimeError("secret answer")

    register("broken", broken)
    Delivery.objects.create(kind="broken", payload={})
    Delivery.objects.create(kind="unknown")
    send(call_page())
    assert deliver_due() == 1
    errors = {one.kind: one.last_error for one in Delivery.objects.all()}
    assert errors["broken"] == "error (RuntimeError)"
    assert errors["unknown"] == "nobody sends this kind"


def test_case_4_two_workers_never_hold_the_same_delivery() -> None:
    for _ in range(10):
        Delivery.objects.create(kind="notify", target="a@clinic.example")
    first, second = lease(6, "one"), lease(6, "two")
    assert len(first) == 6
    assert len(second) == 4
    assert not {one.pk for one in first} & {one.pk for one in second}
    assert lease(6, "three") == []
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert len(lease(20, "three")) == 10


def test_webhooks_are_signed_and_hold_no_answer(hook: WebhookReceiver) -> None:
    page = call_page(webhook_url=f"http://127.0.0.1:{hook.port}/in", rules=[])
    submission = send(page)
    assert deliver_due() == 1
    headers, body = hook.requests[0]
    key = base64.b64decode(page_secrets(page.pk)[0].removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert hook.bodies[0]["data"]["reference"] == submission.reference
    assert b"Lovelace" not in body
    assert b"0142" not in body


@pytest.mark.parametrize("status", [301, 400, 500])
def test_a_webhook_that_is_not_taken_is_tried_again_with_the_same_id(hook: WebhookReceiver, status: int) -> None:
    send(call_page(webhook_url=f"http://127.0.0.1:{hook.port}/in", rules=[]))
    hook.status = status
    assert deliver_due() == 0
    hook.status = 200
    again()
    assert deliver_due() == 1
    assert len({headers["webhook-id"] for headers, _body in hook.requests}) == 1


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://127.0.0.1/", "private address"),
        ("https://localhost/", "private address"),
        ("https://10.0.0.1/", "private address"),
        ("https://169.254.169.254/latest/meta-data", "private address"),
        ("https://[::1]/", "private address"),
        ("https://[::ffff:127.0.0.1]/", "private address"),
        ("https://[64:ff9b::a9fe:a9fe]/", "private address"),
        ("https://[2002:7f00:1::]/", "private address"),
        ("https://[::127.0.0.1]/", "private address"),
        ("https://[fec0::1]/", "private address"),
        ("https://0.0.0.0/", "private address"),
        ("https://2130706433/", "private address|host not found"),
        ("http://example.com/", "only https"),
        ("file:///etc/passwd", "only https"),
        ("gopher://127.0.0.1/", "only https"),
        ("https://127.0.0.1:99999/", "bad address"),
    ],
)
def test_case_20_webhooks_never_reach_the_private_network(url: str, why: str) -> None:
    with pytest.raises(WebhookError, match=why):
        post(url, {}, secrets=page_secrets(1), message_id="x")
