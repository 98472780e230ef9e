"""Wagtail's v2 read API: what existing tools expect, and nothing that is not public."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection, CollectionViewRestriction

from pages.models import ClinicDocument
from tests.api.world import CANARY, World

pytestmark = pytest.mark.django_db


def test_pages_are_listed_filtered_and_found(world: World, client: Client) -> None:
    listed = client.get("/api/v2/pages/?type=pages.ConditionPage").json()
    assert [item["title"] for item in listed["items"]] == ["PTSD"]
    detail = client.get(f"/api/v2/pages/{world.ptsd.pk}/").json()
    assert detail["meta"]["html_url"] == "http://localhost/conditions/ptsd/"
    assert client.get("/api/v2/pages/find/?html_path=/conditions/ptsd/").status_code == 302


def test_nothing_hidden_is_in_it(world: World, client: Client) -> None:
    for address in ("pages/?fields=*&limit=100", "images/", "documents/", f"pages/{world.ptsd.pk}/"):
        response = client.get(f"/api/v2/{address}")
        assert response.status_code == 200
        assert CANARY not in response.content.decode()
    for page in (world.draft, world.private, world.below_private):
        assert client.get(f"/api/v2/pages/{page.pk}/").status_code == 404


def test_documents_of_a_private_collection_are_left_out(world: World, client: Client) -> None:
    collection = Collection.get_first_root_node().add_child(name="Private")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    ClinicDocument.objects.create(title=CANARY, file="a.pdf", collection=collection)
    shown = ClinicDocument.objects.create(title="Shown", file="b.pdf")
    for version in ("v2", "v3"):
        listed = client.get(f"/api/{version}/documents/").json()
        assert [item["title"] for item in listed["items"]] == ["Shown"]
    assert client.get(f"/api/v3/documents/{shown.pk}/").json()["content_type"] == "application/pdf"
    assert reverse("wagtailapi_v2:documents:listing") == "/api/v2/documents/"


def test_its_answers_are_kept_and_validated_like_those_of_v3(world: World, client: Client) -> None:
    response = client.get("/api/v2/pages/")
    assert response["Cache-Control"].startswith("public")
    assert "cookie" not in response["Vary"].lower()
    assert client.get("/api/v2/pages/", headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert client.head("/api/v2/pages/").content == b""
    assert client.post("/api/v2/pages/").status_code == 405
    assert client.get("/api/v2/pages/?site=localhost").status_code == 400
