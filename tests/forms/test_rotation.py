"""The key of look-ups rotated: stopped and gone on, nobody lost, and a wrong key said instead of nothing found."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from forms.models import AuditEntry, ContactIndex, Submission
from forms.models.audit import record, verify
from forms.receiving.receive import Meta, Receipt, receive
from forms.safekeeping import reindexing
from forms.safekeeping.encryption import EncryptionError
from tests.forms.build import ANSWERS, REFERRAL, answers, call_page, person, referral_page

pytestmark = pytest.mark.django_db
NEW_KEY = base64.b64encode(b"another key of 32 bytes for test").decode()


def sent(count: int = 1) -> list[Submission]:
    """Call requests of ``count`` people, each with a phone number and an address."""
    page = call_page()
    for number in range(count):
        data = {**ANSWERS, "your_name": f"P {number}", "e_mail": f"p{number}@visitor.example"}
        assert isinstance(receive(page, data, None, Meta(token=f"t{number}", started_at=0)), Receipt)
    return list(Submission.objects.order_by("received_at"))


def referred() -> Receipt:
    data = {key: value for step in REFERRAL.values() for key, value in step.items() if not key.startswith("born-")}
    result = receive(referral_page(), {**data, "born": "1962-03-27"}, None, Meta(token="r", started_at=0))
    assert isinstance(result, Receipt)
    return result


def rotate_index() -> str:
    out = io.StringIO()
    call_command("rotate_blind_index", stdout=out)
    return out.getvalue()


def found(text: str) -> int:
    return Submission.objects.found_by(text).count()


def test_case_9_the_blind_index_rotates_and_finds_everybody_all_the_while(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(5)
    referral = referred()
    record(AuditEntry.Action.EXPORT, reason="A reason")
    old = settings.BLIND_INDEX_KEY
    settings.BLIND_INDEX_KEY = f"{NEW_KEY},{old}"
    monkeypatch.setattr(reindexing, "BATCH", 2)
    steps = reindexing.reindex()
    next(steps)  # and then it is stopped
    steps.close()
    assert reindexing.left() == 4
    for number in range(5):
        assert found(f"p{number}@visitor.example") == 1
    assert found("760 555 0142") == 5
    assert [one.reference for one in Submission.objects.about("ptsd")] == [referral.reference]
    record(AuditEntry.Action.LIST)  # linked with the new key, after entries linked with the old one
    assert "All done" in rotate_index()
    settings.BLIND_INDEX_KEY = NEW_KEY
    assert reindexing.left() == 0
    assert reindexing.foreign_keys() == []
    assert found("p3@visitor.example") == 1
    assert found("760 555 0142") == 5
    assert [one.reference for one in Submission.objects.about("ptsd")] == [referral.reference]
    assert ContactIndex.objects.count() == 11
    count, _digest, broken = verify()
    assert (count, broken) == (AuditEntry.objects.count(), None)
    assert "0 submissions" in rotate_index()


def test_case_9_a_change_before_the_seal_still_shows_when_the_old_key_is_gone(settings: Any) -> None:
    from django.db import connection

    for _ in range(3):
        record(AuditEntry.Action.LIST)
    settings.BLIND_INDEX_KEY = f"{NEW_KEY},{settings.BLIND_INDEX_KEY}"
    rotate_index()
    settings.BLIND_INDEX_KEY = NEW_KEY
    assert verify()[2] is None
    with connection.cursor() as cursor:
        cursor.execute("UPDATE forms_auditentry SET action = 'read' WHERE number = 2")
    broken = verify()[2]
    assert broken is not None
    assert "BLIND_INDEX_KEY" in broken.reason


def test_case_9_a_chain_that_does_not_hold_is_never_sealed(settings: Any) -> None:
    record(AuditEntry.Action.LIST)
    settings.BLIND_INDEX_KEY = NEW_KEY  # the old key is not there to prove the first entry
    with pytest.raises(CommandError, match="does not hold at entry 1"):
        rotate_index()
    assert not AuditEntry.objects.filter(action="rotate").exists()


def test_case_9_a_wrong_index_key_is_said_at_the_desk_and_mended_by_the_rotation(client: Client, settings: Any) -> None:
    submission = sent()[0]
    referral_page()
    client.force_login(person("inez", intake=True))
    settings.BLIND_INDEX_KEY = NEW_KEY
    html = client.post("/admin/intake/lookup/", {"q": "760 555 0142"}).content.decode()
    assert submission.reference not in html
    assert "BLIND_INDEX_KEY" in html
    assert submission.index_key in html
    assert "BLIND_INDEX_KEY" in client.get("/admin/intake/?topic=ptsd").content.decode()
    for _ in reindexing.reindex():  # made anew from the answers, so that the old key is not needed
        pass
    html = client.post("/admin/intake/lookup/", {"q": "760 555 0142"}).content.decode()
    assert submission.reference in html
    assert "BLIND_INDEX_KEY" not in html


def test_case_9_what_cannot_be_decrypted_keeps_its_index_and_is_told(settings: Any) -> None:
    sent()
    settings.BLIND_INDEX_KEY = f"{NEW_KEY},{settings.BLIND_INDEX_KEY}"
    settings.SUBMISSION_KEYS = {"other": NEW_KEY}
    with pytest.raises(CommandError, match="SUBMISSION_KEYS"):
        rotate_index()
    assert reindexing.left() == 1
    assert found("760 555 0142") == 1


def test_case_2_a_second_sending_over_a_rotation_is_still_the_same(client: Client, settings: Any) -> None:
    page = call_page()
    data = answers(page)
    assert client.post("/schedule-a-call/", data).status_code == 303
    settings.BLIND_INDEX_KEY = f"{NEW_KEY},{settings.BLIND_INDEX_KEY}"
    assert client.post("/schedule-a-call/", data).status_code == 303
    assert Submission.objects.count() == 1


def test_case_9_an_answer_moved_to_another_row_does_not_open() -> None:
    first, second = sent(2)
    Submission.objects.filter(pk=first.pk).update(sealed=second.sealed)
    with pytest.raises(EncryptionError, match="moved or damaged"):
        _ = Submission.objects.get(pk=first.pk).answers
