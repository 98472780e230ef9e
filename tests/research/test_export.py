"""Records go out: exactly those asked for, in each format, and nothing that is the clinic's own."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.http import Http404
from django.utils import timezone

from research.exporting import export, export_response, public_item
from research.formats.registry import FORMATS
from research.importing.commit import commit
from research.importing.preview import preview
from research.models import Citation
from tests.research.library import bibliography

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def library_rows(module_transaction: None) -> None:
    """The demo's 43 records, brought in once."""
    for _progress in commit(preview(json.dumps(bibliography()))):
        pass
    Citation.objects.update(notes="INTERNAL NOTE")


@pytest.fixture
def library(library_rows: None, db: None) -> None:
    """The 43 records; what a test changes is taken back after it."""


def body(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


@pytest.mark.parametrize("name", [name for name, format_ in FORMATS.items() if format_.parse])
def test_what_goes_out_is_what_the_library_holds(library: None, name: str) -> None:
    response = export_response(Citation.objects.order_by("key"), name, public=False)
    records = FORMATS[name].parse(body(response)).records  # type: ignore[misc]
    citations = list(Citation.objects.order_by("key"))
    assert [record.item["title"] for record in records] == [citation.title for citation in citations]
    for record, citation in zip(records, citations, strict=True):
        item = citation.to_csl()
        for field in ("author", "container-title", "issued", "volume", "issue", "page", "DOI", "PMID", "PMCID", "type"):
            assert record.item.get(field) == item.get(field), (citation.key, field)


@pytest.mark.parametrize("name", [name for name, format_ in FORMATS.items() if format_.parse])
def test_what_went_out_is_known_when_it_comes_in_again(library: None, name: str) -> None:
    retracted = Citation.objects.get(key="larkin-2011-ed")
    retracted.status, retracted.status_date = "retracted", date(2017, 8, 28)
    retracted.status_source, retracted.status_note = "https://notices.example/larkin", "Doses were misstated."
    retracted.save()
    batch = preview("".join(export(Citation.objects.order_by("key"), name, public=False)), format_name=name)
    rows = batch.rows.all()
    assert rows.count() == 43
    assert [row.citekey for row in rows if not row.possible or row.match is None] == []
    if name == "csl-json":
        Citation.objects.filter(pk=retracted.pk).delete()
        for _progress in commit(preview(json.dumps([retracted.to_csl()]))):
            pass
        again = Citation.objects.get(key=retracted.key)
        for field in ("status", "status_date", "status_source", "status_note"):
            assert getattr(again, field) == getattr(retracted, field), field


def test_a_download_has_a_dated_name_and_cannot_run() -> None:
    response = export_response(Citation.objects.none(), "ris", filename='a"b\r\nc')
    today = timezone.localdate().isoformat()
    assert response["Content-Disposition"] == f'attachment; filename="a-b-c-{today}.ris"'
    assert response["Content-Type"].startswith("application/x-research-info-systems")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert body(response) == ""


def test_the_filter_is_kept(library: None) -> None:
    pain = Citation.objects.filter(container_title="Pain").order_by("-issued_year", "key")
    lines = body(export_response(pain, "ama")).splitlines()
    assert len(lines) == pain.count() == 3
    assert lines[0].startswith("1. ") and lines[0].endswith(pain[0].ama_text)


def test_ama_is_not_formatted_anew(library: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("research.models.citations.format_ama", None)
    assert len("".join(export(Citation.objects.all(), "ama")).splitlines()) == 43


@pytest.mark.parametrize("name", list(FORMATS))
def test_nothing_internal_goes_out(library: None, name: str) -> None:
    Citation.objects.update(extra={"note": "SECRET", "abstract": "SECRET", "custom": {"identity": "SECRET"}})
    assert "SECRET" not in body(export_response(Citation.objects.all(), name))
    assert "INTERNAL" not in body(export_response(Citation.objects.all(), name))


def test_public_fields_of_our_own_go_out_in_csl_json(library: None) -> None:
    (item,) = json.loads("".join(export(Citation.objects.filter(key="feder-2014-ptsd"), "csl-json")))
    assert (item["custom"]["study_design"], item["custom"]["sample_size"]) == ("rct-crossover", 41)


def test_an_unknown_format_is_not_found() -> None:
    with pytest.raises(Http404):
        export_response(Citation.objects.all(), "docx")


def test_a_chunk_costs_one_query(library: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        body(export_response(Citation.objects.all(), "bibtex"))


def test_the_command(library: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("export_citations", "--format", "csl-json", "--output", str(tmp_path / "all.json"))
    assert len(json.loads((tmp_path / "all.json").read_text())) == 43
    call_command("export_citations", "--format", "ris", "--published")
    assert capsys.readouterr().out == ""
    Citation.objects.filter(key="feder-2014-ptsd").update(live=True, verified_on=timezone.localdate())
    call_command("export_citations", "--format", "ris", "--published")
    assert capsys.readouterr().out.count("TY  - ") == 1


@pytest.mark.filterwarnings("error")
@pytest.mark.usefixtures("own_loop")
def test_an_asynchronous_server_sends_it_piece_by_piece(library: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("research.exporting.BLOCK", 1)
    made: list[str] = []
    monkeypatch.setattr("research.exporting.public_item", lambda item: made.append(item["id"]) or public_item(item))
    response = export_response(Citation.objects.order_by("key"), "ris")

    async def read() -> list[bytes]:
        pieces = aiter(response)
        first = await anext(pieces)
        assert len(made) == 1  # the rest is made when it is asked for
        return [first] + [piece async for piece in pieces]

    pieces = async_to_sync(read)()
    assert len(pieces) == 43
    assert b"".join(pieces).decode() == body(export_response(Citation.objects.order_by("key"), "ris"))
