"""Webhooks of front ends: signed, retried through the outbox, replayed from the admin."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from clinic.api.models import WebhookEndpoint
from clinic.api.webhooks import secret_of
from forms.delivery.outbox import deliver_due
from forms.models import Delivery
from research.models import Citation
from tests.api.world import CANARY, World

pytestmark = pytest.mark.django_db


class FrontEnd(HTTPServer):
    """A front end's server that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listener)
        self.status = 204
        self.told: list[tuple[dict[str, str], bytes]] = []


class Listener(BaseHTTPRequestHandler):
    """Takes webhooks."""

    server: FrontEnd

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append(({name.lower(): value for name, value in self.headers.items()}, body))
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
    assert not Delivery.objects.exists()
    world.trial.save()
    world.topic.save()
    world.ptsd.unpublish()
    deliver_due()
    told = [json.loads(body) for _headers, body in front_end.told]
    assert [event["type"] for event in told] == ["citation.changed", "site.changed", "page.unpublished"]
    assert CANARY not in json.dumps(told)


def test_what_was_not_taken_is_tried_again_and_replayed(world: World, front_end: FrontEnd, client: Client) -> None:
    endpoint = endpoint_at(front_end)
    front_end.status = 500
    world.topic.save()
    deliver_due()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("waiting", 1)
    Delivery.objects.update(state="failed")
    client.force_login(User.objects.create_superuser("root"))
    assert "Send again" in client.get("/admin/api-webhooks/").content.decode()
    assert secret_of(endpoint) in client.get(f"/admin/api-webhooks/edit/{endpoint.pk}/").content.decode()
    assert client.get(f"/admin/api-webhooks/replay/{endpoint.pk}/").status_code == 200
    client.post(f"/admin/api-webhooks/replay/{endpoint.pk}/")
    front_end.status = 200
    Delivery.objects.update(next_try_at=timezone.now())
    deliver_due()
    assert Delivery.objects.get().state == "sent"
    first, second = (headers["webhook-id"] for headers, _body in front_end.told)
    assert first == second


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
