"""The reports in the admin: what they list, where each row leads, and their exports."""

from __future__ import annotations

import datetime
import io
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pages.citations_in_text import entity_html
from pages.models import Person
from research.importing.matching import title_key
from research.models import Citation, CitationCheck
from research.reports import REPORTS
from tests.research.builders import citation, condition_page, fact, topic

pytestmark = pytest.mark.django_db

RETRACTED: dict[str, Any] = {"status": "retracted", "status_date": datetime.date(2017, 8, 28)}


def _subjects(slug: str) -> list[str]:
    return [row.subject for row in REPORTS[slug].rows()]


def test_statements_without_support_and_on_doubtful_sources() -> None:
    page = condition_page(live=False)
    fine, gone = citation("fine"), citation("gone", **RETRACTED)
    fact(page, "Nothing behind it", draft=True)
    fact(page, "Only the fallen", gone)
    fact(page, "Well founded", fine)
    fact(page, "Carried by another", fine, gone)
    page.save()
    assert _subjects("unsupported-facts") == ["“Nothing behind it”", "“Only the fallen”"]
    assert _subjects("facts-in-doubt") == ["“Only the fallen”", "“Carried by another”"]


def test_fallen_sources_in_use_also_in_prose() -> None:
    gone = citation("gone", **RETRACTED)
    citation("unused", **RETRACTED)
    condition_page(live=False, how_it_may_work=entity_html(gone))
    rows = list(REPORTS["doubtful-sources"].rows())
    assert [row.subject for row in rows] == ["Condition page: PTSD"]
    assert "Gone 2014" in rows[0].problem and "Retracted" in rows[0].problem


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ketamine for PTSD.", "ketamine for ptsd", True),
        ("Kétamine: an <i>overview</i>", "Ketamine an i overview i", True),
        ("Ketamine for PTSD", "Ketamine for OCD", False),
    ],
)
def test_titles_compare_by_their_words(one: str, other: str, same: bool) -> None:
    assert (title_key(one) == title_key(other)) is same


def test_duplicates() -> None:
    citation("a", title="Ketamine for PTSD.", issued_year=2014)
    citation("b", title="Ketamine for PTSD", issued_year=2014)
    citation("c", title="Ketamine for PTSD", issued_year=None)
    citation("d", title="Annual report", issued_year=2019)
    citation("e", title="Annual report", issued_year=2020)
    assert [row.place for row in REPORTS["duplicates"].rows()] == ["a", "b", "c"]


def test_alerts_do_not_take_silence_for_an_answer() -> None:
    silent, fell = citation("silent"), citation("fell")
    CitationCheck.objects.create(citation=fell, kind="retraction", state="problem", detail="Retracted", source="RW")
    CitationCheck.objects.create(citation=silent, kind="retraction", state="unavailable")
    assert [row.fix for row in REPORTS["alerts"].rows()] == [fell]


def test_care_and_topics() -> None:
    today = timezone.localdate()
    citation("fine", topics={"ptsd": "benefit"}, next_review=today + datetime.timedelta(days=200))
    citation("unconfirmed", verified_on=None)
    citation("late", next_review=today - datetime.timedelta(days=1))
    citation("soon", next_review=today + datetime.timedelta(days=10))
    citation("story", kind="news", topics={"ocd": "background"})
    topic("trd", parent=topic("depression"))
    citation("trd-trial", topics={"trd": "mixed"})
    assert {row.fix.key for row in REPORTS["care"].rows()} == {"unconfirmed", "late", "soon"}  # type: ignore[attr-defined]
    assert [row.place for row in REPORTS["topics-without-research"].rows()] == ["ocd"]


def test_pages_to_review() -> None:
    today = timezone.localdate()
    rae = Person.objects.create(name="Rae Example", slug="rae", role="Physician")
    days = {"late": -1, "soon": 10, "fine": 200}
    for slug, ahead in days.items():
        condition_page(slug, reviewer=rae, next_review=today + datetime.timedelta(days=ahead))
    condition_page("unplanned", reviewer=rae)
    condition_page("nobody", next_review=today + datetime.timedelta(days=200))
    condition_page("draft", live=False)
    assert _subjects("page-reviews") == ["UNPLANNED", "LATE", "SOON", "NOBODY"]


def test_the_front_page_says_what_waits_for_this_person(client: Client, clinician: User) -> None:
    citation("unconfirmed", verified_on=None)
    page = condition_page(live=False)
    fact(page, "Nothing behind it", draft=True)
    page.save()
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "/unsupported-facts/" in home and "/care/" in home

    marketing = User.objects.create_user("m", "m@example.org", "x")
    marketing.groups.add(Group.objects.get(name="Marketing"))
    client.force_login(marketing)
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "/unsupported-facts/" in home and "/care/" not in home


def test_a_report_says_who_puts_pages_right_to_those_who_cannot(client: Client, clinician: User) -> None:
    address = reverse("research_reports:report", args=["unsupported-facts"])
    assert "by those who edit pages" in client.get(address).content.decode()
    marketing = User.objects.create_user("m", "m@example.org", "x")
    marketing.groups.add(Group.objects.get(name="Marketing"))
    client.force_login(marketing)
    assert "by those who edit pages" not in client.get(address).content.decode()


def test_a_clinician_finds_every_report_and_may_put_things_right(client: Client, clinician: User) -> None:
    page = condition_page(live=False)
    gone = citation("gone", **RETRACTED, verified_by=None)
    fact(page, "Only the fallen", gone)
    page.save()
    index = client.get(reverse("research_reports:index"))
    assert index.status_code == 200
    for slug in REPORTS:
        address = reverse("research_reports:report", args=[slug])
        assert address in index.content.decode()
        answer = client.get(address)
        assert answer.status_code == 200
        if not list(REPORTS[slug].rows()):
            assert str(REPORTS[slug].empty) in answer.content.decode()
    text = client.get(reverse("research_reports:report", args=["facts-in-doubt"])).content.decode()
    assert reverse(Citation.snippet_viewset.get_url_name("edit"), args=[gone.pk]) in text
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "What waits for you" in home and "Look now" in home


def test_marketing_is_led_to_the_page(client: Client) -> None:
    user = User.objects.create_user("m", "m@example.org", "x")
    user.groups.add(Group.objects.get(name="Marketing"))
    client.force_login(user)
    page = condition_page(live=False)
    fact(page, "Nothing behind it", draft=True)
    page.save()
    text = client.get(reverse("research_reports:report", args=["unsupported-facts"])).content.decode()
    assert reverse("wagtailadmin_pages:edit", args=[page.pk]) in text


def test_reports_are_for_people_who_work_with_the_library(client: Client) -> None:
    user = User.objects.create_user("i", "i@example.org", "x")
    user.groups.add(Group.objects.get(name="Intake"))
    client.force_login(user)
    for address in (reverse("research_reports:index"), reverse("research_reports:report", args=["care"])):
        assert client.get(address).status_code in (302, 403)


def test_exports_hold_every_row_and_no_formula(client: Client, clinician: User) -> None:
    for number in range(60):
        citation(f"c-{number:02}", verified_on=None)
    citation("evil", title="=HYPERLINK(1)", authors=[{"literal": "=cmd"}], issued_year=None, verified_on=None)
    address = reverse("research_reports:report", args=["care"])
    csv = b"".join(client.get(address, {"export": "csv"}).streaming_content).decode()  # type: ignore[attr-defined]
    assert csv.count("\n") == 62 and "'=cmd: =HYPERLINK" in csv
    answer = client.get(address, {"export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    assert sheet is not None and sheet.max_row == 62
    assert all(not str(cell.value or "").startswith("=") for row in sheet.iter_rows() for cell in row)


def test_the_list_of_citations_exports_no_formula(client: Client, clinician: User) -> None:
    citation("evil", title="=HYPERLINK(1)")
    address = reverse(Citation.snippet_viewset.get_url_name("list"))
    csv = b"".join(client.get(address, {"export": "csv"}).streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=HYPERLINK" in csv


def test_an_unknown_report_is_not_found(client: Client, clinician: User) -> None:
    assert client.get(reverse("research_reports:report", args=["nonsense"])).status_code == 404
