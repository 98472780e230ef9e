"""One submission at the desk: as it was asked, with status, notes, files, quarantine; one person’s records."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from forms.models import Attachment, AuditEntry, Delivery, Note, Submission
from forms.receiving.receive import Meta, Receipt, receive
from tests.forms.build import REFERRAL, call_page, person, referral_page
from tests.forms.desk import at, referred, sent, text

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF\n"


def test_a_read_is_recorded_before_it_is_shown(desk: Client) -> None:
    submission = sent(call_page())
    html = text(desk.get(at("detail", submission.pk)))
    assert "Ada Canary Lovelace" in html
    assert 'href="tel:+17605550142"' in html
    assert "The clinic may contact me about this request." in html
    entry = AuditEntry.objects.get(action="read")
    assert (entry.reference, entry.actor_name, entry.address) == (submission.reference, "inez", "127.0.0.1")
    assert "Ada Canary Lovelace" in text(desk.get(at("print", submission.pk)))
    assert AuditEntry.objects.get(action="print").reference == submission.reference


def test_a_number_says_whose_it_is_where_two_people_are_spoken_of(desk: Client) -> None:
    """A referral is headed by the patient and sent by a colleague: nobody may ring one for the other."""
    submission = referred(referral_page())
    html = text(desk.get(at("detail", submission.pk)))
    assert "Dr. Grace Hopper: (760) 555-0143" in " ".join(html.split())
    assert "Rosalind Example" in text(desk.get(at("index")))
    assert "Dr. Grace Hopper · (760) 555-0143" in text(desk.get(at("index")))
    own = sent(call_page(), token="own")
    assert "Ada Canary Lovelace:" not in text(desk.get(at("detail", own.pk)))


def test_a_refused_closing_keeps_what_was_chosen(desk: Client) -> None:
    submission = sent(call_page())
    answer = desk.post(at("move", submission.pk), {"status": "closed", "outcome": ""}, follow=True)
    assert "Choose how it ended" in text(answer)
    assert '<option value="closed" selected>' in text(answer)
    submission.refresh_from_db()
    assert submission.status == "new"


def test_the_timeline_and_the_trail_speak_in_words(desk: Client) -> None:
    submission = sent(call_page())
    desk.post(at("move", submission.pk), {"status": "closed", "outcome": "visit"})
    desk.get(at("index") + "?late=on")
    html = text(desk.get(at("detail", submission.pk)))
    assert "English" in html and "· en" not in html
    outcome = dict(Submission.Outcome.choices)["visit"]
    assert f"New → Closed ({outcome})" in html
    stranger = Client()
    stranger.force_login(person("mo"))
    stranger.get(at("detail", submission.pk))
    trail = text(desk.get(at("audit")))
    assert f"New → Closed ({outcome})" in trail
    assert "Filters: Overdue" in trail
    assert "Asked for a submission" in trail
    assert not [code for code in ("view:", "was:", "filters:") if code in trail]


def test_case_12_answers_keep_the_labels_of_their_day(desk: Client) -> None:
    page = call_page()
    submission = sent(page)
    field = page.form_fields.get(clean_name="your_name")
    field.label = "Renamed label"
    field.save()
    assert field.clean_name == "your_name"
    page.form_fields.filter(clean_name="anything_else").delete()
    page.refresh_from_db()
    page.live = False
    page.save()
    html = text(desk.get(at("detail", submission.pk)))
    for shown in ("Your name", "Ada Canary Lovelace", "Anything else", "Please ring twice."):
        assert shown in html
    assert "Renamed label" not in html


def test_status_flow_with_times_and_outcome(desk: Client) -> None:
    submission = sent(call_page())
    desk.post(at("move", submission.pk), {"status": "contacting"})
    submission.refresh_from_db()
    assert submission.first_contact_at is not None
    desk.post(at("move", submission.pk), {"status": "closed"})
    submission.refresh_from_db()
    assert submission.status == "contacting"  # closing needs an outcome
    desk.post(at("move", submission.pk), {"status": "closed", "outcome": "visit"})
    desk.post(at("move", submission.pk), {"status": "nonsense"})
    submission.refresh_from_db()
    assert (submission.status, submission.outcome) == ("closed", "visit")
    assert submission.closed_at is not None
    changes = [entry.details for entry in AuditEntry.objects.filter(action="change").order_by("number")]
    assert changes == [
        {"was": "new", "now": "contacting"},
        {"was": "contacting", "now": "closed", "outcome": "visit"},
    ]


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_case_19_the_desk_sends_nobody_elsewhere(desk: Client, elsewhere: str) -> None:
    submission = sent(call_page())
    moved = desk.post(at("move", submission.pk), {"status": "contacting", "next": elsewhere})
    assert moved["Location"] == at("detail", submission.pk)


def test_notes_are_encrypted(desk: Client) -> None:
    submission = sent(call_page())
    desk.post(at("note", submission.pk), {"text": "Canary note <b>"})
    note = Note.objects.get()
    assert b"Canary" not in bytes(note.sealed)
    assert "Canary note &lt;b&gt;" in text(desk.get(at("detail", submission.pk)))


def test_quarantine_is_released_with_one_click_and_then_told(desk: Client) -> None:
    submission = sent(call_page())
    Submission.objects.update(spam="possible", spam_reasons="trap")
    Delivery.objects.all().delete()
    html = text(desk.get(at("detail", submission.pk)))
    assert "a field that people cannot see was filled in" in html
    assert submission.reference in text(desk.get(at("index") + "?box=spam"))
    assert submission.reference not in text(desk.get(at("index")))
    assert not Submission.objects.unread().exists()
    desk.post(at("release", submission.pk))
    desk.post(at("release", submission.pk))
    submission.refresh_from_db()
    assert submission.spam == "released"
    assert Delivery.objects.count() == 1
    assert submission.reference in text(desk.get(at("index")))


def test_attachments_come_as_downloads_that_never_run(desk: Client) -> None:
    page = referral_page()
    data = {key: value for step in REFERRAL.values() for key, value in step.items() if not key.startswith("born-")}
    from django.utils.datastructures import MultiValueDict

    files = MultiValueDict({"letter": [SimpleUploadedFile("<b>letter</b>.pdf", PDF)]})
    result = receive(page, {**data, "born": "1962-03-27"}, files, Meta(token="f", started_at=0))
    assert isinstance(result, Receipt)
    attachment = Attachment.objects.get()
    response = desk.get(at("attachment", result.submission_id, attachment.pk))
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert AuditEntry.objects.filter(action="download").count() == 1


def test_case_9_a_lost_key_says_so_and_hides_nothing_else(desk: Client, settings: Any) -> None:
    page = call_page()
    submission = sent(page)
    settings.SUBMISSION_KEYS = {"new": "bmV3IGtleSBmb3IgdGhlIHRlc3RzLCAzMiBieXRlcyE="}
    later = sent(page, token="later", your_name="Later Person")
    html = text(desk.get(at("index")))
    assert "is not in SUBMISSION_KEYS" in html
    assert "Later Person" in html
    response = desk.get(at("detail", submission.pk))
    assert response.status_code == 200
    assert "is not in SUBMISSION_KEYS" in text(response)
    exported = text(desk.post(at("export"), {"query": "", "format": "csv", "reason": "Check it"}))
    assert "is not in SUBMISSION_KEYS" in exported
    assert later.reference in exported


def test_case_9_what_needs_a_lost_key_says_so_and_changes_nothing(desk: Client, settings: Any) -> None:
    submission = sent(call_page())
    Submission.objects.update(spam="possible", spam_reasons="trap")
    settings.SUBMISSION_KEYS = {"new": "bmV3IGtleSBmb3IgdGhlIHRlc3RzLCAzMiBieXRlcyE="}
    for name, data in (
        ("release", {}),
        ("bulk", {"chosen": str(submission.pk), "action": "release"}),
        ("person", {"chosen": str(submission.pk), "action": "export", "reason": "Asked in writing"}),
    ):
        place = at(name, submission.pk) if name == "release" else at(name)
        answer = desk.post(place, data, follow=True)
        assert answer.status_code == 200
        assert "Put that key back" in text(answer), name
    submission.refresh_from_db()
    assert submission.spam == "possible"
    assert not AuditEntry.objects.filter(action__in=("release", "subject_access")).exists()


def test_one_persons_records_are_exported_and_erased(desk: Client) -> None:
    submission = sent(call_page())
    other = sent(call_page(slug="other"), token="o", your_name="Somebody else")
    data = {"chosen": str(submission.pk), "reason": "Asked in writing"}
    assert submission.reference in text(desk.post(at("person"), {"chosen": str(submission.pk)}))
    assert desk.post(at("person"), {**data, "reason": "", "action": "export"}).status_code == 422
    archive = zipfile.ZipFile(io.BytesIO(desk.post(at("person"), {**data, "action": "export"}).content))
    record = json.loads(archive.read(f"{submission.reference}/answers.json"))
    assert {"question": "Your name", "answer": ["Ada Canary Lovelace"]} in record["answers"]
    assert desk.post(at("person"), {**data, "action": "erase"}).status_code == 422
    desk.post(at("person"), {**data, "action": "erase", "sure": "yes"})
    assert list(Submission.objects.all()) == [other]
    assert AuditEntry.objects.get(action="erase").reference == submission.reference
