"""Forms under real faults: workers killed, mail server hanging, many clicks at once, answers sought in every sink."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from forms.models import AuditEntry, Delivery, Submission
from tests.forms.build import REFERRAL, answers, call_page, person, referral_page, token
from tests.local_services import MailServer, mail_server, webhook_receiver

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the workers open the tests' SQLite file"),
]


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def worker(mail: MailServer, log: Path) -> subprocess.Popen[bytes]:
    """A real worker process, going through the outbox until it is killed."""
    code = (
        "import django, time; django.setup(); from forms.delivery.outbox import deliver_due\n"
        "while True: deliver_due(); time.sleep(.1)"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdout=log.open("ab"),
        stderr=subprocess.STDOUT,
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
            "DJANGO_SETTINGS_MODULE": "tests.faults.worker_settings",
            "FAULT_DATABASE": str(connection.settings_dict["NAME"]),
            "FAULT_SMTP_PORT": str(mail.port),
        },
    )


def until(what: Any, seconds: float = 60) -> None:
    """Wait for something to become true; how long it takes is not asserted."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_case_4_a_worker_killed_between_sending_and_marking_sends_again_with_the_same_id(
    mail: MailServer, tmp_path: Path
) -> None:
    page = call_page()
    assert Client().post("/schedule-a-call/", answers(page)).status_code == 303
    mail.hang.set()  # the mail is taken, the answer never comes
    first = worker(mail, tmp_path / "log")
    until(lambda: len(mail.raw) == 1)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    delivery = Delivery.objects.get()
    assert delivery.state == "waiting"
    assert delivery.lease_until is not None  # held by the dead
    mail.hang.clear()
    second = worker(mail, tmp_path / "log")
    try:
        until(lambda: Delivery.objects.get().state == "sent")
    finally:
        second.kill()
        second.wait()
    assert len(mail.raw) == 2
    assert {message["Message-ID"] for message in mail.messages} == {delivery.message_id}


def test_case_4_workers_killed_again_and_again_lose_nothing(mail: MailServer, tmp_path: Path) -> None:
    page, count = call_page(), 30
    client = Client()
    for number in range(count):
        assert client.post("/schedule-a-call/", answers(page, your_name=f"Person {number}")).status_code == 303
    Submission.objects.update(spam="")
    assert Delivery.objects.count() <= count
    wanted = Delivery.objects.count()
    for round_ in range(2):
        one = worker(mail, tmp_path / "log")
        until(lambda reached=(round_ + 1) * 4: len(mail.raw) >= min(reached, wanted))
        os.kill(one.pid, signal.SIGKILL)
        one.wait()
    last = worker(mail, tmp_path / "log")
    try:
        until(lambda: not Delivery.objects.waiting().exists())
    finally:
        last.kill()
        last.wait()
    sent = {message["Message-ID"] for message in mail.messages}
    assert sent == set(Delivery.objects.values_list("message_id", flat=True))
    assert Delivery.objects.filter(state="sent").count() == wanted


def test_case_2_twenty_clicks_at_once_give_one_row_and_one_receipt() -> None:
    page = call_page()
    data = answers(page)
    seen: list[str] = []

    def click() -> None:
        try:
            client = Client()
            response = client.post("/schedule-a-call/", data)
            assert response.status_code == 303, response.status_code
            seen.append(client.get(response["Location"]).content.decode())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reference = Submission.objects.get().reference
    assert len(seen) == 20
    assert all(reference in html for html in seen)
    assert Delivery.objects.count() == 1


def _own_logs(caplog: pytest.LogCaptureFixture) -> bytes:
    """What this process logged, without the stand-in mail server's own lines."""
    return "\n".join(record.getMessage() for record in caplog.records if record.name != "mail.log").encode()


CANARIES = ("Canarina", "7605550177", "canary-mail@visitor.example", "canarytext", "canaryletter", "1962-03-27")


def test_case_22_no_answer_is_found_in_database_logs_mail_spool_or_webhook(
    mail: MailServer, tmp_path: Path, fresh_private: Path, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    with webhook_receiver() as hook:
        page = call_page(acknowledge=True, webhook_url=f"http://127.0.0.1:{hook.port}/")
        referral = referral_page()
        client = Client()
        call = answers(
            page,
            your_name="Canarina",
            phone_number="760 555 0177",
            e_mail="canary-mail@visitor.example",
            anything_else="canarytext, I want to die",
        )
        client.post("/schedule-a-call/", {**call, "phone_number": "canarytext"})  # an error page as well
        assert client.post("/schedule-a-call/", call).status_code == 303
        url, steps = "/refer-a-patient/", {**REFERRAL}
        steps[2] = {**REFERRAL[2], "patient": "Canarina"}
        letter = SimpleUploadedFile("canaryletter.pdf", b"%PDF-1.7 canarytext %%EOF")
        steps[3] = {**REFERRAL[3], "why_urgent": "canarytext", "letter": letter}
        for number in (1, 2, 3):
            url = client.post(url, {**steps[number], "form-token": token(referral)})["Location"]
        client.get(url)
        assert client.post(url).status_code == 303
        client.post("/refer-a-patient/", {**steps[1], "referrer": "Canarina", "form-token": token(referral)})  # a draft
        submission = Submission.objects.order_by("received_at")[0]
        desk = Client()
        desk.force_login(person("inez", intake=True))
        desk.post(reverse("intake:lookup"), {"q": "760 555 0177"})
        desk.get(reverse("intake:detail", args=[submission.pk]))
        desk.post(reverse("intake:note", args=[submission.pk]), {"text": "canarytext"})
        desk.post(reverse("intake:export"), {"format": "csv", "reason": "canarytext"})
        other = Client()
        other.force_login(person("mo"))
        other.get(reverse("intake:detail", args=[submission.pk]))
        log = tmp_path / "log"
        process = worker(mail, log)
        try:
            until(lambda: not Delivery.objects.waiting().exists())
        finally:
            process.kill()
            process.wait()
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(FULL)")
        database = Path(str(connection.settings_dict["NAME"]))
        sinks = {
            "database": b"".join(file.read_bytes() for file in database.parent.glob(database.name + "*")),
            "logs": log.read_bytes() + _own_logs(caplog),
            "mail": b"".join(mail.raw),
            "webhook": b"".join(body + str(headers).encode() for headers, body in hook.requests),
            "files": b"".join(
                file.name.encode() + file.read_bytes() for file in fresh_private.rglob("*") if file.is_file()
            ),
            "trail": str(list(AuditEntry.objects.values())).encode(),
            "names": str([*map(repr, Submission.objects.all()), *map(repr, Delivery.objects.all())]).encode(),
        }
        assert len(mail.raw) >= 3
        assert hook.requests
        for sink, content in sinks.items():
            assert content, sink
            for canary in CANARIES:
                if sink == "mail" and canary == "canary-mail@visitor.example":
                    assert content.count(canary.encode()) == 1  # as the addressee of the acknowledgement only
                    continue
                assert canary.encode() not in content, (sink, canary)
                assert canary.encode("utf-16-le") not in content, (sink, canary)
