"""Citations: one spelling of identifiers, what must never be, and what going live asks."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from wagtail.models import Revision

from research.models import Citation, CitationRelation
from research.publishing import PublishBlockedError
from tests.research.builders import citation

pytestmark = pytest.mark.django_db


def test_identifiers_are_normalised_and_empty_ones_are_null() -> None:
    one = citation(
        doi="https://doi.org/10.1001/JAMAPSYCHIATRY.2014.62.",
        pmid="https://pubmed.ncbi.nlm.nih.gov/24740528/",
        pmcid="pmc3012738",
        nct_id="nct00749203",
        isbn="",
    )
    one.refresh_from_db()
    assert one.doi == "10.1001/jamapsychiatry.2014.62"
    assert one.pmid == "24740528"
    assert one.pmcid == "PMC3012738"
    assert one.nct_id == "NCT00749203"
    assert one.isbn is None
    citation("other-without-identifiers")  # several records without any identifier are fine


def test_an_identifier_that_cannot_be_read_is_named_at_its_field() -> None:
    with pytest.raises(ValidationError) as caught:
        Citation(key="x", title="X", doi="see the journal", pmid="12a").full_clean()
    assert set(caught.value.message_dict) == {"doi", "pmid"}
    assert "10." in caught.value.message_dict["doi"][0]


@pytest.mark.parametrize("second", ["10.1001/JAMA.1", "https://doi.org/10.1001/jama.1", "doi:10.1001/Jama.1"])
def test_one_doi_belongs_to_one_record_however_it_is_spelled(second: str) -> None:
    citation(doi="10.1001/jama.1")
    with pytest.raises(PublishBlockedError, match="already exists"):
        citation("twin", doi=second)
    with pytest.raises(IntegrityError), transaction.atomic():
        Citation.objects.bulk_create([Citation(key="twin", title="T", doi="10.1001/jama.1")])


@pytest.mark.parametrize(
    "wrong",
    [
        {"issued_year": None, "issued_month": 4},
        {"issued_month": 13},
        {"issued_day": 3},
        {"ocebm_level": 6},
        {"status": "retracted"},
        {"status": "superseded"},
    ],
)
def test_what_must_never_be_is_refused_by_form_rules_and_by_the_database(wrong: dict[str, object]) -> None:
    values = {"key": "x", "title": "X", "issued_year": 2014, **wrong}
    with pytest.raises(ValidationError):
        Citation(**values).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Citation.objects.bulk_create([Citation(**values)])


def test_the_reference_follows_the_record() -> None:
    one = citation(title="A <b>bold</b> claim?", doi="10.1001/a.1")
    assert "10.1001/a.1" in one.ama_text
    assert "<b>" not in one.ama_html and "&lt;b&gt;" in one.ama_html
    one.title = "A careful claim"
    one.save()
    one.refresh_from_db()
    assert "careful" in one.ama_html


def test_csl_keeps_what_an_import_held_beyond_the_columns() -> None:
    one = citation(
        authors=[
            {"family": "Velzen", "given": "Monique", "non-dropping-particle": "van"},
            {"literal": "US Food and Drug Administration"},
        ],
        authors_truncated=True,
        issued_month=6,
        extra={"edition": "2", "custom": {"origin": "source list"}},
        sample_size=41,
    )
    item = one.to_csl()
    assert item["id"] == one.key and item["type"] == "article-journal"
    assert item["author"][0]["non-dropping-particle"] == "van"
    assert item["issued"] == {"date-parts": [[2014, 6]]}
    assert item["edition"] == "2"
    assert item["custom"]["origin"] == "source list"
    assert item["custom"]["sample_size"] == 41
    assert item["custom"]["authors_complete"] is False


def test_authors_must_be_names() -> None:
    with pytest.raises(ValidationError, match="Family, Given"):
        Citation(key="x", title="X", authors="Feder A").full_clean()
    one = Citation(key="x", title="X", authors=[{"family": " Feder\u202e ", "x": 1}, {}, {"given": "WHO"}])
    one.full_clean()
    assert one.authors == [{"family": "Feder"}, {"literal": "WHO"}]


def test_a_record_without_anything_still_renders() -> None:
    one = Citation.objects.create(key="bare", title="?", kind="news")
    assert one.ama_text


def _stale_draft(doi: str) -> tuple[Citation, Revision]:
    """A live record whose draft claims a DOI that another record has since taken."""
    one = citation("stale")
    one.doi = doi
    revision = one.save_revision(clean=False)
    citation("owner", doi=doi)
    return Citation.objects.get(pk=one.pk), revision


def test_a_stale_draft_fails_with_a_message_and_stays_a_draft() -> None:
    one, revision = _stale_draft("10.1001/taken.1")
    with pytest.raises(PublishBlockedError, match="DOI") as caught:
        revision.publish()
    assert caught.value.instance == one
    one.refresh_from_db()
    assert one.doi is None and one.live


def test_a_record_taken_between_check_and_save_is_a_message_too(monkeypatch: pytest.MonkeyPatch) -> None:
    _one, revision = _stale_draft("10.1001/taken.2")
    monkeypatch.setattr(Citation, "check_may_go_live", lambda self: None)  # the other save came just after the check
    with pytest.raises(PublishBlockedError, match="same identifier"):
        revision.publish()
    assert Citation.objects.count() == 2  # the transaction is still usable


def test_published_and_standing() -> None:
    fine = citation("fine")
    citation("unverified", verified_on=None)
    citation("withheld", withheld=True)
    citation("draft", live=False)
    gone = citation("gone", status="retracted", status_date=datetime.date(2017, 8, 28))
    assert set(Citation.objects.published()) == {fine, gone}
    assert set(Citation.objects.standing()) == {fine}
    assert gone.is_published and not gone.stands


def test_a_record_does_not_relate_to_itself() -> None:
    one = citation()
    with pytest.raises(ValidationError):
        CitationRelation(citation=one, related=one, kind="corrects").full_clean()


def test_short_name() -> None:
    assert citation("feder-2014-ptsd").short_name == "Feder 2014"
    assert citation("fda", authors=[{"literal": "FDA"}], issued_year=None).short_name == "FDA"
    assert citation("of-a-site", authors=[], container_title="News of Pain").short_name == "News of Pain 2014"
    assert citation("nobody", authors=[], issued_year=None, container_title="").short_name == "nobody"
