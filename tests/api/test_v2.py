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


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("pages/?search=ptsd", 1),
        ("pages/?search=nightmare-free&search_operator=or&type=pages.ConditionPage", 0),
        ("pages/?search=ptsd&order=title", 1),
        (f"pages/?search={CANARY}", 0),
        ("images/?search=anything", 0),
        ("documents/?search=shown", 1),
    ],
)
def test_public_rows_are_searched(world: World, client: Client, address: str, found: int) -> None:
    ClinicDocument.objects.create(title="Shown", file="b.pdf")
    response = client.get(f"/api/v2/{address}")
    assert response.status_code == 200, response.content
    assert response.json()["meta"]["total_count"] == found


@pytest.mark.parametrize(
    "query",
    [
        *("offset=99999999999999999999999", "offset=-1", "search=%00", "search=a&search_operator=x", "slug=%00"),
        *("first_published_at=soon", "order=random&offset=1", "fields=((", "&".join(["slug=a"] * 3000)),
    ],
)
def test_bad_parameters_are_refused_as_json(world: World, client: Client, query: str) -> None:
    client.raise_request_exception = False
    response = client.get(f"/api/v2/pages/?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/json"
    assert response.json()["message"]
