"""Each way to go live, at once or on a date, against each thing that must stop it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import APIToken, GroupApprovalTask, Page, Revision, Workflow, WorkflowTask
from wagtail.test.utils.form_data import querydict_from_html

from clinic.api.models import TokenGrant
from pages.models import ConditionPage, EvidenceAcknowledgement
from research.models import Citation
from research.reports import REPORTS
from tests.research.builders import citation, condition_page, fact

pytestmark = pytest.mark.django_db

Way = Callable[[Client, ConditionPage], str]
"""Tries to publish a page's draft as a person or a program would; the words of the answer."""

EMPTY_STREAMS = {"at_a_glance-count": "0", "who_it_may_suit-count": "0", "body-count": "0"}  # made by script
SOON = datetime.timedelta(days=2)


@pytest.fixture
def editor(client: Client, settings: Any) -> User:
    settings.API_WRITE_ENABLED = True
    user = User.objects.create_superuser("editor", "editor@example.org", "x")
    client.force_login(user)
    return user


def by_editor(client: Client, page: ConditionPage, action: str = "action-publish", **changes: str) -> str:
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = querydict_from_html(client.get(address).content.decode(), form_id="page-edit-form")
    for name, value in {**EMPTY_STREAMS, action: "1", **changes}.items():
        data[name] = value
    return client.post(address, data, follow=True).content.decode()


def by_bulk_action(client: Client, page: ConditionPage) -> str:
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    return client.post(f"{address}?id={page.pk}", follow=True).content.decode()


def _approve(client: Client, page: ConditionPage, **headers: str) -> Any:
    user = User.objects.get(username="editor")
    group = Group.objects.get_or_create(name="Approvers")[0]
    user.groups.add(group)
    state = page.current_workflow_state
    if state is None:
        workflow = Workflow.objects.create(name="Check")
        task = GroupApprovalTask.objects.create(name="Approve")
        task.groups.add(group)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
        state = workflow.start(page, user)
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.current_task_state.pk])
    return client.post(address, {"comment": "Fine"}, headers=headers)


def by_approval(client: Client, page: ConditionPage) -> str:
    return client.get(_approve(client, page)["Location"]).content.decode()


def by_approval_in_its_dialog(client: Client, page: ConditionPage) -> str:
    answer = _approve(client, page, **{"x-requested-with": "XMLHttpRequest"}).json()
    return client.get(answer["redirect"]).content.decode() if "redirect" in answer else str(answer)


def by_api(client: Client, page: ConditionPage) -> str:
    token, secret = APIToken.create_token(user=User.objects.get(username="editor"), name="t")
    TokenGrant.objects.update_or_create(token=token, defaults={"write_pages": True, "read_drafts": True})
    address = reverse("wagtailapi_v3:pages_actions_publish", args=[page.pk])
    headers = {"authorization": f"Bearer {secret}"}
    answer = client.post(address, {}, content_type="application/json", headers=headers)
    assert answer.status_code in {200, 422}, answer.content
    return answer.content.decode()


def by_the_clock(client: Client, page: ConditionPage) -> str:
    """What was scheduled while all was well comes due."""
    past = timezone.now() - datetime.timedelta(minutes=1)
    Revision.objects.filter(pk=page.latest_revision_id).update(approved_go_live_at=past)
    try:
        call_command("publish_scheduled")
    except CommandError:
        return client.get(reverse("research_reports:report", args=["held-back"])).content.decode()
    return "published"


ASKED = [by_editor, by_bulk_action, by_approval, by_approval_in_its_dialog, by_api]
WAYS = [*ASKED, by_the_clock]


def _draft(*sources: Citation, live: bool = False, **fields: Any) -> ConditionPage:
    """A page whose newest revision holds one fact; where it is live, readers see the page without the fact."""
    page = condition_page(live=live, **fields)
    fact(page, "Symptoms were lower a day later.", *sources)
    page.save_revision(clean=False)
    return ConditionPage.objects.get(pk=page.pk)


def _public_facts(page: ConditionPage) -> int:
    return ConditionPage.objects.live().filter(pk=page.pk, facts__isnull=False).count()


def _retract(source: Citation) -> None:
    fields: dict[str, Any] = {"status": "retracted", "status_date": datetime.date(2017, 8, 28)}
    Citation.objects.filter(pk=source.pk).update(**fields)


def _overdue(source: Citation) -> None:
    Citation.objects.filter(pk=source.pk).update(next_review=timezone.localdate() - datetime.timedelta(days=3))


def _question(source: Citation) -> None:
    Citation.objects.filter(pk=source.pk).update(status="concern", status_date=datetime.date(2026, 5, 1))


@pytest.mark.any_database
@pytest.mark.parametrize("way", WAYS)
def test_a_fact_without_a_source_is_refused(client: Client, editor: User, way: Way) -> None:
    page = _draft()
    assert "has no source" in way(client, page)
    assert _public_facts(page) == 0
    assert page.get_latest_revision_as_object().facts.count() == 1  # the draft is kept


@pytest.mark.parametrize("way", WAYS)
def test_a_retracted_paper_is_no_support(client: Client, editor: User, way: Way) -> None:
    page = _draft(source := citation("larkin-2011"), live=True)
    _retract(source)
    assert "Larkin 2014, is retracted" in way(client, page)
    assert _public_facts(page) == 0


@pytest.mark.any_database
@pytest.mark.parametrize(("way", "doubt"), [(way, _overdue) for way in WAYS[1:]] + [(by_editor, _question)])
def test_a_doubt_needs_a_reason_and_needs_it_once(
    client: Client, editor: User, way: Way, doubt: Callable[[Citation], None]
) -> None:
    page = _draft(source := citation("late-2014"))
    doubt(source)
    assert ("was due for review" if doubt is _overdue else "expression of concern") in way(client, page)
    assert _public_facts(page) == 0
    if way is by_the_clock:  # nobody can change what is scheduled
        client.post(reverse("wagtailadmin_pages:revisions_unschedule", args=[page.pk, page.latest_revision_id]))
    by_editor(client, page, "save", evidence_reason="Still the best there is.")
    assert EvidenceAcknowledgement.objects.get(page=page).reason == "Still the best there is."
    assert _public_facts(page) == 0  # saved as a draft
    way(client, ConditionPage.objects.get(pk=page.pk))
    assert _public_facts(page) == 1


@pytest.mark.any_database
@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("way", ASKED)
def test_a_date_is_refused_when_it_is_set(client: Client, editor: User, way: Way, live: bool) -> None:
    page = _draft(live=live, go_live_at=timezone.now() + SOON)
    assert "has no source" in way(client, page)
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()
    assert ConditionPage.objects.get(pk=page.pk).live is live


@pytest.mark.parametrize("way", [by_bulk_action, by_api])
def test_a_source_that_falls_before_the_date_is_told_and_stops_it(client: Client, editor: User, way: Way) -> None:
    page = _draft(source := citation("fine-2014"), go_live_at=timezone.now() + SOON)
    way(client, page)
    assert Revision.objects.for_instance(page).filter(approved_go_live_at__isnull=False).exists()
    assert list(REPORTS["held-back"].rows()) == []
    _retract(source)
    (row,) = REPORTS["held-back"].rows()
    assert row.fix.pk == page.pk and "is retracted" in row.problem
    page = ConditionPage.objects.get(pk=page.pk)
    assert "is retracted" in by_the_clock(client, page)
    assert _public_facts(page) == 0


def test_a_schedule_goes_on_after_a_bad_page(client: Client) -> None:
    bad, good = _draft(), condition_page("ocd", live=False)
    good.save_revision()
    past = timezone.now() - datetime.timedelta(minutes=1)
    Revision.objects.filter(object_id__in=[str(bad.pk), str(good.pk)]).update(approved_go_live_at=past)
    with pytest.raises(CommandError, match="PublishBlockedError"):
        call_command("publish_scheduled")
    assert list(Page.objects.live().filter(pk__in=[bad.pk, good.pk])) == [Page.objects.get(pk=good.pk)]


def test_a_refused_approval_stays_open(client: Client, editor: User) -> None:
    page = _draft()
    by_approval(client, page)
    assert ConditionPage.objects.get(pk=page.pk).workflow_in_progress
