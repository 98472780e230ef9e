"""Keys rotated, retention kept, files encrypted, outages that lose nothing."""

from __future__ import annotations

import base64
import io
import socketserver
import sqlite3
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from forms.models import Attachment, AuditEntry, Draft, FormSnapshot, Note, Submission
from forms.models.audit import record, verify
from forms.receiving.receive import Errors, Meta, Receipt, receive
from forms.safekeeping.encryption import key_ring
from forms.safekeeping.purging import erase, purge_drafts
from tests.forms.build import ANSWERS, REFERRAL, answers, call_page, general_page, referral_page, token

PDF = b"%PDF-1.7\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 17
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 20
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 16
NEW_KEY = base64.b64encode(b"another key of 32 bytes for test").decode()


def docx(**extra: bytes) -> bytes:
    import zipfile

    buffer = io.BytesIO()
    files: dict[str, bytes] = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}
    files |= {name.replace("__", "/"): content for name, content in extra.items()}
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            # Without a date of its own: names of tests are made of this, and every worker must find the same tests.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def with_file(content: bytes = PDF, name: str = "letter.pdf", token: str = "f") -> Receipt | Errors:
    page = referral_page()
    data = {key: value for step in REFERRAL.values() for key, value in step.items() if not key.startswith("born-")}
    files = MultiValueDict({"letter": [SimpleUploadedFile(name, content)]})
    return receive(page, {**data, "born": "1962-03-27"}, files, Meta(token=token, started_at=0))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PDF, "a.pdf"),
        (PNG, "a.png"),
        (JPEG, "a.jpg"),
        (HEIC, "a.heic"),
        (docx(), "a.docx"),
        (PDF, "wrong ending.exe"),
    ],
)
def test_allowed_files_by_signature(content: bytes, name: str) -> None:
    result = with_file(content, name)
    assert isinstance(result, Receipt), result
    assert Attachment.objects.get().read() == content
    assert not Attachment.objects.get().name.endswith(".exe")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "a.svg"),
        (b"<!doctype html><script>alert(1)</script>", "a.pdf"),
        (b"%PDF-1.7\n<script>alert(1)</script>", "polyglot.pdf"),
        (b"GIF89a" + b"\x00" * 30, "a.gif"),
        (b"MZ" + b"\x00" * 100, "a.png"),
        (docx(**{"word__vbaProject.bin": b"macro"}), "macro.docx"),
        (b"PK\x03\x04 not a zip at all", "a.docx"),
        (b"", "empty.pdf"),
        (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", "eicar.com"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00mp41", "movie.heic"),
    ],
)
def test_case_18_hostile_uploads_are_refused_beside_the_field(content: bytes, name: str, fresh: Path) -> None:
    result = with_file(content, name)
    assert isinstance(result, Errors)
    assert list(result.fields) == ["letter"]
    assert not Submission.objects.exists()
    assert not [file for file in fresh.rglob("*") if file.is_file()]


@pytest.mark.django_db
def test_case_10_files_too_large_too_many_and_bombs(settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    assert isinstance(with_file(PDF + b"x" * 1000), Errors)
    settings.UPLOAD_MAX_BYTES = 10_000_000
    bomb = docx(**{"word__bomb.xml": b"0" * 250_000_000})
    assert len(bomb) < 1_000_000
    assert isinstance(with_file(bomb, "bomb.docx"), Errors)
    page = general_page([{"label": "Files", "field_type": "file"}])
    files = MultiValueDict({"files": [SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(6)]})
    result = receive(page, {}, files, Meta(token="m", started_at=0))
    assert isinstance(result, Errors)
    assert "5" in result.fields["files"][0]


@pytest.mark.django_db
def test_case_18_a_scanner_that_is_configured_and_away_lets_nothing_pass(settings: Any) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    result = with_file()
    assert isinstance(result, Errors)
    assert "viruses" in result.fields["letter"][0]


@pytest.mark.django_db
@pytest.mark.parametrize(("verdict", "taken"), [("stream: OK", True), ("stream: Eicar FOUND", False), ("?", False)])
def test_case_18_a_scanner_decides_over_a_file(settings: Any, verdict: str, taken: bool) -> None:
    received = bytearray()

    class Scanner(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while not received.endswith(b"\x00\x00\x00\x00"):
                received.extend(self.request.recv(65536))
            self.request.sendall(verdict.encode() + b"\0")

    with socketserver.TCPServer(("127.0.0.1", 0), Scanner) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        settings.CLAMD_URL = f"tcp://127.0.0.1:{server.server_address[1]}"
        result = with_file()
    assert isinstance(result, Receipt) is taken
    assert received.startswith(b"zINSTREAM\0")
    assert PDF in received


@pytest.mark.django_db
def test_case_10_files_of_earlier_steps_count(client: Client) -> None:
    page = general_page([{"label": "Files", "field_type": "file"}], steps=["One", "Two"])
    several = lambda: [SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(3)]  # noqa: E731
    url = client.post("/survey/", {"files": several(), "form-token": token(page)})["Location"]
    again = client.post(url.replace("step-2", "step-1"), {"files": several(), "form-token": token(page)})
    assert again.status_code == 422
    assert "at most 5 files; this would be 6" in again.content.decode()
    assert Attachment.objects.count() == 3


@pytest.mark.django_db
def test_case_7_a_file_store_that_is_away_says_so_and_the_form_without_a_file_works(settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": "/proc/nowhere", "base_url": None},
        },
    }
    result = with_file()
    assert isinstance(result, Errors)
    assert "cannot store files" in result.fields["letter"][0]
    assert isinstance(receive(call_page(), ANSWERS, None, Meta(token="x", started_at=0)), Receipt)


@pytest.mark.django_db
def test_case_9_rotation_is_resumable_and_reads_everything_afterwards(settings: Any) -> None:
    result = with_file()
    assert isinstance(result, Receipt)
    page = call_page()
    for number in range(5):
        receive(page, {**ANSWERS, "your_name": f"P {number}"}, None, Meta(token=f"t{number}", started_at=0))
    note = Note(submission_id=result.submission_id, author_name="inez")
    note.seal("A note")
    note.save()
    record(AuditEntry.Action.EXPORT, reason="A reason")
    old = dict(settings.SUBMISSION_KEYS)
    settings.SUBMISSION_KEYS = {"new": NEW_KEY, **old}
    from forms.safekeeping import rotation

    rotation.BATCH, steps = 2, rotation.rotate()
    for _ in range(3):
        next(steps)  # and then it is stopped
    steps.close()
    assert Submission.objects.filter(key_id="new").exists()
    assert Submission.objects.filter(key_id="test").exists()
    assert all(one.answers for one in Submission.objects.all())
    call_command("rotate_submission_keys", stdout=io.StringIO())
    settings.SUBMISSION_KEYS = {"new": NEW_KEY}
    assert all(one.answers for one in Submission.objects.all())
    assert Note.objects.get().text == "A note"
    assert Attachment.objects.get().read() == PDF
    assert AuditEntry.objects.get(action="export").reason == "A reason"
    assert verify()[2] is None
    assert key_ring().ids == ("new",)


@pytest.mark.django_db
def test_case_9_rotation_without_the_old_key_fails_closed(settings: Any) -> None:
    receive(call_page(), ANSWERS, None, Meta(token="x", started_at=0))
    before = bytes(Submission.objects.get().sealed)
    settings.SUBMISSION_KEYS = {"new": NEW_KEY}
    with pytest.raises(CommandError, match="SUBMISSION_KEYS"):
        call_command("rotate_submission_keys", stdout=io.StringIO())
    assert bytes(Submission.objects.get().sealed) == before


@pytest.mark.django_db
def test_purge_shows_first_and_deletes_only_what_is_past_its_date(fresh: Path) -> None:
    result = with_file()
    assert isinstance(result, Receipt)
    kept = receive(call_page(), ANSWERS, None, Meta(token="x", started_at=0))
    assert isinstance(kept, Receipt)
    Submission.objects.filter(pk=result.submission_id).update(retain_until=timezone.now() - timedelta(days=1))
    out = io.StringIO()
    call_command("purge_submissions", stdout=out)
    assert "Would delete: 1 submissions" in out.getvalue()
    assert Submission.objects.count() == 2
    call_command("purge_submissions", "--delete", stdout=out)
    assert Submission.objects.get().pk == kept.submission_id
    assert not [file for file in fresh.rglob("*") if file.is_file()]
    assert AuditEntry.objects.get(action="purge").details["count"] == 1


@pytest.mark.django_db
def test_erasing_takes_the_files_along(fresh: Path) -> None:
    assert isinstance(with_file(), Receipt)
    assert [file for file in fresh.rglob("*") if file.is_file()]
    erase(Submission.objects.get())
    assert not [file for file in fresh.rglob("*") if file.is_file()]
    assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_purge_removes_drafts_and_files_that_belong_to_nothing(fresh: Path, client: Client) -> None:
    page = referral_page()
    client.post("/refer-a-patient/", {**REFERRAL[1], "form-token": token(page)})
    Draft.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    orphan = fresh / "attachments" / "ab" / ("ab" * 16)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"left over")
    import os

    os.utime(orphan, (0, 0))
    FormSnapshot.objects.all().delete()
    call_command("purge_submissions", "--delete", stdout=io.StringIO())
    assert not Draft.objects.exists()
    assert not orphan.exists()


@pytest.mark.django_db
def test_a_draft_that_runs_out_while_it_is_being_sent_keeps_its_files(fresh: Path, client: Client) -> None:
    page = referral_page()
    client.post("/refer-a-patient/", {**REFERRAL[1], "form-token": token(page)})
    Draft.objects.update(expires_at=timezone.now() - timedelta(seconds=5))
    purge_drafts()
    assert Draft.objects.exists()
    Draft.objects.update(expires_at=timezone.now() - timedelta(minutes=11))
    purge_drafts()
    assert not Draft.objects.exists()


@pytest.mark.django_db
def test_verify_audit_says_where_the_trail_breaks() -> None:
    for _ in range(3):
        record(AuditEntry.Action.LIST)
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    assert "3 entries, none changed" in out.getvalue()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE forms_auditentry SET action = 'read' WHERE number = 2")
    with pytest.raises(CommandError, match="entry 2: content was changed"):
        call_command("verify_audit", stdout=out)


@pytest.mark.django_db
def test_generated_submissions_open_at_the_desk() -> None:
    call_page()
    referral_page()
    call_command("generate_submissions", "50", stdout=io.StringIO())
    assert Submission.objects.count() == 50
    assert all(one.answers for one in Submission.objects.all())


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_case_5_a_locked_database_gives_503_that_keeps_the_answers_and_no_thanks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = call_page()
    client = Client()
    data = answers(page, anything_else="Kept & safe")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 100")
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        response = client.post("/schedule-a-call/", data)
    finally:
        other.rollback()
        other.close()
    html = response.content.decode()
    assert response.status_code == 503
    assert response["Cache-Control"] == "private, no-store"
    assert response["Retry-After"]
    assert "could not be stored" in caplog.text
    assert "Kept" not in caplog.text
    assert "Lovelace" not in caplog.text
    assert "Nothing has been sent yet" in html
    assert "Kept &amp; safe" in html
    assert f'name="form-token" value="{data["form-token"]}"' in html
    assert 'href="tel:988"' in html
    assert not Submission.objects.exists()
    assert client.post("/schedule-a-call/", data).status_code == 303
    assert Submission.objects.get().answers["anything_else"] == "Kept & safe"


@pytest.mark.django_db
def test_a_stale_csrf_token_keeps_the_answers_and_a_second_try_works() -> None:
    page = call_page()
    client = Client(enforce_csrf_checks=True)
    response = client.post("/schedule-a-call/", answers(page))
    html = response.content.decode()
    assert response.status_code == 403
    assert "Ada Canary Lovelace" in html
    import re

    fresh = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)[0]
    again = client.post("/schedule-a-call/", {**answers(page), "csrfmiddlewaretoken": fresh})
    assert again.status_code == 303


@pytest.mark.django_db
def test_case_10_a_body_that_is_too_big_is_refused_unread() -> None:
    call_page()
    response = Client().post("/schedule-a-call/", b"", content_type="text/plain", CONTENT_LENGTH=str(10**10))
    assert response.status_code == 413
    assert b"988" in response.content
