"""Do the sources still hold? Links and retractions, against a real server and real files."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from clinic.chores import CHORES
from research.choices import Status
from research.models import Citation, CitationCheck
from research.retractions import Notice
from research.standing import citation_doubted
from research.status import take_notice
from tests.research.outer_world import Answer, World, outer_world
from tests.research.test_retractions import HEADER, LARKIN

pytestmark = pytest.mark.django_db
DOI = "10.1017/s1461145711000629"


@pytest.fixture
def world(settings: Any) -> Iterator[World]:
    with outer_world() as world:
        settings.RESEARCH_LINK_CHECKS = {"hosts": [world.host], "timeout": 0.5}
        yield world


def cite(key: str = "larkin", **values: Any) -> Citation:
    citation = Citation(**({"key": key, "title": key, "live": True, "verified_on": timezone.localdate()} | values))
    citation.save()
    citation.save_revision().publish()
    return Citation.objects.get(pk=citation.pk)


def check(citation: Citation, kind: str = "link") -> CitationCheck:
    return CitationCheck.objects.get(citation=citation, kind=kind)


def run(*arguments: str) -> None:
    call_command("check_citations", "--pause", "0", *arguments)


# Links


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (Answer(b"hello"), "fine", ""),
        (Answer(b"", 404), "problem", "gone (status 404)"),
        (Answer(b"", 410), "problem", "gone"),
        (Answer(b"", 400), "problem", "status 400"),
        (Answer(b"", 403), "unavailable", "does not let a program look"),
        (Answer(b"", 503), "unavailable", "status 503"),
        (Answer(b"", delay=1), "unavailable", "no answer"),
        (Answer(raw=b"nonsense"), "unavailable", "not HTTP"),
        (Answer(b"x" * 200_000), "fine", ""),
        (Answer(b"", 301, {"Location": "/new"}), "fine", "Moved for good to"),
        (Answer(b"", 302, {"Location": "/new"}), "fine", ""),
        (Answer(b"", 302, {"Location": "/"}), "problem", "home page"),
        (Answer(b"", 302, {"Location": "http://169.254.169.254/latest/meta-data"}), "problem", "not on the list"),
    ],
)
def test_what_a_link_check_says(world: World, answer: Answer, state: str, words: str) -> None:
    world.says("/new", b"here")
    world.says("/", b"home")
    citation = cite(url=world.says("/paper", answer))
    run("--links")
    found = check(citation)
    assert (found.state, words in found.detail) == (state, True)
    assert found.source == "127.0.0.1"


def test_a_site_that_only_knows_get(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    citation = cite(url=world.says("/paper", Answer(b"", 405), Answer(b"page")))
    run("--links")
    assert check(citation).state == "fine"
    assert [method for method, _path, _headers in world.asked] == ["HEAD", "GET"]


def test_private_addresses_are_never_asked(world: World, settings: Any) -> None:
    settings.RESEARCH_LINK_CHECKS = {"timeout": 0.5}
    citation = cite(url=world.says("/secret", b"secret"), archive_url="http://localhost/x")
    run("--links")
    assert (check(citation).state, check(citation, "archive").state) == ("problem", "problem")
    assert world.asked == []


def test_a_run_goes_on_where_the_last_one_stopped(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(4):
        cite(f"c{number}", url=world.says(f"/{number}", b"x"))
    run("--links", "--limit", "3")
    assert CitationCheck.objects.count() == 3
    run("--links")
    assert CitationCheck.objects.count() == 4
    assert len(world.asked) == 4
    run("--links")
    assert len(world.asked) == 4
    CitationCheck.objects.update(checked_at=timezone.now() - timedelta(days=8))
    run("--links")
    assert len(world.asked) == 8
    out = capsys.readouterr().out
    assert "3 of 3" in out and "Web address: 4 checked: 4 fine." in out


# Retraction Watch


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "retraction_watch.csv"
    path.write_text(HEADER + LARKIN)
    return path


def test_a_retraction_changes_the_public_record_at_once(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    citation, other = cite(doi=DOI), cite("other", doi="10.1000/fine")
    nobody = cite("nobody")
    told: list[str] = []

    def receiver(sender: Any, instance: Citation, **kwargs: Any) -> None:
        told.append(instance.key)

    citation_doubted.connect(receiver)
    run("--retractions", str(file), "--as-of", "2026-11-01")
    citation.refresh_from_db()
    assert (citation.status, citation.status_date) == (Status.RETRACTED, date(2017, 8, 25))
    assert citation.status_source == "https://doi.org/10.1093/ijnp/pyx062"
    assert "Misconduct" in citation.status_note and "2026-11-01" in citation.status_note
    assert (citation.live, citation.has_unpublished_changes, citation.stands) == (True, False, False)
    assert citation.latest_revision.as_object().status == Status.RETRACTED
    assert citation.live_revision == citation.latest_revision
    assert told == ["larkin"]
    assert check(citation, "retraction").state == "problem"
    not_listed = check(other, "retraction")
    assert (not_listed.state, "Not listed" in not_listed.detail) == ("not-found", True)
    assert "2026-11-01" in not_listed.source
    assert check(nobody, "retraction").state == "unavailable"
    assert "larkin: Retracted. 2017-08-25" in capsys.readouterr().out


def test_a_waiting_draft_learns_of_it_and_stays_a_draft(file: Path) -> None:
    citation = cite(doi=DOI)
    citation.headline = "Not ready yet"
    citation.save_revision()
    run("--retractions", str(file))
    citation.refresh_from_db()
    assert (citation.status, citation.headline, citation.has_unpublished_changes) == (Status.RETRACTED, "", True)
    draft = citation.latest_revision.as_object()
    assert (draft.headline, draft.status) == ("Not ready yet", Status.RETRACTED)


def test_found_by_pmid_and_only_once(file: Path) -> None:
    citation = cite(pmid="21557878")
    run("--retractions", str(file))
    revisions = citation.revisions.count()
    run("--retractions", str(file))
    citation.refresh_from_db()
    assert (citation.status, citation.revisions.count()) == (Status.RETRACTED, revisions)


def test_another_file_changes_nothing(tmp_path: Path) -> None:
    cite(doi=DOI)
    (tmp_path / "x.csv").write_text("a,b\n")
    with pytest.raises(CommandError, match="is not a Retraction Watch file"):
        run("--retractions", str(tmp_path / "x.csv"))
    with pytest.raises(CommandError, match="cannot be read"):
        run("--retractions", str(tmp_path / "nothing.csv"))
    assert not CitationCheck.objects.exists()


def test_a_person_alone_takes_a_retraction_back() -> None:
    citation = cite(doi=DOI, status="retracted", status_source="https://example.org/")
    assert take_notice(citation, Notice("corrected", DOI, source="x")) is False
    citation.refresh_from_db()
    assert citation.status == Status.RETRACTED


# Crossref


@pytest.fixture
def crossref(world: World, settings: Any) -> World:
    settings.RESEARCH_LOOKUPS = {
        "crossref": {"base_url": world.url, "contact": "library@clinic.example", "timeout": 0.5, "attempts": 1}
    }
    return world


def works(world: World, doi: str, **message: Any) -> None:
    value = {"message": {"DOI": doi, "type": "journal-article", "title": ["x"]} | message}
    world.says("/works/" + doi.replace("/", "%2F"), json.dumps(value))


def test_crossref_knows_of_a_concern(crossref: World) -> None:
    update = {"DOI": "10.1093/n", "type": "expression_of_concern", "updated": {"date-parts": [[2020, 5, 6]]}}
    works(crossref, DOI, **{"updated-by": [update]})
    works(crossref, "10.1000/fine")
    citation, fine, gone = cite(doi=DOI), cite("fine", doi="10.1000/fine"), cite("gone", doi="10.1000/gone")
    run("--crossref")
    citation.refresh_from_db()
    assert (citation.status, citation.status_date) == (Status.CONCERN, date(2020, 5, 6))
    assert [check(each, "retraction").state for each in (citation, fine, gone)] == ["problem", "fine", "not-found"]


@pytest.mark.parametrize("answer", [Answer(b"", 500), Answer(b"", 429), Answer(b"{"), Answer(b"{}", delay=1)])
def test_unavailable_never_reads_as_fine(crossref: World, answer: Answer) -> None:
    citation = cite(doi=DOI)
    crossref.says("/works/" + DOI.replace("/", "%2F"), answer)
    run("--crossref")
    assert check(citation, "retraction").state == "unavailable"


def test_unavailable_does_not_wipe_out_what_was_known(crossref: World, file: Path) -> None:
    citation = cite(doi=DOI)
    run("--retractions", str(file))
    crossref.says("/works/" + DOI.replace("/", "%2F"), Answer(b"", 500))
    run("--crossref", "--max-age", "0")
    assert check(citation, "retraction").state == "problem"


def test_crossref_is_off_unless_configured(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="RESEARCH_LOOKUPS"):
        run("--crossref")
    run()
    assert "NOT checked" in capsys.readouterr().out


# From the worker


def test_the_worker_asks_of_one_record_at_a_time_if_the_site_is_set_to(world: World, settings: Any) -> None:
    (chore,) = (chore for chore in CHORES if chore.name == "check_citations")
    for key in ("one", "two"):
        cite(key, url=world.says(f"/{key}", b"hello"))
    chore.do()
    assert world.asked == []  # off unless set
    settings.RESEARCH_CHECK_DAYS = 7
    chore.do()
    assert [path for _method, path, _headers in world.asked] == ["/one"]
    chore.do()
    chore.do()
    assert [path for _method, path, _headers in world.asked] == ["/one", "/two"]  # then nothing is due
    CitationCheck.objects.update(checked_at=timezone.now() - timedelta(days=8))
    chore.do()
    assert len(world.asked) == 3
