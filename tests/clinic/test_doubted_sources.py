"""People responsible are told of a fallen source, whatever the mail server does; against a real one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import Message
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page
from wagtail.test.utils.form_data import querydict_from_html

from forms.delivery.outbox import deliver_due
from forms.models import Delivery
from research.models import Citation
from tests.local_services import mail_server
from tests.research.builders import citation, condition_page, fact
from tests.servers import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def port(settings: Any) -> int:
    """The port of the mail server, on which nobody listens unless a test starts one."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 2
    return int(settings.EMAIL_PORT)


@pytest.fixture
def source() -> Iterator[Citation]:
    """A source that carries a statement of somebody's live page; a clinician keeps the library."""
    clinician = User.objects.create_user("c", "clinician@example.org", "x")
    clinician.groups.add(Group.objects.get(name="Clinicians"))
    owner = User.objects.create_user("o", "owner@example.org", "x")
    owner.groups.add(Group.objects.get(name="Marketing"))
    User.objects.create_user("n", "nobody@example.org", "x")
    User.objects.create_superuser("a", "admin@example.org", "x")
    source = citation("feder-2014-ptsd")
    page = condition_page(live=False)
    fact(page, "Symptoms were lower.", source)
    page.save_revision().publish()
    Page.objects.filter(pk=page.pk).update(owner=owner)
    return source


def retract(source: Citation) -> None:
    source.status, source.status_date = "retracted", timezone.localdate()
    source.save_revision().publish()


def later(**ago: Any) -> int:
    """The worker's next round, so long after the news: how many mails it sent."""
    now = timezone.now()
    Delivery.objects.update(created_at=now - timedelta(**ago), next_try_at=now, lease_until=None)
    return deliver_due()


def text(message: Message) -> str:
    body = message.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode()


def test_people_are_told_after_a_day_without_a_mail_server(source: Citation, client: Client, port: int) -> None:
    client.force_login(User.objects.get(username="c"))
    address = reverse(Citation.snippet_viewset.get_url_name("edit"), args=[source.pk])
    data = querydict_from_html(client.get(address).content.decode(), form_id="w-editor-form")
    data["status"], data["status_date"], data["action-publish"] = "retracted", "2026-08-28", "action-publish"
    assert client.post(address, data).status_code == 302
    source.refresh_from_db()
    assert source.status == "retracted"
    before = {*Delivery.objects.values_list("target", "message_id", "attempts")}
    assert {(to, tries) for to, _id, tries in before} == {("clinician@example.org", 0), ("owner@example.org", 0)}
    assert later() == later(hours=12) == later(hours=24) == 0
    assert {*Delivery.objects.values_list("state", "attempts")} == {("waiting", 3)}
    with mail_server(port) as server:
        assert later(hours=25) == 2
        assert later(hours=26) == 0
    messages = {message["To"]: message for message in server.messages}
    assert {(to, message["Message-ID"]) for to, message in messages.items()} == {(to, uid) for to, uid, _ in before}
    page = Page.objects.get(slug="ptsd")
    for message in messages.values():
        assert "Retracted" in text(message)
        assert "retracted" in message["Subject"]
    for_owner, for_keeper = text(messages["owner@example.org"]), text(messages["clinician@example.org"])
    assert f"{page.title}: http://testserver/admin/pages/{page.pk}/edit/" in for_owner
    assert f"{page.title}: {page.full_url}" in for_keeper, "no clinician may open a page's editor"
    assert "tell those who edit them" in for_keeper and "tell those who edit them" not in for_owner


def test_they_are_told_once(source: Citation) -> None:
    retract(source)
    assert Delivery.objects.count() == 2
    source.save()
    source.save_revision().publish()
    assert Delivery.objects.count() == 2


def test_what_was_not_kept_is_not_told(source: Citation) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        retract(source)
        raise RuntimeError("the power went")
    assert not Delivery.objects.exists()


def test_a_retraction_taken_back_before_the_mail_went_is_no_news(source: Citation, port: int) -> None:
    retract(source)
    source.status, source.status_date = "current", None
    source.save_revision().publish()
    with mail_server(port) as server:
        later()
    assert server.messages == [] and not Delivery.objects.waiting().exists()


def test_administrators_are_told_where_nobody_else_is(source: Citation) -> None:
    User.objects.filter(is_superuser=False).update(is_active=False)
    retract(source)
    assert [delivery.target for delivery in Delivery.objects.all()] == ["admin@example.org"]
