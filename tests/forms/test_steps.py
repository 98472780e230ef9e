"""A form in several steps: drafts, Back, Change, check, one receipt; and what happens when a draft is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forms.models import Attachment, Delivery, Draft, Submission
from tests.forms.build import REFERRAL, referral_page, token

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def text(response: Any) -> str:
    return str(response.content.decode())


def go(client: Client, page: Any, upto: int = 3, **changes: Any) -> Any:
    """Fill in the steps up to ``upto`` and return the last answer."""
    url = "/refer-a-patient/"
    for number in range(1, upto + 1):
        data = {**REFERRAL[number], **(changes if number == upto else {}), "form-token": token(page)}
        response = client.post(url, data)
        assert response.status_code == 303, text(response)
        url = response["Location"]
    return client.get(url)


def test_three_steps_a_check_and_one_receipt(client: Client) -> None:
    page = referral_page()
    first = text(client.get("/refer-a-patient/"))
    assert "Step 1 of 4" in first
    check = go(client, page)
    html = text(check)
    assert "Step 4 of 4" in html
    for shown in ("Dr. Grace Hopper", "(760) 555-0143", "March 27, 1962", "PTSD", "Symptoms worsen", "Change"):
        assert shown in html
    assert check["Cache-Control"] == "private, no-store"
    assert Submission.objects.count() == 0
    sent = client.post(check.request["PATH_INFO"] + "?" + check.request["QUERY_STRING"])
    assert sent.status_code == 303
    submission = Submission.objects.get()
    assert submission.answers["born"] == "1962-03-27"
    assert submission.urgency == "urgent"
    assert submission.screening == "may_be_suitable"
    assert submission.criteria_version
    thanks = text(client.get(sent["Location"]))
    assert submission.reference in thanks
    assert "may be suitable" in thanks
    assert not Draft.objects.exists()
    assert {one.target for one in Delivery.objects.all()} == {
        "intake@clinic.example",
        "lead@clinic.example",
        "ptsd@clinic.example",
    }


def test_no_answer_stands_in_an_address_or_in_the_database(client: Client) -> None:
    page = referral_page()
    check = go(client, page)
    address = check.request["PATH_INFO"] + check.request["QUERY_STRING"]
    for answer in ("Hopper", "Rosalind", "1962", "5550143", "ptsd"):
        assert answer not in address
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM forms_draft")
        assert b"Rosalind" not in bytes(cursor.fetchone()[0])


def test_case_2_sending_twice_gives_one_row_and_the_same_receipt(client: Client) -> None:
    page = referral_page()
    check = go(client, page)
    address = check.request["PATH_INFO"] + "?" + check.request["QUERY_STRING"]
    locations = [client.post(address)["Location"] for _ in range(2)]
    assert Submission.objects.count() == 1
    reference = Submission.objects.get().reference
    assert all(reference in text(client.get(one)) for one in locations)
    assert reference in text(client.get(address, follow=True))  # Back after sending


def test_steps_survive_reload_and_back_and_change(client: Client) -> None:
    page = referral_page()
    check = go(client, page)
    draft = Draft.objects.get().pk.hex
    for _ in range(2):
        second = text(client.get(f"/refer-a-patient/step-2/?draft={draft}"))
        assert 'value="Rosalind Example"' in second
        assert 'name="born-month" inputmode="numeric" value="3"' in second
    changed = client.post(
        f"/refer-a-patient/step-2/?draft={draft}", {**REFERRAL[2], "patient": "Rosa Changed", "form-then": "check"}
    )
    assert "/check/" in changed["Location"]
    html = text(client.get(changed["Location"]))
    assert "Rosa Changed" in html
    assert "Dr. Grace Hopper" in html
    assert check.status_code == 200


def test_errors_of_a_step_keep_what_was_typed(client: Client) -> None:
    page = referral_page()
    go(client, page, 1)
    draft = Draft.objects.get().pk.hex
    response = client.post(
        f"/refer-a-patient/step-2/?draft={draft}",
        {"patient": "", "born-month": "13", "born-day": "1", "born-year": "1962"},
    )
    html = text(response)
    assert response.status_code == 422
    assert 'name="born-month" inputmode="numeric" value="13"' in html
    assert '<a href="#id_born">' in html
    assert "<title>Error: " in html


def test_a_change_of_mind_drops_what_is_no_longer_asked(client: Client) -> None:
    page = referral_page()
    go(client, page)
    draft = Draft.objects.get().pk.hex
    client.post(f"/refer-a-patient/step-3/?draft={draft}", {**REFERRAL[3], "urgency": "Routine"})
    client.post(f"/refer-a-patient/check/?draft={draft}")
    submission = Submission.objects.get()
    assert submission.urgency == "routine"
    assert "why_urgent" not in submission.answers


def test_another_browser_cannot_open_a_draft(client: Client) -> None:
    page = referral_page()
    check = go(client, page)
    address = check.request["PATH_INFO"] + "?" + check.request["QUERY_STRING"]
    for stranger in (Client(), Client()):
        stranger.cookies["form-draft"] = "guess"
        response = stranger.get(address)
        assert response.status_code == 410
        assert "Hopper" not in text(response)
        assert stranger.post(address).status_code == 410
    assert not Submission.objects.exists()


def test_an_expired_draft_says_so_and_keeps_the_step_that_was_typed(client: Client) -> None:
    page = referral_page()
    go(client, page, 1)
    draft = Draft.objects.get()
    Draft.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = client.post(f"/refer-a-patient/step-2/?draft={draft.pk.hex}", REFERRAL[2])
    assert response.status_code == 410
    assert "two hours" in text(response)
    fresh = Draft.objects.alive().get()
    assert f'name="form-draft" value="{fresh.pk.hex}"' in text(response)
    client.post("/refer-a-patient/", {**REFERRAL[1], "form-draft": fresh.pk.hex})
    assert "Rosalind Example" in text(client.get(f"/refer-a-patient/step-2/?draft={fresh.pk.hex}"))


def test_two_patients_in_two_tabs_stay_apart(client: Client) -> None:
    page = referral_page()
    go(client, page, 1)
    one = Draft.objects.get().pk.hex
    go(client, page, 1)
    two = next(draft.pk.hex for draft in Draft.objects.all() if draft.pk.hex != one)
    client.post(f"/refer-a-patient/step-2/?draft={one}", {**REFERRAL[2], "patient": "Patient One"})
    client.post(f"/refer-a-patient/step-2/?draft={two}", {**REFERRAL[2], "patient": "Patient Two"})
    assert "Patient One" in text(client.get(f"/refer-a-patient/step-2/?draft={one}"))
    assert "Patient Two" in text(client.get(f"/refer-a-patient/step-2/?draft={two}"))


def test_the_form_does_not_change_under_the_hands_of_who_fills_it_in(client: Client) -> None:
    page = referral_page()
    go(client, page)
    draft = Draft.objects.get().pk.hex
    page.form_fields.filter(label="NPI").update(required=True, label="Provider number")
    client.post(f"/refer-a-patient/check/?draft={draft}")
    assert Submission.objects.count() == 1


def test_files_of_a_step_are_encrypted_and_move_to_the_submission(client: Client, fresh: Any) -> None:
    page = referral_page()
    check = go(client, page, letter=SimpleUploadedFile("Rosalind letter.pdf", PDF))
    assert "Rosalind letter.pdf" in text(check)
    stored = [file for file in fresh.rglob("*") if file.is_file()]
    assert len(stored) == 1
    assert b"PDF" not in stored[0].read_bytes()
    assert "Rosalind" not in str(stored[0])
    client.post(check.request["PATH_INFO"] + "?" + check.request["QUERY_STRING"])
    submission = Submission.objects.get()
    attachment = submission.attachments.get()
    assert submission.files == 1
    assert (attachment.name, attachment.read()) == ("Rosalind letter.pdf", PDF)


def test_a_file_can_be_removed_again(client: Client, fresh: Any) -> None:
    page = referral_page()
    go(client, page, letter=SimpleUploadedFile("letter.pdf", PDF))
    draft, attachment = Draft.objects.get().pk.hex, Attachment.objects.get()
    client.post(f"/refer-a-patient/step-3/?draft={draft}", {**REFERRAL[3], "form-remove": str(attachment.pk)})
    assert not Attachment.objects.exists()
    assert not [file for file in fresh.rglob("*") if file.is_file()]


def test_sending_a_referral_takes_at_most_12_queries(client: Client) -> None:
    page = referral_page()
    earlier = go(client, page)
    client.post(earlier.request["PATH_INFO"] + "?" + earlier.request["QUERY_STRING"])
    Submission.objects.update(content_digest="")
    check = go(client, page)
    with CaptureQueriesContext(connection) as queries:
        client.post(check.request["PATH_INFO"] + "?" + check.request["QUERY_STRING"])
    own = [query["sql"] for query in queries if "wagtailcore_" not in query["sql"]]
    assert Submission.objects.count() == 2
    assert len(own) <= 12, "\n".join(sql[:120] for sql in own)
