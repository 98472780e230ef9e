"""Exports: with a reason, recorded, and inert in a spreadsheet program."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from django.test import Client

from forms.models import AuditEntry
from tests.forms.build import call_page, referral_page
from tests.forms.desk import at, referred, sent, text

pytestmark = pytest.mark.django_db


def test_case_13_exports_need_a_reason_and_are_inert(desk: Client) -> None:
    page = call_page()
    sent(page, your_name='=HYPERLINK("http://evil.example","x")', anything_else="@SUM(1)")
    refused = desk.post(at("export"), {"query": "", "format": "csv", "reason": ""})
    assert refused.status_code == 422
    assert not AuditEntry.objects.filter(action="export").exists()
    response = desk.post(at("export"), {"query": "", "format": "csv", "reason": "Monthly canary report"})
    rows = list(csv.DictReader(io.StringIO(text(response).removeprefix("\ufeff"))))
    assert rows[0]["Your name"].startswith("'=HYPERLINK")
    assert rows[0]["Anything else"] == "'@SUM(1)"
    assert rows[0]["Phone number"] == "+17605550142"
    sheet = desk.post(at("export"), {"query": "", "format": "xlsx", "reason": "Monthly report"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(sheet.streaming_content)))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert "+17605550142" in {cell.value for cell in cells}
    assert '=HYPERLINK("http://evil.example","x")' in {cell.value for cell in cells}
    entry = AuditEntry.objects.filter(action="export").order_by("number")[0]
    assert entry.reason == "Monthly canary report"
    assert entry.details == {"format": "csv", "count": 1}
    assert b"canary" not in bytes(entry.sealed)


def test_exports_keep_to_the_filters_and_to_the_columns_of_each_form(desk: Client) -> None:
    call, referral = sent(call_page()), referred(referral_page())
    both = text(desk.post(at("export"), {"query": "", "format": "csv", "reason": "All of them"}))
    rows = {row["Reference"]: row for row in csv.DictReader(io.StringIO(both.removeprefix("\ufeff")))}
    assert rows[referral.reference]["Born (refer-a-patient)"] == "1962-03-27"
    assert rows[call.reference]["Born (refer-a-patient)"] == ""
    only = text(desk.post(at("export"), {"query": "urgency=urgent", "format": "csv", "reason": "Urgent"}))
    assert call.reference not in only
    assert referral.reference in only
