"""The importer in the admin, as a clinician with no page rights uses it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from clinic.roles import CLINICIANS, MARKETING
from research.formats.registry import FORMATS
from research.importing import views
from research.importing.preview import preview
from research.models import Citation, ImportBatch, ImportRow
from tests.research.imports import RIS, existing
from tests.research.library import bibliography
from tests.research.outer_world import World, outer_world
from tests.research.test_lookup import CROSSREF, DOI

pytestmark = pytest.mark.django_db
START = "/admin/research/import/"


@pytest.fixture
def clinician(django_user_model: Any) -> Any:
    user = django_user_model.objects.create_user("clinician", "c@clinic.example", "pass")
    user.groups.add(Group.objects.get(name=CLINICIANS))
    return user


@pytest.fixture
def desk(client: Client, clinician: Any) -> Client:
    client.force_login(clinician)
    return client


def bring(desk: Client, text: str = RIS, **more: Any) -> ImportBatch:
    response = desk.post(START, {"text": text, **more})
    assert response.status_code == 302, response.context["form"].errors
    return ImportBatch.objects.latest("pk")


def page(desk: Client, url: str) -> str:
    response = desk.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_the_whole_way_from_file_to_report(desk: Client, clinician: Any) -> None:
    text = "".join(FORMATS["ris"].write(json.loads(json.dumps(bibliography()))))
    file = SimpleUploadedFile("library.ris", text.encode())
    response = desk.post(START, {"file": file})
    batch = ImportBatch.objects.get()
    review = reverse("research_import:review", args=[batch.pk])
    assert response.url == review
    assert Citation.objects.count() == 0
    first = page(desk, review)
    assert "<b>43</b> records were found" in first and "added as drafts: <b>43</b>" in first
    assert "Expert Opin Drug Saf" in first and "Page 1 of 2" in first
    response = desk.post(review, {"import": "1"})
    report = page(desk, response.url)
    assert Citation.objects.count() == 43
    assert "All 43 records have been dealt with" in report
    assert Citation.objects.first().latest_revision.user == clinician  # type: ignore[union-attr]
    assert desk.get(review).url == response.url
    assert "library.ris" in page(desk, START)


def test_the_menu_shows_it_to_whoever_may_import(desk: Client, client: Client, django_user_model: Any) -> None:
    assert START in page(desk, "/admin/")
    marketing = django_user_model.objects.create_user("marketing", "m@clinic.example", "pass")
    marketing.groups.add(Group.objects.get(name=MARKETING))
    client.force_login(marketing)
    assert START not in page(client, "/admin/")


@pytest.mark.parametrize("name", ["start", "look_up", "review", "run", "report", "discard"])
def test_others_are_turned_away(client: Client, django_user_model: Any, name: str) -> None:
    batch = preview(RIS)
    url = reverse(f"research_import:{name}", args=[] if name in {"start", "look_up"} else [batch.pk])
    user = django_user_model.objects.create_user("reader", "r@clinic.example", "pass")
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "add_citation", "view_citation"]))
    for response in (client.get(url), client.post(url)):
        assert response.status_code == 302 and "login" in response.url
    client.force_login(user)
    for response in (client.get(url), client.post(url)):
        assert response.status_code in {302, 403}
        assert not response.get("Location", "").startswith("/admin/research")
    assert ImportBatch.objects.count() == 1 and Citation.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose a file, or paste the records."),
        ({"text": RIS, "file": SimpleUploadedFile("a.ris", RIS.encode())}, "not both"),
        ({"text": "Dear colleague"}, "The format could not be told"),
        ({"text": RIS + "TY  - JOUR\nTI  - cut off\n"}, "Line 9: The record that begins here has no end"),
        ({"text": RIS, "format": "bibtex"}, "No record was found"),
        ({"file": SimpleUploadedFile("a.ris", b"\x00\x01")}, "not a text file"),
        ({"file": SimpleUploadedFile("a.ris", b"")}, "empty"),
        ({"text": RIS, "format": "docx"}, "Select a valid choice"),
    ],
)
def test_bad_input_is_told_beside_the_field_and_kept(desk: Client, data: dict[str, Any], words: str) -> None:
    response = desk.post(START, data)
    assert response.status_code == 422
    html = response.content.decode()
    assert words in html
    if "text" in data:
        assert data["text"].split("\n")[0] in html
    assert not ImportBatch.objects.exists()


def test_a_paste_is_never_cut_off_in_silence(desk: Client) -> None:
    assert "maxlength" not in page(desk, START).split('name="text"')[1].split(">")[0]
    response = desk.post(START, {"text": RIS + "x" * 1_500_000})
    assert response.status_code == 422
    assert "at most 1500000 characters" in response.content.decode()


def test_no_markup_of_a_record_is_executed(desk: Client) -> None:
    evil = '<script>alert(1)</script>Pain &lt;img src=x onerror=alert(2)&gt; "><b onclick=x>'
    existing(doi="10.1000/one", title="Pain", container_title="Before")
    batch = bring(
        desk, RIS.replace("A trial of ketamine", evil).replace("T2  - Pain", f"T2  - {evil}").replace("One, Ann", evil)
    )
    html = page(desk, reverse("research_import:review", args=[batch.pk]))
    html += desk.post(reverse("research_import:run", args=[batch.pk]), follow=True).content.decode()
    for sign in ("<script>alert", "<img src=x", "<b onclick"):
        assert sign not in html


def test_the_whole_library_goes_out_for_clinicians(desk: Client, client: Client, django_user_model: Any) -> None:
    existing(extra={"note": "our own"})
    response = desk.get(START + "export/csl-json/")
    assert "our own" in b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert desk.get(START + "export/docx/").status_code == 404
    assert "export/ris/" in page(desk, START)
    client.logout()
    assert client.get(START + "export/ris/").status_code == 302


# Choosing


def test_a_choice_for_each_field(desk: Client) -> None:
    citation = existing(doi="10.1000/one", title="Old title", container_title="Schmerz")
    batch = bring(desk)
    url = reverse("research_import:review", args=[batch.pk])
    html = page(desk, url)
    assert "Schmerz" in html and "A trial of ketamine" in html
    row = batch.rows.get()
    desk.post(url, {f"action-{row.pk}": "update", f"take-{row.pk}": ["title", "verified_on", "key"]})
    row.refresh_from_db()
    assert (row.action, row.take) == ("update", ["title"])
    citation.refresh_from_db()
    assert citation.title == "Old title"
    desk.post(url, {f"action-{row.pk}": "update", f"take-{row.pk}": ["title"], "import": "1"})
    citation.refresh_from_db()
    assert (citation.title, citation.container_title) == ("A trial of ketamine", "Schmerz")


def test_leaving_out_and_discarding(desk: Client) -> None:
    batch = bring(desk)
    row = batch.rows.get()
    url = reverse("research_import:review", args=[batch.pk])
    desk.post(url, {f"action-{row.pk}": "skip", "import": "1"})
    assert Citation.objects.count() == 0
    row.refresh_from_db()
    assert row.message == "Left out by choice."
    assert desk.post(reverse("research_import:discard", args=[batch.pk])).status_code == 404
    other = bring(desk)
    response = desk.post(reverse("research_import:discard", args=[other.pk]), follow=True)
    assert "1 record was discarded" in response.content.decode()
    assert not ImportBatch.objects.filter(pk=other.pk).exists()


def test_what_was_not_offered_cannot_be_chosen(desk: Client) -> None:
    batch = bring(desk, RIS.replace("TI  - A trial of ketamine\n", ""))
    row = batch.rows.get()
    desk.post(reverse("research_import:review", args=[batch.pk]), {f"action-{row.pk}": "create", "import": "1"})
    row.refresh_from_db()
    assert (row.state, Citation.objects.count()) == ("skipped", 0)
    assert "no title" in row.message


def test_one_choice_for_all(desk: Client) -> None:
    citation = existing(doi="10.1000/one", title="Old title")
    batch = bring(desk)
    desk.post(reverse("research_import:review", args=[batch.pk]), {"for_all": "overwrite", "import": "1"})
    citation.refresh_from_db()
    assert citation.title == "A trial of ketamine"


def test_views_of_the_list(desk: Client) -> None:
    existing(doi="10.1000/one")
    other = RIS.replace("ONE", "TWO").replace("A trial", "Another")
    batch = bring(desk, RIS + other + RIS.replace("A trial of ketamine", ""))
    url = reverse("research_import:review", args=[batch.pk])
    for show, count in (("", 3), ("new", 1), ("known", 1), ("stuck", 1), ("made-up", 3)):
        assert page(desk, f"{url}?show={show}&p=99").count('class="importing-record') == count


def test_a_long_import_goes_on_by_pressing_a_button(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "SECONDS", 0)
    monkeypatch.setattr("research.importing.commit.CHUNK", 1)
    batch = bring(desk, RIS + RIS.replace("ONE", "TWO").replace("A trial", "Another"))
    run = reverse("research_import:run", args=[batch.pk])
    html = desk.post(run, follow=True).content.decode()
    assert "1 of 2 records are done" in html and "data-go-on" in html
    assert "Broke off" in page(desk, START)
    html = desk.post(run, follow=True).content.decode()
    assert "data-go-on" not in html and Citation.objects.count() == 2
    desk.post(run)
    assert Citation.objects.count() == 2
    assert (
        page(desk, reverse("research_import:report", args=[batch.pk]) + "?state=created").count("Added as a draft") > 2
    )


def test_pages_cost_few_queries(desk: Client, django_assert_max_num_queries: Any) -> None:
    text = "".join(FORMATS["ris"].write(json.loads(json.dumps(bibliography()))))
    batch = bring(desk, text)
    url = reverse("research_import:review", args=[batch.pk])
    page(desk, url)
    with django_assert_max_num_queries(30):
        page(desk, url)
    assert ImportRow.objects.count() == 43


# Looking up


@pytest.fixture
def world() -> Iterator[World]:
    with outer_world() as world:
        yield world


def test_a_look_up_becomes_a_record_to_look_over(desk: Client, world: World, settings: Any) -> None:
    settings.RESEARCH_LOOKUPS = {"crossref": {"base_url": world.url, "contact": "a@b.example", "timeout": 1}}
    world.says("/works/" + DOI.replace("/", "%2F"), json.dumps(CROSSREF))
    citation = existing(doi=DOI, title="My own title", volume="")
    response = desk.post(START + "look-up/", {"identifier": f"https://doi.org/{DOI.upper()}"}, follow=True)
    html = response.content.decode()
    assert "My own title" in html and "naturalistic study of low-dose ketamine" in html
    assert "Retracted" in html
    batch = ImportBatch.objects.get()
    assert batch.origin == f"Look-up of https://doi.org/{DOI.upper()} at Crossref"
    desk.post(reverse("research_import:run", args=[batch.pk]))
    citation.refresh_from_db()
    assert (citation.title, citation.volume) == ("My own title", "14")


def test_a_look_up_that_finds_nothing_says_why(desk: Client, world: World, settings: Any) -> None:
    settings.RESEARCH_LOOKUPS = {
        "crossref": {"base_url": world.url, "contact": "a@b.example"},
        "openalex": {"base_url": "http://127.0.0.1:1", "contact": "a@b.example"},
    }
    response = desk.post(START + "look-up/", {"identifier": DOI})
    html = response.content.decode()
    assert response.status_code == 422
    assert "Crossref has no such record." in html
    assert "OpenAlex could not be asked" in html and "says nothing about the paper" in html
    assert "is neither" in desk.post(START + "look-up/", {"identifier": "Larkin"}).content.decode()
    assert not ImportBatch.objects.exists()


def test_a_look_up_while_off_says_so(desk: Client) -> None:
    assert "switched off" in page(desk, START)
    assert desk.post(START + "look-up/", {"identifier": DOI}).status_code == 422
