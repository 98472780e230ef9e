"""Previews in a front end: a signed token opens one draft as its editor has it, for a short time, and its user bar."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Group, User
from django.core.signing import TimestampSigner
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from wagtail.models import GroupPagePermission, Page
from wagtail.test.utils.form_data import nested_form_data, querydict_from_html, streamfield
from wagtail_headless_preview.models import PagePreview

from pages import front_end
from tests.api.asking import problem
from tests.api.world import CANARY, World
from tests.forms.build import call_page

pytestmark = pytest.mark.django_db
FRONT_END = "https://www.clinic.example/preview"


@pytest.fixture(autouse=True)
def front_end_set_up(settings: Settings) -> None:
    settings.API_PREVIEW_URL = FRONT_END
    settings.API_PREVIEW_ORIGIN = "https://www.clinic.example"


@pytest.fixture
def editor(client: Client) -> User:
    """Somebody logged in who may edit every page and do nothing else."""
    user = User.objects.create_user("editor")
    group = Group.objects.create(name="Editors of everything")
    group.permissions.add(*_permissions("access_admin"))
    for name in ("add_page", "change_page"):
        GroupPagePermission.objects.create(
            group=group, page=Page.get_first_root_node(), permission=_permissions(name)[0]
        )
    user.groups.add(group)
    client.force_login(user)
    return user


def _permissions(name: str) -> Any:
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename=name)


def opened(client: Client, address: str, **query: str) -> dict[str, str]:
    """The query with which the front end is opened by the editor's preview at an address of the admin."""
    sent = client.get(address, {"mode": "front-end", **query})
    assert sent.status_code == 302, sent.content[:500]
    assert sent["Location"].startswith(f"{FRONT_END}?token=")
    return {name: value for name, (value,) in parse_qs(urlsplit(sent["Location"]).query).items()}


def preview_of(page: Page) -> str:
    """Where the admin shows the last saved draft; what is not saved yet comes from `preview_on_edit`."""
    return reverse("wagtailadmin_pages:view_draft", args=[page.pk])


def read(query: dict[str, str], path: str = "") -> Any:
    """What a front end gets with the query that it was opened with: no log-in, no cookie."""
    return Client().get(f"/api/v3/previews/{path}", query)


def test_an_editor_sees_unsaved_changes_in_the_front_end(world: World, client: Client, editor: User) -> None:
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[world.standard.pk])).content.decode()
    assert '<option value="front-end" selected>Front end</option>' in edit
    data = querydict_from_html(edit, form_id="page-edit-form")
    data.update(nested_form_data({"body": streamfield([("heading", "Typed and not saved")])}))
    data["title"] = "A title nobody has saved"
    revisions = world.standard.revisions.count()
    panel = reverse("wagtailadmin_pages:preview_on_edit", args=[world.standard.pk])
    assert client.post(panel, data).json() == {"is_valid": True, "is_available": True}
    query = opened(client, panel, in_preview_panel="true")
    assert query["in_preview_panel"] == "true"
    draft = read(query)
    assert draft["Cache-Control"] == "private, no-store"
    assert draft.json()["title"] == "A title nobody has saved"
    assert [block["value"] for block in draft.json()["body"]] == ["Typed and not saved"]
    assert draft.json()["meta"]["slug"] == "what-to-expect"
    assert world.standard.revisions.count() == revisions
    assert "nobody has saved" not in Client().get(f"/api/v3/pages/{world.standard.pk}/").content.decode()


def test_saved_drafts_conditions_and_forms_are_shown_too(world: World, client: Client, editor: User) -> None:
    assert CANARY in read(opened(client, preview_of(world.standard))).json()["summary"]
    condition = read(opened(client, preview_of(world.ptsd))).json()
    published = Client().get(f"/api/v3/pages/{world.ptsd.pk}/").json()
    assert condition["facts"] == published["facts"]
    assert condition["references"] == published["references"]
    form = read(opened(client, preview_of(call_page())))
    assert form.json()["type"] == "forms.CallRequestPage"


def test_a_page_that_was_never_saved_is_shown(world: World, client: Client, editor: User) -> None:
    address = reverse("wagtailadmin_pages:preview_on_add", args=["pages", "standardpage", world.home.pk])
    add = client.get(reverse("wagtailadmin_pages:add", args=["pages", "standardpage", world.home.pk]))
    data = querydict_from_html(add.content.decode(), form_id="page-edit-form")
    data.update(nested_form_data({"body": streamfield([("heading", "Not yet a page")])}))
    data["title"] = "New"
    assert client.post(address, data).json()["is_valid"]
    page = read(opened(client, address)).json()
    assert (page["id"], page["title"], page["body"][0]["value"]) == (0, "New", "Not yet a page")
    assert page["meta"]["parent"]["id"] == world.home.pk


def test_a_token_is_good_for_its_draft_and_for_a_quarter_of_an_hour(
    world: World, client: Client, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = opened(client, preview_of(world.standard))
    token = query["token"]
    kept = PagePreview.objects.get()
    for bad in (token[:-2] + "xx", TimestampSigner(salt="another").sign(token.rpartition(":")[0]), "x" * 40):
        PagePreview.objects.filter(pk=kept.pk).update(token=bad)
        problem(read({"token": bad}), 404)
    PagePreview.objects.filter(pk=kept.pk).update(token=token)
    assert read(query).status_code == 200
    monkeypatch.setattr(front_end, "LIFETIME", -1)
    problem(read(query), 404)
    problem(read(query, "userbar/"), 404)
    opened(client, preview_of(world.ptsd))
    assert token not in PagePreview.objects.values_list("token", flat=True)  # what has ended is not kept


def test_an_editor_keeps_a_few_previews_of_a_page(world: World, client: Client, editor: User) -> None:
    tokens = [opened(client, preview_of(world.standard))["token"] for _ in range(front_end.KEPT + 2)]
    assert len(set(tokens)) == len(tokens)
    assert list(PagePreview.objects.order_by("pk").values_list("token", flat=True)) == tokens[-front_end.KEPT :]


def test_case_24_a_token_ends_with_its_editors_rights(world: World, client: Client, editor: User) -> None:
    query = opened(client, preview_of(world.standard))
    assert read(query).status_code == 200
    editor.groups.clear()
    problem(read(query), 404)
    editor.groups.set(Group.objects.filter(name="Editors of everything"))
    User.objects.filter(pk=editor.pk).update(is_active=False)
    problem(read(query), 404)


def test_only_editors_of_the_page_get_one(world: World, client: Client) -> None:
    address = f"{preview_of(world.standard)}?mode=front-end"
    assert "token" not in client.get(address)["Location"]
    client.force_login(User.objects.create_user("nobody"))
    assert "token" not in client.get(address).get("Location", "")
    assert not PagePreview.objects.exists()


def test_without_a_front_end_this_site_shows_the_draft(
    world: World, client: Client, editor: User, settings: Settings
) -> None:
    settings.API_PREVIEW_URL = ""
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[world.standard.pk])).content.decode()
    assert "Front end" not in edit
    assert "front-end" not in edit
    for page in (world.standard, world.ptsd, world.professionals, call_page()):
        shown = client.get(preview_of(page))
        assert shown.status_code == 200
        assert b"<main" in shown.content


def test_this_site_still_shows_the_draft_when_asked(world: World, client: Client, editor: User) -> None:
    for page, mode in ((world.standard, ""), (world.professionals, ""), (call_page(), "landing")):
        shown = client.get(preview_of(page), {"mode": mode})
        assert shown.status_code == 200
        assert b"<main" in shown.content


def test_the_user_bar_comes_with_its_checks_and_the_editors_links(world: World, client: Client, editor: User) -> None:
    query = opened(client, preview_of(world.standard))
    bar = read(query, "userbar/")
    assert bar["Content-Type"] == "text/html; charset=utf-8"
    assert bar["Cache-Control"] == "private, no-store"
    html = bar.content.decode()
    assert "<wagtail-userbar>" in html
    assert '="/static/' not in html
    assert f'href="//testserver/admin/pages/{world.standard.pk}/edit/"' in html
    assert 'src="//testserver/static/wagtailadmin/js/userbar.js' in html
    assert '"allowedOrigins": ["\\u003Csame_origin\\u003E", "http://testserver"]' in html
    editor_page = client.get(reverse("wagtailadmin_pages:edit", args=[world.standard.pk])).content.decode()
    assert '"allowedOrigins": ["\\u003Csame_origin\\u003E", "https://www.clinic.example"]' in editor_page
    panel = read(query | {"in_preview_panel": "true"}, "userbar/").content.decode()
    assert "<aside hidden" in panel
    assert 'src="//testserver/static/clinic/preview-checks.js"' in panel
    assert "/edit/" not in panel
    problem(read({"token": "x" * 40}, "userbar/"), 404)


def test_the_admin_may_frame_the_front_end_and_nobody_else() -> None:
    from clinic.headers import admin_policy

    assert admin_policy([], ["https://www.clinic.example"])["frame-src"] == ["'self'", "https://www.clinic.example"]
    assert admin_policy([])["frame-src"] == ["'self'"]
