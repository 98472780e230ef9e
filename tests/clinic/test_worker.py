"""The background worker, and scheduled publishing that goes on after one bad item."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.models import Page

from clinic import chores
from clinic.management.commands import worker
from pages.models import StandardPage

ROOT = Path(__file__).resolve().parents[2]


def scheduled(title: str) -> StandardPage:
    """A page that should have gone live a minute ago."""
    page = StandardPage(title=title, live=False)
    Page.objects.get(depth=1).add_child(instance=page)
    page.go_live_at = timezone.now() + timedelta(hours=1)
    revision = page.save_revision()
    revision.publish(skip_permission_checks=True)
    revision.refresh_from_db()
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.content |= {"go_live_at": revision.approved_go_live_at.isoformat()}
    revision.save()
    return page


@pytest.mark.django_db
def test_one_bad_page_does_not_keep_the_others_waiting(monkeypatch) -> None:
    bad, good = scheduled("Bad"), scheduled("Good")
    save = StandardPage.save

    def refuse_bad(self, *args, **kwargs):
        if self.title == "Bad" and self.live:
            raise RuntimeError("what an editor wrote")
        save(self, *args, **kwargs)

    monkeypatch.setattr(StandardPage, "save", refuse_bad)
    with pytest.raises(CommandError) as caught:
        call_command("publish_scheduled")
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.live, bad.live) == (True, False)
    assert f"pages.standardpage {bad.pk} (RuntimeError)" in str(caught.value)
    assert "what an editor wrote" not in str(caught.value)


@pytest.mark.django_db
def test_an_expired_page_goes_at_its_time() -> None:
    page = StandardPage(title="Offer", live=True, expire_at=timezone.now() - timedelta(minutes=1))
    Page.objects.get(depth=1).add_child(instance=page)
    call_command("publish_scheduled")
    page.refresh_from_db()
    assert (page.live, page.expired) == (False, True)


@pytest.mark.django_db
def test_a_chore_that_fails_does_not_keep_the_others_waiting(monkeypatch) -> None:
    done = []

    def fail() -> None:
        raise RuntimeError

    pair = (chores.Chore("first", 1, fail), chores.Chore("second", 1, lambda: done.append("second")))
    monkeypatch.setattr(worker, "CHORES", pair)
    with pytest.raises(CommandError, match="Failed: first"):
        call_command("worker", once=True)
    assert done == ["second"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_stops_when_told_to(tmp_path: Path, number: signal.Signals) -> None:
    """It ends by itself, without a traceback, soon after the signal."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "clinic.settings.test",
        "TEST_DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        # Its first words: the empty database has no tables, which a chore logs and survives.
        first = process.stderr.readline()
        assert "The chore" in first
        process.send_signal(number)
        assert process.wait(30) == 0
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()


@pytest.mark.django_db
def test_old_counts_of_searches_and_sessions_that_ran_out_are_forgotten() -> None:
    old, promoted = Query.get("old words"), Query.get("promoted words")
    for query in (old, promoted):
        query.add_hit(date=timezone.now().date() - timedelta(days=30))
    SearchPromotion.objects.create(query=promoted, external_link_url="https://www.example/")
    Session.objects.create(session_key="gone", expire_date=timezone.now() - timedelta(days=1))
    for chore in chores.CHORES:
        if chore.name in ("tidy_search", "clear_sessions"):
            chore.do()
    assert [query.query_string for query in Query.objects.all()] == ["promoted words"]
    assert not Session.objects.exists()
