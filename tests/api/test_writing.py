"""What tokens write: the columns of pages as the editor's form takes them, and nothing that is locked or unreadable."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import Settings
from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowTask

from forms.models import FormPage
from pages.models import ClinicImage, ConditionPage, StandardPage
from tests.api.test_manners import problem
from tests.api.test_tokens import bearer, body, make_token
from tests.api.world import CANARY, World
from tests.forms.build import call_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def writing_is_on(settings: Settings) -> None:
    settings.API_WRITE_ENABLED = True


@pytest.fixture
def plain(db: None) -> str:
    """A token of somebody of the marketing role."""
    user = User.objects.create_user("marketing-token")
    user.groups.add(Group.objects.get(name="Marketing"))
    return make_token("write_pages", "read_drafts", user=user)


def draft_of(page: Page) -> Any:
    return type(page).objects.get(pk=page.pk).get_latest_revision_as_object()


def test_the_content_of_a_page_is_written_as_a_clean_draft(world: World, client: Client, plain: str) -> None:
    text = '<p onclick="x()">Rest <b>well</b>. <a href="javascript:1">Here</a><script>alert(1)</script></p>'
    change = {"summary": "What the day is like.", "body": [{"type": "text", "value": text}]}
    answer = body(client, "PATCH", f"pages/{world.standard.pk}/", plain, change)
    assert answer.status_code == 200, answer.content
    assert answer.json()["summary"] == "What the day is like."
    draft = draft_of(world.standard)
    assert draft.summary == "What the day is like."
    assert "<b>well</b>" in draft.body[0].value.source
    assert not any(bad in draft.body[0].value.source for bad in ("<script", "onclick", "javascript:"))
    live = StandardPage.objects.get(pk=world.standard.pk)
    assert live.summary == "The day itself."
    assert live.body[0].value == "Before you come"


def test_columns_of_a_condition_page_are_written_and_its_rows_stay(world: World, client: Client, plain: str) -> None:
    change = {"act_now": "Call 988 now.", "regulatory_note": "<p>Off label.</p>", "topics": [world.topic.pk]}
    answer = body(client, "PATCH", f"pages/{world.ptsd.pk}/", plain, change)
    assert answer.status_code == 200, answer.content
    draft = draft_of(world.ptsd)
    assert draft.act_now == "Call 988 now."
    assert draft.regulatory_note.endswith(">Off label.</p>")
    assert [fact.statement for fact in draft.facts.all() if not fact.draft] == ["Some people feel better within a day."]


@pytest.mark.parametrize(
    ("change", "loc"),
    [
        ({"sumary": "A slip."}, "sumary"),
        ({"live": True}, "live"),
        ({"owner": 1}, "owner"),
        ({"path": "0001"}, "path"),
        ({"facts": []}, "facts"),
        ({"meta": {"action": "publish", "publsh": 1}}, "publsh"),
    ],
)
def test_what_is_not_taken_is_named_and_never_left_out_in_silence(
    world: World, client: Client, plain: str, change: dict[str, Any], loc: str
) -> None:
    errors = problem(body(client, "PATCH", f"pages/{world.standard.pk}/", plain, change), 422)["errors"]
    assert errors[0]["loc"][-1] == loc
    assert CANARY in draft_of(world.standard).summary  # as the world was made: nothing was kept


def test_how_submissions_are_kept_is_not_for_tokens(client: Client, world: World, plain: str) -> None:
    page = call_page()
    for change in ({"retention_days": 1}, {"webhook_url": "https://x.example/"}, {"open_to_api": True}):
        problem(body(client, "PATCH", f"pages/{page.pk}/", plain, change), 422)
    assert body(client, "PATCH", f"pages/{page.pk}/", plain, {"notice": "We read these daily."}).status_code == 200
    assert draft_of(page).notice == "We read these daily."
    made = {"title": "Ask us", "meta": {"type": "forms.CallRequestPage", "parent_id": world.home.pk}}
    answer = body(client, "POST", "pages/", plain, made)
    assert answer.status_code == 201, answer.content
    assert FormPage.objects.get(pk=answer.json()["id"]).live is False


@pytest.mark.parametrize(
    "stream",
    [
        *([1], ["text"], [None], [[]], [{}], [{"type": "text"}], [{"type": "no-such-block", "value": ""}]),
        *([{"type": "image", "value": "x"}], [{"type": "table", "value": "x"}], [{"type": "steps", "value": [1]}]),
        *([{"type": "text", "value": 5}], [{"type": ["text"], "value": ""}], [{"type": "quote", "value": "x"}]),
        *([{"type": "cta", "value": {"page": "none"}}], [{"type": "questions", "value": {"a": 1}}]),
    ],
)
def test_blocks_that_are_none_are_refused_in_words(world: World, client: Client, plain: str, stream: Any) -> None:
    answer = body(client, "PATCH", f"pages/{world.standard.pk}/", plain, {"body": stream})
    errors = problem(answer, 422)["errors"]
    assert "body" in errors[0]["loc"]
    assert errors[0]["msg"]


@pytest.mark.parametrize(
    "sent",
    [
        *("[]", '"text"', "null", "5", '{"meta": []}', '{"meta": "x"}', '{"title": "a\\u0000b"}'),
        *('{"title": "a\\ud800b"}', '{"meta": {"type": [1]}}', '{"meta": {"type": "auth.User"}}'),
        *(
            '{"title": null}',
            '{"title": ""}',
            '{"slug": "a b"}',
            '{"last_changed": "soon"}',
            '{"social_image_id": 999}',
        ),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "pages/"), ("PATCH", "pages/{pk}/")])
def test_bodies_that_do_not_fit_are_refused_in_words(
    world: World, client: Client, plain: str, method: str, path: str, sent: str
) -> None:
    answer = client.generic(
        method,
        f"/api/v3/{path.format(pk=world.standard.pk)}",
        sent,
        content_type="application/json",
        headers=bearer(plain),
    )
    assert problem(answer, 422)["errors"][0]["msg"]


@pytest.mark.parametrize("sent", [{"title": "a\x00b"}, {"slug": "a" * 300}, {"slug": "draft"}])
def test_a_copy_with_a_bad_name_is_refused_in_words(
    world: World, client: Client, plain: str, sent: dict[str, str]
) -> None:
    errors = problem(body(client, "POST", f"pages/{world.standard.pk}/actions/copy/", plain, sent), 422)["errors"]
    assert errors[0]["msg"]


def test_a_page_that_may_not_go_live_says_what_is_missing_where(world: World, client: Client, plain: str) -> None:
    made = {
        "title": "Migraine",
        "summary": "",
        "meta": {"type": "pages.ConditionPage", "parent_id": world.ptsd.get_parent().pk, "action": "publish"},
    }
    errors = problem(body(client, "POST", "pages/", plain, made), 422)["errors"]
    assert [error["loc"] for error in errors] == [["body", "summary"]]
    assert not ConditionPage.objects.filter(title="Migraine").exists()


def publish(client: Client, page: Page, plain: str) -> Any:
    return body(client, "POST", f"pages/{page.pk}/actions/publish/", plain, {})


def test_a_locked_page_is_neither_published_nor_taken_back(world: World, client: Client, plain: str) -> None:
    somebody = User.objects.create_superuser("somebody")
    Page.objects.filter(pk=world.standard.pk).update(locked=True, locked_by=somebody, locked_at=timezone.now())
    assert "locked" in problem(publish(client, world.standard, plain), 403)["detail"]
    earlier = {"revision_id": world.standard.latest_revision_id}
    problem(body(client, "POST", f"pages/{world.standard.pk}/actions/revert/", plain, earlier), 403)
    problem(body(client, "PATCH", f"pages/{world.standard.pk}/", plain, {"summary": "x"}), 403)
    assert StandardPage.objects.get(pk=world.standard.pk).summary == "The day itself."


def test_a_page_in_review_waits_for_its_reviewers(world: World, client: Client, plain: str) -> None:
    task = GroupApprovalTask.objects.create(name="Medical review")
    task.groups.set(Group.objects.filter(name="Clinicians"))
    workflow = Workflow.objects.create(name="Medical review")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    world.standard.save_revision()
    workflow.start(world.standard, User.objects.create_superuser("starter"))
    problem(publish(client, world.standard, plain), 403)
    problem(body(client, "PATCH", f"pages/{world.standard.pk}/", plain, {"summary": "x"}), 403)
    assert StandardPage.objects.get(pk=world.standard.pk).summary == "The day itself."


def test_a_record_takes_no_signs_that_a_database_cannot_keep(world: World, client: Client) -> None:
    plain = make_token("write_research")
    for bad in ("a\x00b", "a\ud800b"):
        problem(body(client, "PATCH", "research/citations/feder-2014-ptsd/", plain, {"headline": bad}), 422)


@pytest.fixture
def files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(client: Client, kind: str, plain: str, name: str, content: bytes) -> Any:
    parts = {"title": "Sent", "description": "A room", "file": SimpleUploadedFile(name, content)}
    return client.post(f"/api/v3/{kind}/", parts, headers=bearer(plain))


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("documents", "page.html", b"<script>alert(1)</script>"),
        ("documents", "drawing.svg", b"<svg onload='alert(1)'/>"),
        ("documents", "program.exe", b"MZ"),
        ("images", "drawing.svg", b"<svg onload='alert(1)'/>"),
        ("images", "picture.png", b"<script>alert(1)</script>"),
        ("images", "page.html", b"<script>alert(1)</script>"),
    ],
)
def test_case_18_hostile_files_are_refused(
    world: World, client: Client, plain: str, kind: str, name: str, content: bytes
) -> None:
    assert problem(upload(client, kind, plain, name, content), 422)["errors"][0]["loc"][-1] == "file"


@pytest.mark.usefixtures("files")
def test_a_picture_leaves_what_the_camera_wrote_behind(world: World, client: Client, plain: str) -> None:
    notes = Image.Exif()
    notes[0x010E] = CANARY
    photo = io.BytesIO()
    Image.new("RGB", (40, 30)).save(photo, "JPEG", exif=notes)
    assert CANARY.encode() in photo.getvalue()
    answer = upload(client, "images", plain, "photo.jpg", photo.getvalue())
    assert answer.status_code == 201, answer.content
    assert CANARY.encode() not in ClinicImage.objects.get(pk=answer.json()["id"]).file.read()
