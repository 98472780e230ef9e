"""An import is committed whole or goes on later, asks the database little, has a command, and is forgotten in time."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone
from wagtail.models import ModelLogEntry, Revision

from clinic.chores import CHORES
from research.formats.parsing import ImportRefusedError
from research.importing import commit as committing
from research.importing.commit import commit
from research.importing.preview import preview
from research.models import Citation, ImportBatch, ImportRow
from tests.research.imports import RIS, bring_in, existing

pytestmark = pytest.mark.django_db

# Nothing is half-saved


def test_a_refused_file_leaves_nothing() -> None:
    with pytest.raises(ImportRefusedError):
        preview(RIS + RIS.replace("ER  -\n", ""))
    assert not ImportBatch.objects.exists()


def test_a_broken_chunk_is_undone_and_the_import_goes_on_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committing, "CHUNK", 2)
    batch = preview("".join(RIS.replace("ONE", str(i)).replace("A trial", f"Trial {i}") for i in range(5)))
    real, calls = committing.save_new, []

    def fail_the_second_time(citations: Any, user: Any) -> None:
        calls.append(1)
        real(citations, user)
        if len(calls) == 2:
            raise RuntimeError("power cut")

    monkeypatch.setattr(committing, "save_new", fail_the_second_time)
    with pytest.raises(RuntimeError):
        list(commit(batch))
    assert Citation.objects.count() == 2
    assert batch.counts() == {"all": 5, "created": 2, "pending": 3, "to_create": 3}
    assert list(commit(batch)) == [(4, 5), (5, 5)]
    assert Citation.objects.count() == 5
    assert Revision.objects.count() == 5
    assert list(commit(batch)) == []


def test_time_runs_out_and_the_next_call_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committing, "CHUNK", 1)
    batch = preview(RIS + RIS.replace("ONE", "TWO").replace("A trial", "B trial"))
    assert list(commit(batch, seconds=0)) == [(1, 2)]
    assert list(commit(batch, seconds=0)) == [(2, 2)]


def test_an_identifier_taken_since_the_preview_fails_with_words() -> None:
    batch = preview(RIS + RIS.replace("ONE", "TWO").replace("A trial", "B trial"))
    existing(doi="10.1000/one")
    list(commit(batch))
    first, second = batch.rows.all()
    assert (first.state, second.state) == ("failed", "created")
    assert "DOI" in first.message and "Import the file again" in first.message


def test_an_identifier_taken_in_the_same_moment_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = preview(RIS + RIS.replace("ONE", "TWO").replace("A trial", "B trial"))
    real = committing.save_new

    def lose_the_race(citations: Any, user: Any) -> None:
        if len(citations) > 1:
            raise IntegrityError
        if citations[0].doi == "10.1000/one":
            existing(doi="10.1000/one")
        real(citations, user)

    monkeypatch.setattr(committing, "save_new", lose_the_race)
    list(commit(batch))
    assert [row.state for row in batch.rows.all()] == ["failed", "created"]


def test_a_record_that_does_not_fit_is_told_and_the_others_stand() -> None:
    batch = bring_in(RIS.replace("T2  - Pain", "T2  - " + "P" * 301) + RIS.replace("ONE", "2").replace("A trial", "B"))
    first, second = batch.rows.all()
    assert (first.state, second.state) == ("skipped", "created")
    assert "301 characters" in first.message


# The command


def test_the_command_shows_progress_and_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "library.ris"
    path.write_text(RIS + RIS.replace("A trial of", "Another"))
    call_command("import_citations", str(path), "--dry-run")
    assert Citation.objects.count() == ImportBatch.objects.count() == 0
    call_command("import_citations", str(path), "--report", str(tmp_path / "report.jsonl"))
    out, err = capsys.readouterr()
    assert "2 records in library.ris (ris): 1 new, 0 to change, 1 to leave out." in out
    assert "2 of 2" in out and "1 added as drafts" in out
    assert "line 9" in err and "The same as record 1" in err
    report = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text().splitlines()]
    assert [line["state"] for line in report] == ["created", "skipped"]
    assert report[0]["key"] == "one-2014-trial"


def test_the_command_with_records_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "library.ris"
    path.write_text(RIS)
    citation = existing(doi="10.1000/one", title="Mine", volume="")
    call_command("import_citations", str(path), "--existing", "skip")
    citation.refresh_from_db()
    assert (citation.title, citation.volume) == ("Mine", "")
    call_command("import_citations", str(path), "--existing", "overwrite")
    citation.refresh_from_db()
    assert (citation.title, citation.volume) == ("A trial of ketamine", "3")


@pytest.mark.parametrize("arguments", [["no-such-file.ris"], ["--resume", "999"], ["pyproject.toml"]])
def test_the_command_says_what_is_wrong(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("import_citations", *arguments)


def test_bulk_import_asks_the_database_little(django_assert_max_num_queries: Any) -> None:
    many = "".join(RIS.replace("ONE", str(i)).replace("A trial", f"Trial {i}") for i in range(200))
    batch = preview(many)
    with django_assert_max_num_queries(47):  # one leaves the trace by which everybody knows of another edition
        list(commit(batch))
    assert Citation.objects.count() == 200


def test_changing_many_asks_the_database_little(django_assert_max_num_queries: Any) -> None:
    many = "".join(RIS.replace("ONE", str(i)).replace("A trial", f"Trial {i}") for i in range(60))
    bring_in(many)
    Citation.objects.filter(key__endswith="7").update(live=True)
    batch = preview(many.replace("T2  - Pain", "T2  - Pain\nPB  - A Press"))
    assert batch.counts()["to_update"] == 60
    with django_assert_max_num_queries(90):  # SQLite takes one for each entry of the search index
        list(commit(batch))
    assert batch.counts() == {"all": 60, "updated": 60}
    drafts = [citation.latest_revision.as_object() for citation in Citation.objects.select_related("latest_revision")]
    assert {draft.publisher for draft in drafts} == {"A Press"}
    assert set(Citation.objects.filter(live=False).values_list("publisher", flat=True)) == {"A Press"}
    assert set(Citation.objects.filter(live=True).values_list("publisher", flat=True)) == {""}
    logs = ModelLogEntry.objects.filter(action="wagtail.edit")
    assert logs.count() == 60 and all(log.revision_id for log in logs)


def test_old_imports_are_forgotten_and_their_records_stay(settings: Any) -> None:
    done, left, fresh = bring_in(RIS), preview(RIS), preview(RIS)
    long_ago = timezone.now() - timedelta(days=91)
    ImportBatch.objects.filter(pk__in=[done.pk, left.pk]).update(created_at=long_ago)
    (chore,) = (chore for chore in CHORES if chore.name == "purge_imports")
    settings.RESEARCH_IMPORT_KEPT_DAYS = 0
    chore.do()
    assert ImportBatch.objects.count() == 3  # for ever
    settings.RESEARCH_IMPORT_KEPT_DAYS = 90
    chore.do()
    assert list(ImportBatch.objects.all()) == [fresh]
    assert set(ImportRow.objects.values_list("batch", flat=True)) == {fresh.pk}
    assert Citation.objects.get().import_origin == "Pasted text, record 1"
