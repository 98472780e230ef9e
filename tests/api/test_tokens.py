"""Tokens: their end, their scopes, what they may write, and the screen that governs them."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from wagtail.models import APIToken

from pages.models import ConditionPage, StandardPage
from tests.api.asking import bearer, make_token, problem
from tests.api.world import CANARY, World

pytestmark = pytest.mark.django_db


def body(client: Client, method: str, path: str, plain: str, data: Any) -> Any:
    return client.generic(
        method, f"/api/v3/{path}", json.dumps(data), content_type="application/json", headers=bearer(plain)
    )


def test_a_token_without_scopes_reads_what_everyone_reads(world: World, client: Client) -> None:
    plain = make_token()
    for path in ("pages/?fields=*&limit=100", f"pages/{world.standard.pk}/?version=draft", "conditions/ptsd/"):
        answer = client.get(f"/api/v3/{path}", headers=bearer(plain))
        assert answer.status_code == 200
        assert answer.json() == client.get(f"/api/v3/{path}").json()
        assert answer["Cache-Control"] == "private, no-store"
    problem(client.get(f"/api/v3/pages/{world.draft.pk}/", headers=bearer(plain)), 404)
    problem(client.get(f"/api/v3/pages/{world.standard.pk}/revisions/", headers=bearer(plain)), 403)
    assert client.get("/api/v3/whoami/", headers=bearer(plain)).status_code == 200


def test_a_token_that_may_read_drafts_reads_them(world: World, client: Client) -> None:
    plain = make_token("read_drafts")
    listed = client.get("/api/v3/pages/?limit=100", headers=bearer(plain)).json()
    assert any(CANARY in item["title"] for item in listed["items"])
    assert client.get(f"/api/v3/pages/{world.draft.pk}/", headers=bearer(plain)).json()["meta"]["live"] is False
    draft = client.get(f"/api/v3/pages/{world.standard.pk}/?version=draft", headers=bearer(plain)).json()
    assert CANARY in draft["summary"]
    live = client.get(f"/api/v3/pages/{world.standard.pk}/", headers=bearer(plain)).json()
    assert CANARY not in live["summary"]


def test_a_scope_gives_no_more_than_its_person_has(world: World, client: Client) -> None:
    plain = make_token("read_drafts", user=User.objects.create_user("nobody"))
    assert client.get("/api/v3/pages/?limit=100", headers=bearer(plain)).json()["count"] == 0
    problem(client.get(f"/api/v3/pages/{world.draft.pk}/", headers=bearer(plain)), 404)


@pytest.mark.parametrize("how", ["unknown", "expired", "revoked", "inactive", "no grant", "malformed"])
def test_a_token_that_is_not_good_is_refused(world: World, client: Client, how: str) -> None:
    ended = timezone.now() - datetime.timedelta(seconds=1)
    plain = make_token("read_drafts", **({"expires_at": ended} if how == "expired" else {}))
    token = APIToken.objects.get()
    if how == "unknown":
        plain = plain[:-1] + ("a" if plain[-1] != "a" else "b")
    elif how == "revoked":
        token.revoke()
    elif how == "inactive":
        User.objects.update(is_active=False)
    elif how == "no grant":
        token.grant.delete()
    header = "Basic abc" if how == "malformed" else f"Bearer {plain}"
    for path in ("pages/", "whoami/"):
        response = client.get(f"/api/v3/{path}", headers={"Authorization": header})
        assert "Ask an administrator" in problem(response, 401)["detail"]
        assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_last_use_is_noted(world: World, client: Client) -> None:
    plain = make_token()
    client.get("/api/v3/whoami/", headers=bearer(plain))
    assert APIToken.objects.get().last_used_at is not None


def new_page(world: World, **data: Any) -> dict[str, Any]:
    return {"title": "New", "meta": {"type": "pages.StandardPage", "parent_id": world.home.pk}, **data}


def test_writing_is_off_unless_switched_on(world: World, client: Client) -> None:
    plain = make_token("write_pages")
    assert "switched off" in problem(body(client, "POST", "pages/", plain, new_page(world)), 403)["detail"]


def test_writing_needs_the_scope_and_the_right(world: World, client: Client, settings: Settings) -> None:
    settings.API_WRITE_ENABLED = True
    problem(body(client, "POST", "pages/", make_token("read_drafts"), new_page(world)), 403)
    nobody = make_token("write_pages", user=User.objects.create_user("nobody"))
    problem(body(client, "POST", "pages/", nobody, new_page(world)), 403)
    problem(client.post("/api/v3/pages/", new_page(world), content_type="application/json"), 401)
    made = body(client, "POST", "pages/", make_token("write_pages"), new_page(world))
    assert made.status_code == 201, made.content
    assert made.json()["type"] == "pages.StandardPage"
    assert StandardPage.objects.get(pk=made.json()["id"]).live is False


def test_the_publish_gate_stands_before_the_api_too(world: World, client: Client, settings: Settings) -> None:
    settings.API_WRITE_ENABLED = True
    page = ConditionPage(title="Unsupported", slug="unsupported", summary="A summary.", live=False)
    world.ptsd.get_parent().add_child(instance=page)
    page.facts.create(statement="Nobody has shown this.", sort_order=0)
    page.save_revision()
    response = body(client, "POST", f"pages/{page.pk}/actions/publish/", make_token("write_pages"), {})
    document = problem(response, 422)
    assert any("Nobody has shown this" in error["msg"] for error in document["errors"])
    page.refresh_from_db()
    assert page.live is False


def test_a_research_token_drafts_and_never_publishes(world: World, client: Client, settings: Settings) -> None:
    path, change = "research/citations/feder-2014-ptsd/", {"headline": "Eased symptoms for a day"}
    problem(body(client, "PATCH", path, make_token("write_research"), change), 403)  # switched off
    settings.API_WRITE_ENABLED = True
    problem(body(client, "PATCH", path, make_token("write_pages"), change), 403)
    nobody = make_token("write_research", user=User.objects.create_user("nobody"))
    problem(body(client, "PATCH", path, nobody, change), 403)
    plain = make_token("write_research")
    problem(body(client, "PATCH", path, plain, {"doi": "10.1/x"}), 422)
    kept = body(client, "PATCH", path, plain, change)
    assert kept.status_code == 200, kept.content
    world.trial.refresh_from_db()
    assert world.trial.headline == "What feder-2014-ptsd found"
    assert world.trial.get_latest_revision_as_object().headline == "Eased symptoms for a day"


def test_sites_languages_and_redirects_are_not_written_through_a_token(
    world: World, client: Client, settings: Settings
) -> None:
    settings.API_WRITE_ENABLED = True
    plain = make_token("write_pages", "write_research")
    for path in ("sites/", "locales/", "redirects/"):
        problem(body(client, "POST", path, plain, {}), 405)


def test_the_screen_says_where_tokens_come_from_before_there_is_one(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root", password="a long password"))
    APIToken.objects.all().delete()
    assert "/admin/api-tokens/new/" in client.get("/admin/api-access/").content.decode()


def test_the_screen_lists_tokens_and_changes_what_they_may(client: Client) -> None:
    admin = User.objects.create_superuser("admin")
    make_token(user=admin)
    grant = APIToken.objects.get().grant
    client.force_login(admin)
    listed = client.get("/admin/api-access/").content.decode()
    assert "A front end" in listed
    assert "reads what is public" in listed
    assert "Revoke" in listed
    response = client.post(
        f"/admin/api-access/edit/{grant.pk}/", {"read_drafts": "on", "expires_at": "2099-01-01 00:00"}, follow=True
    )
    assert response.status_code == 200
    grant.refresh_from_db()
    assert grant.read_drafts is True
    assert grant.expires_at.year in (2098, 2099)
    assert client.get("/admin/api-access/new/").status_code in {302, 403, 404}


def test_tokens_of_superusers_are_out_of_an_editors_reach(client: Client) -> None:
    make_token(user=User.objects.create_superuser("admin"))
    grant = APIToken.objects.get().grant
    editor = User.objects.create_user("editor", is_staff=True)
    editor.groups.add(Group.objects.get(name="Administrators"))
    client.force_login(editor)
    assert "A front end" not in client.get("/admin/api-access/").content.decode()
    assert client.get(f"/admin/api-access/edit/{grant.pk}/").status_code == 404
