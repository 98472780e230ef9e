"""Have works been retracted or questioned? Against a real server and real files."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

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
