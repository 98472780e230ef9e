"""A library moves to another installation through the admin: taken out in a format, brought in as a file."""

import json
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from clinic.roles import CLINICIANS
from research.formats.registry import FORMATS
from research.importing.columns import COMPARED
from research.models import Citation, ImportBatch, ImportRow
from tests.research.library import bibliography
from tests.research.records import READ

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
START = "/admin/research/import/"

BIBLIOGRAPHIC = {
    "title", "authors", "authors_truncated", "container_title", "container_title_short", "publisher",
    "issued_year", "issued_month", "issued_day", "volume", "issue", "page", "language",
    "doi", "pmid", "pmcid", "isbn", "nct_id", "kind",
}  # fmt: skip
"""What every format has a field for."""
ADDRESSES = {"key", "url", "accessed"}
"""What all but PubMed's have: it knows no address but the DOI's, and no key but its own number."""
CARRIED = {
    "ris": BIBLIOGRAPHIC | ADDRESSES,
    "bibtex": BIBLIOGRAPHIC | ADDRESSES,
    "nbib": BIBLIOGRAPHIC,
    "csl-json": {*COMPARED, *ADDRESSES},
}

RETRACTED = {
    "status": "retracted",
    "status_date": date(2017, 5, 1),
    "status_source": "https://example.org/notice",
    "status_note": "Withdrawn by its journal.",
}


@pytest.fixture
def desk(client: Client, django_user_model: Any) -> Client:
    """A clinician with no page rights, logged in."""
    user = django_user_model.objects.create_user("clinician", "c@clinic.example", "pass")
    user.groups.add(Group.objects.get(name=CLINICIANS))
    client.force_login(user)
    return client


def bring_in(desk: Client, name: str, data: bytes) -> str:
    """Brings a file in, start to end, and returns the report's page."""
    file = SimpleUploadedFile(f"library{FORMATS[name].extensions[0]}", data)
    review = desk.post(START, {"file": file})
    assert review.status_code == 302, review.context["form"].errors
    batch = ImportBatch.objects.latest("pk")
    assert batch.format == name, "told from what the file holds"
    report = desk.post(review.url, {"import": "1"})
    return desk.get(report.url).content.decode()


def taken_out(desk: Client, name: str) -> bytes:
    response = desk.get(reverse("research_import:export", args=[name]))
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def held(fields: set[str]) -> list[dict[str, Any]]:
    return sorted(Citation.objects.values(*fields), key=lambda values: values["title"])


@pytest.mark.parametrize("name", READ)
def test_all_43_records_move_through_the_admin_in_each_format(desk: Client, name: str) -> None:
    bring_in(desk, "csl-json", json.dumps(bibliography()).encode())
    Citation.objects.filter(key="feder-2014-ptsd").update(live=True, verified_on=date(2026, 11, 1), finding="Relief.")
    Citation.objects.filter(key="diazgranados-2010-si").update(notes="Ours alone.", **RETRACTED)
    before, file = held(CARRIED[name]), taken_out(desk, name)
    Citation.objects.all().delete()

    report = bring_in(desk, name, file)
    batch = ImportBatch.objects.latest("pk")
    assert "All 43 records have been dealt with" in report
    assert set(batch.rows.values_list("state", flat=True)) == {ImportRow.State.CREATED}
    assert held(CARRIED[name]) == before
    assert not Citation.objects.exclude(live=False, verified_on=None).exists(), "drafts that nobody here has confirmed"
    if name != "nbib":
        assert taken_out(desk, name) == file

    bring_in(desk, name, file)
    again = ImportBatch.objects.latest("pk")
    assert again.rows.exclude(match=None).count() == 43, "each is known by what it says"
    assert not [row.differences for row in again.rows.all() if row.differences]
    assert Citation.objects.count() == 43
