"""The audit trail: append-only, every alteration shows, reasons for the intake role alone."""

from __future__ import annotations

import pytest
from django.test import Client

from forms.models import AuditEntry
from forms.models.audit import AppendOnlyError, verify
from tests.forms.build import call_page, person
from tests.forms.desk import at, sent, text

pytestmark = pytest.mark.django_db


def test_the_trail_is_append_only_and_every_alteration_shows(desk: Client) -> None:
    submission = sent(call_page())
    for _ in range(5):
        desk.get(at("detail", submission.pk))
    assert verify()[0] == 5
    assert verify()[2] is None
    entry = AuditEntry.objects.get(number=3)
    for forbidden in (entry.delete, entry.save, AuditEntry.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            forbidden()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE forms_auditentry SET actor_name = 'nobody' WHERE number = 3")
    broken = verify()[2]
    assert broken is not None
    assert broken.number == 3
    with connection.cursor() as cursor:
        cursor.execute("UPDATE forms_auditentry SET actor_name = 'inez' WHERE number = 3")
        assert verify()[2] is None
        cursor.execute("DELETE FROM forms_auditentry WHERE number = 5")
    broken = verify()[2]
    assert broken is not None
    assert "missing" in broken.reason


def test_the_trail_is_seen_by_administrators_without_reasons(desk: Client) -> None:
    submission = sent(call_page())
    desk.post(at("export"), {"query": "", "format": "csv", "reason": "Secret canary reason"})
    html = text(desk.get(at("audit") + "?check=1"))
    assert "Secret canary reason" in html
    assert "entries are in place and unchanged" in html
    root = Client()
    root.force_login(person("root", superuser=True))
    html = text(root.get(at("audit")))
    assert "Exported" in html
    assert "Secret canary reason" not in html
    nobody = Client()
    nobody.force_login(person("mo"))
    assert nobody.get(at("audit")).status_code == 403
    assert submission.reference not in text(nobody.get(at("audit")))
