"""Webhooks of front ends: signed, retried through the outbox, replayed from the admin."""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageViewRestriction

from clinic.api.models import WebhookEndpoint
from clinic.api.webhooks import secret_of
from forms.delivery import webhooks
from forms.delivery.outbox import deliver_due
from forms.models import Delivery
from pages.models import Person
from research.models import Citation
from tests.api.world import CANARY, World

pytestmark = pytest.mark.django_db


class FrontEnd(HTTPServer):
    """A front end's server that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listener)
        self.status = 204
        self.drips, self.dripped = False, 0
        self.told: list[tuple[dict[str, str], bytes]] = []


class Listener(BaseHTTPRequestHandler):
    """Takes webhooks."""

    server: FrontEnd

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append(({name.lower(): value for name, value in self.headers.items()}, body))
        while self.server.drips and self.server.dripped < 100:
            self.server.dripped += 1
            try:
                self.wfile.write(b"H")
            except OSError:
                return
            time.sleep(0.05)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def front_end(settings: Settings) -> Iterator[FrontEnd]:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    server = FrontEnd()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def endpoint_at(front_end: FrontEnd) -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(url=f"http://127.0.0.1:{front_end.server_port}/hook")


def test_a_published_page_is_told_signed(world: World, front_end: FrontEnd) -> None:
    endpoint = endpoint_at(front_end)
    world.ptsd.save_revision().publish()
    deliver_due()
    (headers, body) = front_end.told[0]
    event = json.loads(body)
    assert event["type"] == "page.published"
    assert event["data"] == {
        "id": world.ptsd.pk,
        "type": "pages.ConditionPage",
        "detail": f"/api/v3/pages/{world.ptsd.pk}/",
    }
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret_of(endpoint).removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_other_changes_are_told_and_drafts_are_not(world: World, front_end: FrontEnd) -> None:
    endpoint_at(front_end)
    Citation.objects.get(key="draft-2020").save()
    world.draft.save_revision()
    world.trial.save_revision()
    assert not Delivery.objects.exists()
    world.trial.save()
    world.topic.save()
    world.ptsd.unpublish()
    deliver_due()
    told = [json.loads(body) for _headers, body in front_end.told]
    assert [event["type"] for event in told] == ["citation.changed", "site.changed", "page.unpublished"]
    assert CANARY not in json.dumps(told)


def test_a_page_that_goes_behind_a_log_in_and_comes_back_is_told(world: World, front_end: FrontEnd) -> None:
    endpoint_at(front_end)
    restriction = PageViewRestriction.objects.create(page=world.standard, restriction_type="login")
    restriction.delete()
    Person.objects.get(slug="rae").save()
    Redirect.objects.create(old_path="/old", redirect_page=world.home)
    PageViewRestriction.objects.create(page=world.standard, restriction_type="login")
    world.standard.delete()
    events = [row.payload["body"] for row in Delivery.objects.order_by("pk")]
    assert [(event["type"], event["data"].get("what")) for event in events] == [
        ("page.unpublished", None),
        ("page.published", None),
        ("site.changed", "pages.Person"),
        ("site.changed", "wagtailredirects.Redirect"),
        ("page.unpublished", None),
        ("page.unpublished", None),
    ]
    assert events[0]["data"]["type"] == "pages.StandardPage"


def test_what_was_not_taken_is_tried_again_and_replayed(world: World, front_end: FrontEnd, client: Client) -> None:
    endpoint = endpoint_at(front_end)
    front_end.status = 500
    world.topic.save()
    deliver_due()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("waiting", 1)
    long_ago = timezone.now() - datetime.timedelta(days=30)
    Delivery.objects.update(state="failed", created_at=long_ago, done_at=long_ago)
    client.force_login(User.objects.create_superuser("root"))
    assert "Send again" in client.get("/admin/api-webhooks/").content.decode()
    assert secret_of(endpoint) in client.get(f"/admin/api-webhooks/edit/{endpoint.pk}/").content.decode()
    listed = client.get("/admin/api-webhooks/").content.decode()
    assert f"/admin/api-webhooks/replay/{endpoint.pk}/" in listed
    assert client.get(f"/admin/api-webhooks/replay/{endpoint.pk}/").status_code == 200
    client.post(f"/admin/api-webhooks/replay/{endpoint.pk}/")
    deliver_due()
    assert Delivery.objects.get().state == "waiting"  # for as long as a new one: one failure more is not the end
    front_end.status = 200
    Delivery.objects.update(next_try_at=timezone.now())
    deliver_due()
    assert Delivery.objects.get().state == "sent"
    assert len({headers["webhook-id"] for headers, _body in front_end.told}) == 1
    assert len(front_end.told) == 3


def test_an_address_that_would_never_be_called_is_refused(client: Client, settings: Settings) -> None:
    client.force_login(User.objects.create_superuser("root"))
    answer = client.post("/admin/api-webhooks/new/", {"url": "http://front.example/hook", "active": "on"})
    assert "begins with https://" in answer.content.decode()
    assert not WebhookEndpoint.objects.exists()
    settings.WEBHOOK_PRIVATE_HOSTS = ["front.example"]
    client.post("/admin/api-webhooks/new/", {"url": "http://front.example/hook", "active": "on"})
    assert WebhookEndpoint.objects.exists()


def test_a_host_that_answers_a_letter_at_a_time_is_cut_off(
    world: World, front_end: FrontEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "DEADLINE", 0.5)
    front_end.drips = True
    endpoint_at(front_end)
    world.topic.save()
    deliver_due()
    assert front_end.dripped < 100
    delivery = Delivery.objects.get()
    assert (delivery.state, "not reached" in delivery.last_error) == ("waiting", True)


def test_an_endpoint_that_is_switched_off_hears_nothing(world: World, front_end: FrontEnd) -> None:
    endpoint = endpoint_at(front_end)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(active=False)
    world.topic.save()
    assert not Delivery.objects.exists()


def test_case_20_a_private_address_is_never_called(world: World, front_end: FrontEnd, settings: Settings) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = []
    endpoint_at(front_end)
    world.topic.save()
    deliver_due()
    assert not front_end.told
    assert Delivery.objects.get().state == "failed"
