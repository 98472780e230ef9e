"""Previews in a front end: a signed token opens one draft, for a short time."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.test import Client
from pytest_django import Settings

from clinic.api import previews
from tests.api.test_manners import problem
from tests.api.world import CANARY, World

pytestmark = pytest.mark.django_db


def test_an_editor_sees_the_draft_in_the_front_end(world: World, client: Client, settings: Settings) -> None:
    settings.API_PREVIEW_URL = "https://www.clinic.example/preview"
    client.force_login(User.objects.create_superuser("root"))
    assert "Preview in the front end" in client.get(f"/admin/pages/{world.standard.pk}/edit/").content.decode()
    sent = client.get(f"/admin/front-end-preview/{world.standard.pk}/")
    assert sent.status_code == 302
    assert sent["Location"].startswith("https://www.clinic.example/preview?token=")
    (token,) = parse_qs(urlsplit(sent["Location"]).query)["token"]
    draft = Client().get("/api/v3/previews/", {"token": token})
    assert CANARY in draft.json()["summary"]
    assert draft["Cache-Control"] == "private, no-store"
    assert CANARY not in Client().get(f"/api/v3/pages/{world.standard.pk}/").content.decode()


def test_a_token_is_good_for_its_draft_and_for_a_quarter_of_an_hour(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision = world.standard.get_latest_revision()
    token = previews.preview_token(revision)
    for bad in (token[:-2] + "xx", signing.dumps(revision.pk, salt="another"), "x" * 40):
        problem(client.get("/api/v3/previews/", {"token": bad}), 404)
    monkeypatch.setattr(previews, "LIFETIME", -1)
    problem(client.get("/api/v3/previews/", {"token": token}), 404)


def test_only_editors_of_the_page_get_one(world: World, client: Client, settings: Settings) -> None:
    settings.API_PREVIEW_URL = "https://www.clinic.example/preview"
    address = f"/admin/front-end-preview/{world.standard.pk}/"
    assert client.get(address).status_code == 302
    assert "token" not in client.get(address)["Location"]
    client.force_login(User.objects.create_user("nobody"))
    assert "token" not in client.get(address).get("Location", "")
