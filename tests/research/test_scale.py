"""The product's promise of size, held by query budgets; `docs/research.md` holds the measured times."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pages.models import ResearchPage
from research.models import Citation, Topic
from research.reports import REPORTS
from tests.research.builders import condition_page, home_page

pytestmark = pytest.mark.django_db

ADDRESSES = [
    "/research/",
    "/research/?topic=invented-topic-4",
    "/research/?topic=invented-topic-1&finding=harm&kind=news&design=rct&in=people&free=1&from=1995&to=2020",
    "/research/?sort=newest&page=3",
    "/research/?q=placebo",
    "/research/?q=placebo&topic=invented-topic-0&sort=largest",
]


def _grow(**size: int) -> None:
    call_command("make_large_library", yes=True, **{"citations": 400, "topics": 12, "pages": 3, **size})


@pytest.fixture(scope="module")
def large_rows(module_transaction: None) -> None:
    """A Research page with 400 invented records, made once."""
    home_page().add_child(instance=ResearchPage(title="Research", slug="research", summary="What stands behind it."))
    condition_page()
    _grow()


@pytest.fixture
def large(large_rows: None, db: None) -> None:
    """The large library; what a test changes is taken back after it."""
    cache.clear()


def _queries(client: Client, address: str) -> int:
    client.get(address)  # the frame around every page is kept
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code == 200
    return len(queries)


def test_the_research_page_stays_within_twelve_queries(client: Client, large: None) -> None:
    counts = {address: _queries(client, address) for address in ADDRESSES}
    assert max(counts.values()) <= 12, counts


def test_the_admin_lists_stay_within_a_fixed_number(client: Client, large: None, clinician: User) -> None:
    listing = reverse(Citation.snippet_viewset.get_url_name("list"))
    few = _queries(client, listing)
    Citation.objects.filter(key__endswith="1").update(status="corrected")
    assert _queries(client, listing) == few <= 30
    assert _queries(client, f"{listing}?q=invented&topic={Topic.objects.latest('pk').pk}") <= 30


def test_a_search_finds_all_that_match_and_says_how_many(
    client: Client, large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.search.fulltext.MOST_MATCHES", 3)  # the site's search shows the best; this one counts
    found = client.get("/research/?q=invented").context["listing"]
    assert found.total == Citation.objects.published().filter(key__startswith="invented-").count() > 300
    assert found.queryset().count() == found.total  # the exports
    assert client.get("/research/?q=invented&page=2").context["listing"].records[0] not in found.records


def test_reports_stay_within_a_fixed_number(client: Client, large: None) -> None:
    client.force_login(User.objects.create_superuser("boss"))
    addresses = [reverse("research_reports:index"), reverse("wagtailadmin_home")]
    addresses += [reverse("research_reports:report", args=[slug]) for slug in REPORTS]
    Citation.objects.filter(key__in=["invented-10", "invented-20"]).update(title="Another", issued_year=2020)
    few = {address: _queries(client, address) for address in addresses}
    Citation.objects.filter(key__endswith="1").update(next_review="2020-01-01", title="One title", authors=[])
    Citation.objects.filter(key__endswith="2").update(verified_on=None)
    assert {address: _queries(client, address) for address in addresses} == few
    assert max(few.values()) <= 45


def test_the_large_library_is_made_once_and_never_by_accident(large: None, settings: Any) -> None:
    assert Citation.objects.filter(key__startswith="invented-").count() == 400
    with pytest.raises(CommandError, match="already"):
        _grow()
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--yes"):
        call_command("make_large_library", citations=1)
