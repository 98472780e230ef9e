"""Records come into the library: as drafts, matched with what is there, compared, and told one by one."""

from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry, Revision

from research.formats.registry import FORMATS
from research.importing.columns import columns_of
from research.importing.commit import commit
from research.importing.preview import preview
from research.keys import free_key
from research.models import Citation, ImportRow
from tests.research.imports import RIS, bring_in, existing, written
from tests.research.library import bibliography

pytestmark = pytest.mark.django_db

# The bibliography


@pytest.mark.parametrize("name", ["ris", "bibtex", "nbib", "csl-json"])
def test_all_43_records_come_in_from_each_format_and_go_out_again(name: str) -> None:
    batch = bring_in(written(name))
    assert batch.counts() == {"all": 43, "created": 43}
    assert Citation.objects.count() == 43
    before = {item["title"]: item for item in bibliography()}
    for citation in Citation.objects.all():
        item, out = before[citation.title], citation.to_csl()
        for field in ("type", "author", "container-title", "issued", "volume", "issue", "page", "PMID", "PMCID"):
            assert out.get(field) == item.get(field), (citation.key, field)
        assert out.get("DOI") == (item["DOI"].lower() if "DOI" in item else None)
        assert out.get("URL") == (item.get("URL") if name != "nbib" else None)
        assert citation.kind == item["custom"]["kind"]
        assert citation.authors_truncated == (item["custom"].get("authors_complete") is False)
        if name != "nbib":
            assert citation.key == item["id"]
    if name == "csl-json":
        larkin = Citation.objects.get(key="larkin-2011-ed")
        assert (larkin.sample_size, larkin.ocebm_level, larkin.study_design) == (14, None, "naturalistic")
        assert Citation.objects.get(key="feder-2014-ptsd").study_design == "rct-crossover"
        assert Citation.objects.get(key="nimh-2016-metabolism").species == "animal"


def test_the_same_file_again_changes_nothing() -> None:
    bring_in(written("csl-json"))
    revisions = Revision.objects.count()
    again = bring_in(written("csl-json"))
    assert again.counts() == {"all": 43, "skipped": 43}
    assert Citation.objects.count() == 43
    assert Revision.objects.count() == revisions
    assert all("has it already" in row.message for row in again.rows.all())


# What is created


def test_a_new_record_is_an_unverified_draft_with_history(admin_user: Any) -> None:
    batch = preview(RIS, filename="pain.ris", user=admin_user)
    assert Citation.objects.count() == 0
    assert list(commit(batch, admin_user)) == [(1, 1)]
    citation = Citation.objects.get()
    assert (citation.live, citation.verified_on, citation.has_unpublished_changes) == (False, None, True)
    assert citation.import_origin == "pain.ris, record 1"
    assert citation.key == "one-2014-trial"
    assert citation.ama_text == "One A. A trial of ketamine. Pain. 2014;3. doi:10.1000/one"
    revision = citation.latest_revision
    assert revision is not None and revision.user == admin_user
    draft = revision.as_object()
    assert (draft.title, draft.doi, draft.pk) == (citation.title, "10.1000/one", citation.pk)
    log = ModelLogEntry.objects.for_instance(citation).get()
    assert (log.action, log.user) == ("wagtail.create", admin_user)
    batch.refresh_from_db()
    assert batch.finished_at and batch.rows.get().citation == citation


def test_a_new_record_is_found_by_search() -> None:
    from wagtail.search.backends import get_search_backend

    bring_in(RIS)
    assert [found.key for found in get_search_backend().search("ketamine", Citation)] == ["one-2014-trial"]


def test_keys_stay_unique() -> None:
    taken = {"one-2014-trial", "own_key"}
    item: Any = {"author": [{"family": "Öne"}], "issued": {"date-parts": [[2014]]}, "title": "The trial"}
    assert free_key(item, taken) == "one-2014-trial-2"
    assert free_key(item | {"id": "own_key"}, taken) == "own_key-2"
    assert free_key({"title": "Ketamine: Fresh hope for the OCD"}, set()) == "ketamine-fresh-hope-ocd"
    assert free_key({"title": "氯胺酮"}, set()) == "record"


# Matching


@pytest.mark.parametrize(
    ("values", "by"),
    [
        ({"doi": "10.1000/one", "title": "Other"}, "DOI"),
        ({"pmid": "77", "title": "Other"}, "PMID"),
        ({"title": "A Trial, of: KETAMINE."}, "title"),
        ({"title": "A trial of ketamine", "issued_year": None}, "title"),
        ({"title": "A trial of ketamine", "issued_year": 2013}, ""),
        ({"title": "A trial of ketamine", "doi": "10.1000/two"}, ""),
        ({"title": "Another trial"}, ""),
    ],
)
def test_matching_by_doi_then_pmid_then_title_and_year(values: Any, by: str) -> None:
    existing(**values)
    row = preview(RIS.replace("VL  - 3", "AN  - 77\nDB  - PubMed")).rows.get()
    assert row.matched_by == by
    assert bool(row.match) == bool(by)


def test_a_doi_and_a_pmid_of_two_records_ask_a_person() -> None:
    existing(doi="10.1000/one")
    existing(key="other", title="Other", pmid="77")
    batch = bring_in(RIS.replace("VL  - 3", "AN  - 77\nDB  - PubMed"))
    row = batch.rows.get()
    assert (row.state, row.possible) == (ImportRow.State.SKIPPED, False)
    assert "two records" in row.message


def test_two_records_with_the_same_title_ask_a_person() -> None:
    for key in ("one", "two"):
        existing(key=key, title="A trial of ketamine")
    assert "2 records" in bring_in(RIS).rows.get().message


def test_duplicates_within_a_file_are_told() -> None:
    other = RIS.replace("A trial of ketamine", "Another title")
    different = RIS.replace("10.1000/ONE", "10.1000/two")
    batch = bring_in(RIS + other + RIS.replace("DO  - 10.1000/ONE\n", "") + different)
    assert [row.state for row in batch.rows.all()] == ["created", "skipped", "skipped", "created"]
    assert batch.rows.all()[1].message == "The same as record 1 of this file."
    assert Citation.objects.count() == 2


@pytest.mark.parametrize("name", ["ris", "bibtex", "nbib", "csl-json"])
def test_duplicates_are_told_in_every_format(name: str) -> None:
    item: Any = {"type": "article-journal", "title": "One", "PMID": "7", "DOI": "10.1000/x"}
    twice = "".join(FORMATS[name].write([item, item | {"title": "Another title"}]))
    assert [row.state for row in bring_in(twice).rows.all()] == ["created", "skipped"]


# Differences: a file suggests and never overwrites by itself


def test_what_is_empty_is_proposed_and_what_differs_is_not() -> None:
    citation = existing(doi="10.1000/one", title="A trial of ketamine.", container_title="Schmerz", volume="")
    row = preview(RIS).rows.get()
    assert row.differences == ["authors", "container_title", "volume"]
    assert row.take == ["authors", "volume"]
    for _progress in commit(row.batch):
        pass
    citation.refresh_from_db()
    assert (citation.volume, citation.container_title) == ("3", "Schmerz")
    assert citation.authors == [{"family": "One", "given": "Ann"}]
    assert citation.latest_revision.as_object().volume == "3"


def test_a_chosen_column_is_taken() -> None:
    existing(doi="10.1000/one", title="Old title", container_title="Schmerz")
    batch = preview(RIS)
    batch.rows.update(action="update", take=["title"])
    list(commit(batch))
    citation = Citation.objects.get()
    assert (citation.title, citation.container_title, citation.volume) == ("A trial of ketamine", "Schmerz", "")


def test_a_public_record_changes_only_as_a_draft() -> None:

    citation = existing(doi="10.1000/one", title="Old title", verified_on=timezone.localdate(), live=True)
    batch = preview(RIS)
    batch.rows.update(action="update", take=["title"])
    list(commit(batch))
    citation.refresh_from_db()
    assert (citation.title, citation.has_unpublished_changes) == ("Old title", True)
    assert citation.latest_revision.as_object().title == "A trial of ketamine"
    assert "publish it" in batch.rows.get().message


def test_a_locked_record_is_left_alone(admin_user: Any, django_user_model: Any) -> None:
    citation = existing(doi="10.1000/one", title="A trial of ketamine", locked=True, locked_by=admin_user)
    other = django_user_model.objects.create_user("other", "o@clinic.example", "pass")
    batch = preview(RIS)
    list(commit(batch, other))
    citation.refresh_from_db()
    assert (citation.volume, batch.rows.get().state) == ("", "failed")
    assert "locked" in batch.rows.get().message
    list(commit(again := preview(RIS), admin_user))
    assert again.rows.get().state == "updated"


def test_a_guess_at_the_kind_is_no_difference() -> None:
    existing(doi="10.1000/one", kind="guideline")
    assert "kind" not in preview(RIS).rows.get().differences


def test_a_draft_that_somebody_else_began_is_kept() -> None:
    citation = existing(doi="10.1000/one", title="A trial of ketamine")
    citation.headline = "Written by a colleague"
    citation.save_revision()
    bring_in(RIS)
    citation.refresh_from_db()
    draft = citation.latest_revision.as_object()
    assert (draft.headline, draft.volume) == ("Written by a colleague", "3")


def test_two_records_of_a_file_may_change_one_of_the_library() -> None:
    citation = existing(doi="10.1000/one", title="A trial of ketamine", issued_year=2014)
    by_doi = RIS.replace("A trial of ketamine", "Other words").replace("VL  - 3", "PB  - A Press")
    by_title = RIS.replace("DO  - 10.1000/ONE", "CY  - Oslo\nSP  - 7").replace("VL  - 3", "IS  - 9")
    batch = bring_in(by_doi + by_title)
    assert batch.counts() == {"all": 2, "updated": 2}
    draft = Citation.objects.get(pk=citation.pk).get_latest_revision_as_object()
    assert (draft.publisher, draft.issue, draft.page) == ("A Press", "9", "7")


def test_a_retraction_comes_in_with_its_source() -> None:
    told = {"status": "retracted", "year": 2017, "reason": "Doses misreported", "source": "https://example.org/notice"}
    values = columns_of({"type": "book", "title": "x", "custom": {"retraction": told}}).values
    assert (values["status"], values["status_source"]) == ("retracted", "https://example.org/notice")
    assert values["status_note"] == "Doses misreported (2017)"


def test_a_retraction_without_source_is_told() -> None:
    columns = columns_of(
        {"type": "book", "title": "x", "custom": {"retraction": {"status": "retracted", "year": 2017}}}
    )
    assert "status" not in columns.values
    assert "since when" in columns.errors[0]
