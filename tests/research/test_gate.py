"""The publish gate on every way to go live, and what happens when a source falls."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry
from wagtail.test.utils.form_data import querydict_from_html

from pages.gate import Statement, judge, why_unsupported
from pages.models import ConditionPage, EvidenceAcknowledgement
from research.models import Citation
from research.publishing import PublishBlockedError
from tests.research.builders import citation, condition_page, fact, home_page, topic

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 11, 22)
EMPTY_STREAMS = {"at_a_glance-count": "0", "who_it_may_suit-count": "0", "body-count": "0"}  # made by script
RETRACTED: dict[str, Any] = {
    "status": "retracted",
    "status_date": datetime.date(2017, 8, 28),
    "status_source": "https://example.org/notice",
}


@pytest.fixture
def editor(client: Client) -> User:
    user = User.objects.create_superuser("editor", "editor@example.org", "x")
    client.force_login(user)
    return user


def _draft(*sources: Citation, statement: str = "Symptoms were lower a day later.", **stances: str) -> ConditionPage:
    """A page whose newest revision holds one fact; nothing is live."""
    page = condition_page(live=False)
    fact(page, statement, *sources, **stances)
    page.save_revision(clean=False)
    return ConditionPage.objects.get(pk=page.pk)


def _is_live(page: Page) -> bool:
    return Page.objects.get(pk=page.pk).live


# The rules


def test_rules_of_support() -> None:
    fine, gone = citation("fine"), citation("gone", **RETRACTED)
    draft, unconfirmed = citation("draft", live=False), citation("unconfirmed", verified_on=None)
    assert why_unsupported([(fine, "supports")]) == ""
    assert why_unsupported([(fine, "mixed")]) == ""
    assert why_unsupported([(gone, "supports"), (fine, "supports")]) == ""
    assert "no source" in why_unsupported([])
    assert "supports it" in why_unsupported([(fine, "contradicts"), (fine, "background")])
    assert "retracted" in why_unsupported([(gone, "supports"), (fine, "background")])
    assert "not public" in why_unsupported([(draft, "supports")])
    assert "not public" in why_unsupported([(unconfirmed, "supports"), (gone, "supports")])


@pytest.mark.parametrize(
    ("fields", "doubt", "since"),
    [
        ({"next_review": datetime.date(2026, 11, 21)}, "overdue", "2026-11-21"),
        ({"next_review": datetime.date(2026, 11, 22)}, None, ""),
        ({"status": "concern", "status_date": datetime.date(2026, 5, 1)}, "concern", "2026-05-01"),
        ({"status": "corrected"}, None, ""),
        (RETRACTED, "retracted", "2017-08-28"),
        ({"verified_on": None, "status": "concern", "status_source": "https://example.org/n"}, None, ""),
    ],
)
def test_rules_of_doubt(fields: dict[str, Any], doubt: str | None, since: str) -> None:
    one, carrier = citation("one", **fields), citation("carrier")
    verdict = judge(
        [Statement("A fact", ((one.pk, "supports"), (carrier.pk, "supports")))],
        [],
        {one.pk: one, carrier.pk: carrier},
        TODAY,
    )
    assert [(found.doubt, found.since) for found in verdict.doubts] == ([(doubt, since)] if doubt else [])
    in_prose = judge([], [one.pk, one.pk], {one.pk: one}, TODAY)
    assert len(in_prose.doubts) == (1 if doubt else 0)


# Every way to go live


def test_revision_publish_is_refused_and_keeps_the_draft() -> None:
    page = _draft()
    with pytest.raises(PublishBlockedError, match=r"Symptoms were lower a day later.*no source"):
        page.get_latest_revision().publish()
    assert not _is_live(page)
    assert page.get_latest_revision_as_object().facts.count() == 1


def test_draft_facts_may_wait_on_a_live_page() -> None:
    page = condition_page(live=False)
    fact(page, "Not yet", draft=True)
    page.save_revision().publish()
    assert _is_live(page)


def test_a_page_created_live_is_asked_too() -> None:
    page = ConditionPage(title="X", slug="x", summary="X")
    fact(page, "Out of thin air")
    parent = condition_page(live=False).get_parent()
    with pytest.raises(PublishBlockedError):
        parent.add_child(instance=page)


def _post(client: Client, page: Page, action: str, **changes: str) -> Any:
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = querydict_from_html(client.get(address).content.decode(), form_id="page-edit-form")
    data[action] = "1"
    changes |= EMPTY_STREAMS
    for name, value in changes.items():
        data[name.replace("__", "-")] = value
    return client.post(address, data)


def test_the_editor_shows_the_reason_beside_the_fact_and_saves_a_draft_all_the_same(
    client: Client, editor: User
) -> None:
    page = _draft(citation("gone", **RETRACTED))
    answer = _post(client, page, "action-publish")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Its only support, Gone 2014, is retracted" in text
    assert text.count("is retracted") >= 2  # beside the fact and at the top
    assert not _is_live(page)
    assert _post(client, page, "save").status_code == 302  # a draft may hold it


def test_the_evidence_panel_leads_to_the_statement(client: Client, editor: User) -> None:
    """Of a refused form and of a stored draft alike, whatever the number of the row."""
    page = condition_page(live=False)
    fact(page, "Well founded", citation("fine"))
    fact(page, "Nothing behind it")
    page.save_revision(clean=False)
    link = 'href="#id_facts-1-statement"'
    assert link in client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    refused = _post(client, page, "action-publish").content.decode()
    assert link in refused and 'href="#id_facts-0-statement"' not in refused


def test_topics_are_offered_in_the_librarys_order(client: Client, editor: User) -> None:
    topic("pain", name="Pain", sort_order=2)
    trd = topic("trd", name="Resistant", parent=topic("depression", name="Depression", sort_order=1), sort_order=3)
    html = client.get(reverse("wagtailadmin_pages:edit", args=[condition_page().pk])).content.decode()
    assert html.index("Depression: Resistant") < html.index("Pain"), trd


def test_the_editor_lets_a_supported_page_through(client: Client, editor: User) -> None:
    page = _draft(citation("fine"))
    answer = _post(client, page, "action-publish")
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert _is_live(page)


def test_the_editor_creating_a_page_is_asked(client: Client, editor: User) -> None:
    parent = condition_page(live=False).get_parent()
    address = reverse("wagtailadmin_pages:add", args=["pages", "conditionpage", parent.pk])
    doubtful = citation("late", next_review=timezone.localdate() - datetime.timedelta(days=1))
    data = querydict_from_html(client.get(address).content.decode(), form_id="page-edit-form")
    filled = {
        **EMPTY_STREAMS,
        "title": "OCD",
        "slug": "ocd",
        "summary": "Obsessions and compulsions.",
        "facts-TOTAL_FORMS": "1",
        "facts-0-statement": "Some were better.",
        "facts-0-ORDER": "1",
        "facts-0-sources-TOTAL_FORMS": "1",
        "facts-0-sources-INITIAL_FORMS": "0",
        "facts-0-sources-MIN_NUM_FORMS": "0",
        "facts-0-sources-MAX_NUM_FORMS": "1000",
        "facts-0-sources-0-citation": str(doubtful.pk),
        "facts-0-sources-0-stance": "background",
        "facts-0-sources-0-ORDER": "1",
        "action-publish": "1",
    }
    for name, value in filled.items():
        data[name] = value
    answer = client.post(address, data)
    assert answer.status_code == 200 and "None of its sources supports it" in answer.content.decode()
    data["facts-0-sources-0-stance"] = "supports"
    answer = client.post(address, data)
    assert answer.status_code == 200 and "was due for review" in answer.content.decode()
    data["evidence_reason"] = "Nothing newer is out; checked today."
    answer = client.post(address, data)
    assert answer.status_code == 302, answer.content.decode()[:2000]

    page = ConditionPage.objects.get(slug="ocd")
    assert page.live
    assert EvidenceAcknowledgement.objects.get(page=page).by == editor


def test_copying_a_page_that_stays_live_is_asked(client: Client, editor: User) -> None:
    page = _draft(source := citation("fine"))
    page.get_latest_revision().publish()
    Citation.objects.filter(pk=source.pk).update(**RETRACTED)
    page = ConditionPage.objects.get(pk=page.pk)
    with pytest.raises(PublishBlockedError):
        page.copy(update_attrs={"slug": "again"}, keep_live=True)
    page.copy(update_attrs={"slug": "draft-copy"}, keep_live=False)
    answer = client.post(
        reverse("wagtailadmin_pages:copy", args=[page.pk]),
        {"new_title": "Twice", "new_slug": "twice", "new_parent_page": page.get_parent().pk, "publish_copies": "on"},
        headers={"referer": "http://testserver/admin/"},
        follow=True,
    )
    assert answer.status_code == 200 and "is retracted" in answer.content.decode()
    assert not Page.objects.filter(slug="twice").exists()


def test_changes_beside_the_content_are_not_held_up_by_a_fallen_source() -> None:
    page = _draft(source := citation("fine"))
    page.get_latest_revision().publish()
    Citation.objects.filter(pk=source.pk).update(**RETRACTED)
    page = ConditionPage.objects.get(pk=page.pk)
    page.save_revision(clean=False)  # a draft
    page.move(home_page(), "last-child")
    page.unpublish()
    with pytest.raises(PublishBlockedError):
        page.get_latest_revision().publish()


def test_cards_stand_behind_the_same_gate() -> None:
    from pages.models import HomeCard

    home = home_page()
    home.cards.add(HomeCard(heading="Relief", statement="Works in hours.", balance="Not for all."))
    with pytest.raises(PublishBlockedError, match="Works in hours"):
        home.save_revision().publish()


# Doubts


def test_a_doubt_asks_once_and_again_when_it_changes(client: Client, editor: User) -> None:
    late = timezone.localdate() - datetime.timedelta(days=3)
    page = _draft(source := citation("late", next_review=late))
    with pytest.raises(PublishBlockedError, match="was due for review"):
        page.get_latest_revision().publish()
    answer = _post(client, page, "action-publish")
    assert answer.status_code == 200 and "evidence_reason" in answer.content.decode()
    answer = _post(client, page, "action-publish", evidence_reason="Still the best there is.")
    assert answer.status_code == 302
    assert _is_live(page)
    row = EvidenceAcknowledgement.objects.get()
    assert (row.citation, row.doubt, row.by, row.reason) == (source, "overdue", editor, "Still the best there is.")
    assert PageLogEntry.objects.filter(page=page.pk, action="pages.acknowledge_evidence").exists()
    history = client.get(reverse("wagtailadmin_pages:history", args=[page.pk])).content.decode()
    assert "Still the best there is." in history
    page.refresh_from_db()
    page.save_revision().publish()  # not asked again
    Citation.objects.filter(pk=source.pk).update(status="concern", status_date=late)
    with pytest.raises(PublishBlockedError, match="expression of concern"):
        page.save_revision().publish()


def test_the_field_for_the_reason_shows_only_when_needed(client: Client, editor: User) -> None:
    address = reverse("wagtailadmin_pages:edit", args=[_draft(citation("fine")).pk])
    assert 'name="evidence_reason"' not in client.get(address).content.decode()


# When a source falls


def _live_page(source: Citation, slug: str = "ptsd") -> ConditionPage:
    page = condition_page(slug, live=False)
    fact(page, "Symptoms were lower.", source)
    page.save_revision().publish()
    return ConditionPage.objects.get(pk=page.pk)


def test_a_record_that_carries_a_live_statement_stays_public() -> None:
    page = _live_page(source := citation("only"))
    with pytest.raises(PublishBlockedError, match="Symptoms were lower") as caught:
        source.unpublish()
    assert caught.value.leaving
    source = Citation.objects.get(pk=source.pk)
    source.withheld = True
    with pytest.raises(PublishBlockedError):
        source.save()
    source = Citation.objects.get(pk=source.pk)
    fact(page, "Carried twice", source, citation("other"))
    source.status, source.status_date = "retracted", TODAY
    source.save_revision().publish()  # retracting is always possible
    page.unpublish()
    source.unpublish()


def test_unpublishing_in_the_admin_says_why_not(client: Client, editor: User) -> None:
    _live_page(source := citation("only"))
    viewset = Citation.snippet_viewset
    answer = client.post(reverse(viewset.get_url_name("unpublish"), args=[source.pk]), follow=True)
    assert answer.status_code == 200
    assert "stays public" in answer.content.decode()
    source.refresh_from_db()
    assert source.live


def test_a_citation_in_a_draft_alone_cannot_be_deleted(client: Client, editor: User) -> None:
    page = condition_page(live=True)
    fact(page, "Only in a draft", source := citation("drafted"))
    page.save_revision()
    address = reverse(Citation.snippet_viewset.get_url_name("delete"), args=[source.pk])
    answer = client.post(address, follow=True)
    assert "cannot be deleted" in answer.content.decode() and "PTSD" in answer.content.decode()
    assert Citation.objects.filter(pk=source.pk).exists()
