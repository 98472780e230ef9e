"""The intake desk through HTTP: who gets in, the list, look-up, handling, exports, and the trail of all of it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from forms.models import Attachment, AuditEntry, Delivery, FormPage, Note, SavedView, Submission
from forms.models.audit import AppendOnlyError, verify
from forms.receiving.receive import Meta, Receipt, receive
from tests.forms.build import ANSWERS, REFERRAL, call_page, person, referral_page

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF\n"


def sent(page: FormPage, token: str = "t", **changes: Any) -> Submission:
    """A submission that came in a minute ago."""
    answers = {**ANSWERS, **changes}
    result = receive(page, answers, None, Meta(token=token, started_at=0, language="en"))
    assert isinstance(result, Receipt), result
    return Submission.objects.get(pk=result.submission_id)


def referred(page: FormPage, token: str = "r", **changes: Any) -> Submission:
    answers = {key: value for step in REFERRAL.values() for key, value in step.items() if not key.startswith("born-")}
    result = receive(page, {**answers, "born": "1962-03-27", **changes}, None, Meta(token=token, started_at=0))
    assert isinstance(result, Receipt), result
    return Submission.objects.get(pk=result.submission_id)


def at(name: str, *args: Any) -> str:
    return reverse(f"intake:{name}", args=args)


def text(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return str(body.decode())


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(person("inez", intake=True))
    return client


def desk_urls(submission: Submission, attachment: Any) -> list[tuple[str, str]]:
    """Every route of the desk with the method it is for."""
    one = [submission.pk]
    return [
        ("get", at("index")),
        ("post", at("lookup")),
        ("post", at("bulk")),
        ("get", at("export")),
        ("post", at("export")),
        ("get", at("deliveries")),
        ("post", at("resend", 1)),
        ("post", at("person")),
        ("post", at("save_view")),
        ("post", at("delete_view", 1)),
        ("get", at("detail", *one)),
        ("get", at("print", *one)),
        ("post", at("move", *one)),
        ("post", at("assign", *one)),
        ("post", at("note", *one)),
        ("post", at("release", *one)),
        ("get", at("attachment", submission.pk, attachment)),
    ]


@pytest.mark.any_database
def test_case_14_only_the_intake_role_gets_in_and_refusals_are_recorded() -> None:
    submission = sent(call_page())
    urls = desk_urls(submission, "00000000-0000-0000-0000-000000000001")
    marketing = person("mo", group="Marketing")
    clinician = person("cleo", group="Clinicians")
    root = person("root", superuser=True)
    for user in (marketing, clinician, root):
        client = Client()
        client.force_login(user)
        for _method, url in urls:
            for method in ("get", "post", "put", "delete", "head", "options"):
                response = getattr(client, method)(url)
                assert response.status_code == 403, (user, method, url)
                assert {"private", "no-store"} <= {*response["Cache-Control"].split(", ")}
                assert submission.reference not in text(response)
                assert "Lovelace" not in text(response)
        assert AuditEntry.objects.filter(action="refused", actor_name=user.get_username()).count() == len(urls) * 6
    submission.refresh_from_db()
    assert submission.status == "new"
    anonymous = Client()
    assert all(getattr(anonymous, method)(url).status_code == 302 for method, url in urls)


def test_case_14_every_route_of_the_desk_is_in_the_matrix() -> None:
    routes = {
        pattern.name
        for pattern in get_resolver("forms.intake.urls").url_patterns
        if getattr(pattern, "name", None) != "audit"
    }
    submission = Submission(reference="x")
    covered = {
        name
        for name in routes
        if any(str(url).startswith(reverse("intake:index")) for _method, url in desk_urls(submission, submission.pk))
    }
    named = {
        "index",
        "lookup",
        "bulk",
        "export",
        "deliveries",
        "resend",
        "person",
        "save_view",
        "delete_view",
        "detail",
        "print",
        "move",
        "assign",
        "note",
        "release",
        "attachment",
    }
    assert routes == covered == named


def test_case_14_a_superuser_may_take_the_role_and_loses_access_with_it() -> None:
    root = person("root", superuser=True)
    group, _created = Group.objects.get_or_create(name="Intake")
    from django.contrib.auth.models import Permission

    group.permissions.add(Permission.objects.get(codename="handle_submissions"))
    client = Client()
    client.force_login(root)
    assert client.get(at("index")).status_code == 403
    root.groups.add(group)
    assert client.get(at("index")).status_code == 200
    root.groups.clear()
    assert client.get(at("index")).status_code == 403


def test_case_14_unknown_ids_and_other_peoples_files_are_404(desk: Client) -> None:
    one, other = sent(call_page()), referred(referral_page())
    attachment = Attachment(submission=other, field_key="letter", size=3)
    attachment.seal({"name": "x.pdf", "type": "application/pdf", "sha256": ""})
    attachment.save(force_insert=True)
    assert desk.get(at("attachment", one.pk, attachment.pk)).status_code == 404
    assert desk.get(at("detail", "00000000-0000-0000-0000-000000000001")).status_code == 404


def test_stock_wagtail_views_show_nothing_to_anybody(desk: Client) -> None:
    page = call_page()
    submission = sent(page)
    for user in (person("ed", group="Marketing"), person("root", superuser=True)):
        client = Client()
        client.force_login(user)
        listing = client.get(reverse("wagtailforms:index"))
        assert page.title not in text(listing)
        for name in ("list_submissions", "delete_submissions", "list_submissions_results"):
            url = reverse(f"wagtailforms:{name}", args=[page.pk])
            for suffix in ("", "?export=csv", "?export=xlsx", f"?selected-submissions={submission.pk}"):
                response = client.get(url + suffix)
                assert response.status_code in (302, 403, 404)
                assert "Lovelace" not in text(response)
        client.post(
            reverse("wagtailforms:delete_submissions", args=[page.pk]) + f"?selected-submissions={submission.pk}"
        )
    assert Submission.objects.count() == 1


def test_case_12_deleting_a_page_with_submissions_is_refused(desk: Client) -> None:
    page = call_page()
    sent(page)
    client = Client()
    client.force_login(person("root", superuser=True))
    response = client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]), follow=True)
    assert "submissions stand on this form" in text(response)
    parent = page.get_parent()
    client.post(reverse("wagtailadmin_pages:delete", args=[parent.pk]))
    client.post(reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"]) + f"?id={page.pk}")
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        page.delete()
    assert Submission.objects.count() == 1
    assert FormPage.objects.filter(pk=page.pk).exists()


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


def test_the_list_shows_what_came_in_and_filters(desk: Client) -> None:
    call, referral = sent(call_page()), referred(referral_page())
    html = text(desk.get(at("index")))
    assert "Ada Canary Lovelace" in html
    assert "Rosalind Example" in html
    assert "(760) 555-0142" in html
    for query, shown, hidden in (
        ("?urgency=urgent", referral, call),
        (f"?form={call.page_id}", call, referral),
        ("?screening=may_be_suitable", referral, call),
        ("?topic=ptsd", referral, call),
        ("?assignee=none&status=new&urgency=routine", call, referral),
    ):
        html = text(desk.get(at("index") + query))
        assert shown.reference in html, query
        assert hidden.reference not in html, query
    for query in ("?box=spam", "?late=on", "?crisis=on", "?assignee=me", "?until=2001-01-01"):
        assert call.reference not in text(desk.get(at("index") + query)), query


@pytest.mark.parametrize(
    "query",
    [
        "?form=abc",
        "?form=99999999999999999999",
        "?status=%00",
        "?assignee=%27",
        "?since=yesterday",
        "?until=99999-01-01",
        "?after=x",
        "?after=99999999999999999999999_0",
        "?before=1_zz",
        "?topic=%F0%9F%92%A9",
        "?order=up",
    ],
)
def test_case_1_malformed_filters_are_ignored(desk: Client, query: str) -> None:
    sent(call_page())
    assert desk.get(at("index") + query).status_code == 200


def test_pages_of_the_list_by_key_show_everything_once(desk: Client) -> None:
    page = call_page()
    for number in range(60):
        sent(page, token=f"t{number}", your_name=f"Person number {number}", phone_number=f"760 555 {1000 + number}")
    Submission.objects.update(spam="")
    same = timezone.now()
    Submission.objects.filter(pk__in=Submission.objects.values("pk")[:40]).update(received_at=same)
    for order in ("", "order=old"):
        seen: list[str] = []
        url = at("index") + f"?{order}"
        for _ in range(3):
            response = desk.get(url)
            listing = response.context["listing"]
            seen += [line.submission.reference for line in listing.lines]
            url = at("index") + "?" + listing.older
        assert len(seen) == len(set(seen)) == 60
        assert listing.older == ""
        back = desk.get(at("index") + "?" + listing.newer).context["listing"]
        assert [line.submission.reference for line in back.lines] == seen[25:50]


@pytest.mark.parametrize("typed", ["760-555-0142", "+1 760 555 0142", "ada@example.org", "ADA@Example.org"])
def test_look_up_by_phone_and_mail_is_posted_and_exact(desk: Client, typed: str) -> None:
    submission = sent(call_page(), e_mail="Ada@example.org")
    response = desk.post(at("lookup"), {"q": typed})
    assert submission.reference in text(response)
    assert submission.reference not in text(desk.post(at("lookup"), {"q": "760 555 0199"}))
    entry = AuditEntry.objects.filter(action="lookup").order_by("number")[0]
    assert entry.details["shown"] == [submission.reference]
    assert "555" not in json.dumps(entry.details)


def test_look_up_by_reference_as_people_say_it(desk: Client) -> None:
    submission = sent(call_page())
    said = submission.reference.lower().replace("-", " ")
    assert submission.reference in text(desk.post(at("lookup"), {"q": said}))


def test_a_read_is_recorded_before_it_is_shown(desk: Client) -> None:
    submission = sent(call_page())
    html = text(desk.get(at("detail", submission.pk)))
    assert "Ada Canary Lovelace" in html
    assert 'href="tel:+17605550142"' in html
    assert "The clinic may contact me about this request." in html
    entry = AuditEntry.objects.get(action="read")
    assert (entry.reference, entry.actor_name, entry.address) == (submission.reference, "inez", "127.0.0.1")


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


def test_notes_are_encrypted(desk: Client) -> None:
    submission = sent(call_page())
    desk.post(at("note", submission.pk), {"text": "Canary note <b>"})
    note = Note.objects.get()
    assert b"Canary" not in bytes(note.sealed)
    assert "Canary note &lt;b&gt;" in text(desk.get(at("detail", submission.pk)))


def test_bulk_assign_and_close(desk: Client) -> None:
    page = call_page()
    ids = [str(sent(page, token=f"t{n}", your_name=f"P {n}").pk) for n in range(3)]
    somebody = person("ian", intake=True)
    outsider = person("mo")
    desk.post(at("bulk"), {"chosen": ids[:2], "action": "assign", "assignee": somebody.pk})
    assert Submission.objects.filter(assignee=somebody).count() == 2
    desk.post(at("bulk"), {"chosen": ids[:1], "action": "assign", "assignee": outsider.pk})
    assert not Submission.objects.filter(assignee=outsider).exists()
    assert Submission.objects.filter(assignee=somebody).count() == 2  # nobody lost theirs over it
    desk.post(at("bulk"), {"chosen": [*ids, "nonsense"], "action": "close", "outcome": "advice"})
    assert Submission.objects.filter(status="closed", outcome="advice").count() == 3


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


def test_saved_views_keep_filters_only(desk: Client) -> None:
    desk.post(at("save_view"), {"name": "Urgent", "query": "urgency=urgent&q=760&evil=1"})
    view = SavedView.objects.get()
    assert view.query == "urgency=urgent"
    assert "Urgent" in text(desk.get(at("index")))
    desk.post(at("delete_view", view.pk))
    assert not SavedView.objects.exists()


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


def test_menu_and_panel_are_for_the_role_only(desk: Client) -> None:
    submission = sent(call_page(), anything_else="I want to die")
    html = text(desk.get(reverse("wagtailadmin_home")))
    assert "Intake desk" in html
    assert "Intake (1)" in html
    for answer in ("Lovelace", "555-0142", "want to die"):
        assert answer not in html
    root = Client()
    root.force_login(person("root", superuser=True))
    html = text(root.get(reverse("wagtailadmin_home")))
    assert "Intake desk" not in html
    assert "Intake (" not in html
    assert submission.crisis


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


def test_the_list_takes_the_same_queries_for_1_and_for_25(desk: Client, django_assert_max_num_queries: Any) -> None:
    page = call_page()
    for number in range(25):
        sent(page, token=f"t{number}", your_name=f"Person {number}")
    with django_assert_max_num_queries(40) as queries:
        desk.get(at("index"))
    assert len(queries) <= 40
