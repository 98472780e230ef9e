"""The Research & Science page and the page of one record, over HTTP."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from pages.models import ResearchPage
from pages.research_filters import Filters, read_filters
from research.models import Citation, CitationRelation
from tests.pages import site
from tests.research.builders import citation, topic

pytestmark = pytest.mark.django_db

NEWS = {"kind": "news", "study_design": "report"}


@pytest.fixture(scope="module")
def library_rows(module_transaction: None) -> None:
    """The Research & Science page with a small library, made once."""
    home = site.home()
    home.add_child(instance=ResearchPage(title="Research & Science", slug="research", summary="What stands behind it."))
    depression = topic("depression", name="Depression", introduction="<p>About low mood.</p>", sort_order=1)
    topic("trd", name="Treatment-resistant depression", parent=depression, sort_order=1)
    topic("ptsd", name="PTSD", sort_order=2)
    citation("feder-2014-ptsd", topics={"ptsd": "benefit"}, sample_size=41, open_access=True)
    citation("abdallah-2022", topics={"ptsd": "no-benefit", "depression": "benefit"}, issued_year=2022, sample_size=158)
    citation("trd-2010", topics={"trd": "mixed"}, issued_year=2010, study_design="open-label", sample_size=10)
    citation("mouse-2017", topics={"ptsd": "background"}, species="animal", study_design="preclinical")
    citation("slomski-2014", topics={"ptsd": "background"}, **NEWS)
    citation("hidden", topics={"ptsd": "benefit"}, withheld=True)
    citation("draft", topics={"ptsd": "benefit"}, live=False)
    citation("unconfirmed", topics={"ptsd": "benefit"}, verified_on=None)


@pytest.fixture
def library(library_rows: None, client: Client, db: None) -> Client:
    """A visitor of the library; what a test changes is taken back after it."""
    cache.clear()
    return client


def _keys(response: Any) -> list[str]:
    return re.findall(r'<h4>(?:<s>)?<a href="/research/([^/"]+)/"', response.content.decode())


def test_the_library_is_grouped_by_topic_with_research_apart(library: Client) -> None:
    response = library.get("/research/")
    text = response.content.decode()
    assert response.status_code == 200
    assert _keys(response) == ["trd-2010", "abdallah-2022", "feder-2014-ptsd", "mouse-2017", "slomski-2014"]
    assert text.index("Treatment-resistant depression</h3>") < text.index("PTSD</h3>")
    assert text.index("mouse-2017") < text.index("not research") < text.index("slomski-2014")
    assert 'class="Z3988"' in text
    for secret in ("What hidden found", "What draft found", "What unconfirmed found"):
        assert secret not in text


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("topic=ptsd", {"abdallah-2022", "feder-2014-ptsd", "mouse-2017", "slomski-2014"}),
        ("topic=depression", {"abdallah-2022", "trd-2010"}),
        ("topic=trd", {"trd-2010"}),
        ("topic=ptsd&finding=benefit", {"feder-2014-ptsd"}),  # the finding belongs to the pair
        ("finding=benefit", {"feder-2014-ptsd", "abdallah-2022"}),
        ("design=open-label&design=preclinical", {"trd-2010", "mouse-2017"}),
        ("kind=news", {"slomski-2014"}),
        ("from=2015&to=2022", {"abdallah-2022"}),
        ("from=2022&to=2015", {"abdallah-2022"}),
        ("free=1", {"feder-2014-ptsd"}),
        ("in=other", {"mouse-2017"}),
        ("in=people&kind=journal-article", {"feder-2014-ptsd", "abdallah-2022", "trd-2010"}),
        ("in=people&in=other&topic=trd", {"trd-2010"}),
        ("q=abdallah", {"abdallah-2022"}),
        ("topic=nonsense&design=%27%22&finding=&page=99&sort=drop&from=x&to=99999&free=maybe", None),
        ("q=%00%F0%9F%A7%A0%22)%27", None),
    ],
)
def test_filters(library: Client, query: str, keys: set[str] | None) -> None:
    response = library.get(f"/research/?{query}")
    assert response.status_code == 200
    if keys is not None:
        assert set(_keys(response)) == keys
        assert f"{len(keys)} record" in response.content.decode()


def test_counts_say_what_each_box_would_leave(library: Client) -> None:
    listing = library.get("/research/?topic=ptsd").context["listing"]
    counts = {option.value: option.count for facet in listing.facets() for option in facet.options}
    assert counts["ptsd"] == 4 and counts["depression"] == 2 and counts["trd"] == 1  # as if no topic were chosen
    assert counts["benefit"] == 1 and counts["no-benefit"] == 1  # for PTSD, not for depression
    assert counts["rct"] == 2 and counts["people"] == 3 and counts["other"] == 1 and counts["1"] == 1
    for facet in listing.facets():
        for option in facet.options:
            if facet.name in ("design", "kind", "finding", "free") and not option.checked:
                found = library.get(f"/research/?topic=ptsd&{option.name}={option.value}").context["listing"]
                assert found.total == option.count, option


def test_sorting(library: Client) -> None:
    assert _keys(library.get("/research/?sort=newest"))[0] == "abdallah-2022"
    assert _keys(library.get("/research/?sort=oldest"))[0] == "trd-2010"
    assert _keys(library.get("/research/?sort=largest"))[:2] == ["abdallah-2022", "feder-2014-ptsd"]
    assert _keys(library.get("/research/?sort=newest"))[-1] == "slomski-2014"  # news comes after research


def test_filters_in_force_can_be_taken_off_and_an_empty_result_helps(library: Client) -> None:
    text = library.get("/research/?topic=trd&kind=news").content.decode()
    assert "No record fits all of this" in text
    assert 'href="?kind=news#found"' in text and 'href="?topic=trd#found"' in text
    Citation.objects.all().delete()
    assert "The library is empty" in library.get("/research/").content.decode()


def test_pages(library: Client) -> None:
    for number in range(25):
        citation(f"more-{number}", topics={"ptsd": "benefit"})
    first, second = library.get("/research/?topic=ptsd"), library.get("/research/?topic=ptsd&page=2")
    assert len(_keys(first)) == 20
    assert len(_keys(first)) + len(_keys(second)) == 29
    assert not set(_keys(first)) & set(_keys(second))
    assert "topic=ptsd&amp;page=2" in first.content.decode()


def test_the_number_of_queries_does_not_grow(library: Client) -> None:
    def count(address: str) -> int:
        library.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert library.get(address).status_code == 200
        return len(queries)

    addresses = ["/research/", "/research/?topic=ptsd&finding=benefit&from=2000", "/research/?q=ketamine&sort=newest"]
    few = [count(address) for address in addresses]
    for number in range(30):
        citation(f"more-{number}", topics={"ptsd": "benefit", "depression": "mixed"})
        topic(f"topic-{number}", parent=topic("depression"))
    assert [count(address) for address in addresses] == few
    assert max(few) <= 12, few


def test_a_retracted_record_is_struck_through_with_the_notice(library: Client) -> None:
    citation(
        "larkin-2011-ed",
        topics={"ptsd": "benefit"},
        status="retracted",
        status_date=datetime.date(2017, 8, 28),
        status_source="https://example.org/notice",
    )
    text = library.get("/research/").content.decode()
    assert '<s><a href="/research/larkin-2011-ed/">' in text and "Retracted</span>" in text
    page = library.get("/research/larkin-2011-ed/").content.decode()
    assert "Retracted 2017" in page and "https://example.org/notice" in page and "<s>" in page


def test_the_page_of_a_record_is_for_people_and_machines(library: Client) -> None:
    feder = Citation.objects.get(key="feder-2014-ptsd")
    feder.doi, feder.pmid = "10.1001/jamapsychiatry.2014.62", "24740528"
    feder.save()
    CitationRelation.objects.create(citation=Citation.objects.get(key="slomski-2014"), related=feder, kind="reports-on")
    response = library.get("/research/feder-2014-ptsd/")
    text = response.content.decode()
    assert response.status_code == 200
    assert '<meta name="citation_doi" content="10.1001/jamapsychiatry.2014.62">' in text
    assert '<meta name="citation_author"' in text
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)[1])  # type: ignore[index]
    assert "10.1001/jamapsychiatry.2014.62" in json.dumps(data)
    assert 'id="reference"' in text and "JAMA Psychiatry" in text
    assert "Reported in" in text and "/research/slomski-2014/" in text


@pytest.mark.parametrize("name", ["ris", "bibtex", "nbib", "csl-json", "ama"])
def test_exports_hold_exactly_what_is_found(library: Client, name: str) -> None:
    page = library.get("/research/?topic=trd&from=2000")
    assert f"?topic=trd&amp;from=2000&amp;export={name}" in page.content.decode()
    answer = library.get(f"/research/?topic=trd&from=2000&export={name}")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
    assert "trd-2010" in text and "feder" not in text.lower()


@pytest.mark.parametrize("key", ["hidden", "draft", "unconfirmed", "no-such-record"])
def test_what_is_not_public_is_not_found(library: Client, key: str) -> None:
    assert library.get(f"/research/{key}/").status_code == 404


def test_a_record_cannot_break_out_of_the_page(library: Client) -> None:
    evil = '</script><script>alert(1)</script>"><img src=x onerror=alert(1)>'
    citation(
        "evil",
        title=evil,
        headline=evil,
        finding=evil,
        limits=evil,
        authors=[{"literal": evil}],
        topics={"ptsd": "benefit"},
    )
    for address in ("/research/", "/research/evil/"):
        text = library.get(address).content.decode()
        assert "<script>alert" not in text and "<img src=x" not in text


@given(
    st.dictionaries(
        st.sampled_from(["q", "topic", "kind", "design", "finding", "in", "from", "to", "free", "sort"]), st.text()
    )
)
def test_any_query_string_is_read_and_written_the_same(pairs: dict[str, str]) -> None:
    data = QueryDict(mutable=True)
    data.update(pairs)
    filters = read_filters(data, ["ptsd"])
    assert read_filters(QueryDict(filters.query()), ["ptsd"]) == filters
    assert isinstance(filters, Filters)
