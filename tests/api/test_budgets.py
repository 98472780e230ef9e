"""Limits to hold: eight queries for a list or a detail, however much there is, and small answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.api.citationlist import ORDERS
from pages.models import ConditionQuestion, WarningSign
from research.models import Citation, CitationTopic
from tests.api.world import World
from tests.forms.build import referral_page
from tests.research.builders import condition_page, fact, topic

pytestmark = pytest.mark.django_db
MOST_QUERIES = 8
#: Bytes of an answer, uncompressed.
SIZES = {"conditions/ptsd/": 60_000, "research/citations/?limit=20": 60_000, "site/": 12_000, "conditions/": 20_000}


@pytest.fixture
def queries(client: Client) -> Callable[[str], list[str]]:
    """The queries of reading an address once the process is warm (site roots and content types are known)."""

    def ask(path: str) -> list[str]:
        client.get(f"/api/v3/{path}")
        with CaptureQueriesContext(connection) as captured:
            response = client.get(f"/api/v3/{path}")
        assert response.status_code == 200, response.content
        return [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]

    return ask


def more_citations(numbers: range) -> None:
    """Published records in bulk, each filed under PTSD."""
    made = Citation.objects.bulk_create(
        Citation(
            key=f"bulk-{number}",
            title=f"Trial {number}",
            issued_year=1990 + number % 30,
            verified_on="2026-01-05",
            live=True,
            ama_text="A.",
            ama_html="A.",
        )
        for number in numbers
    )
    CitationTopic.objects.bulk_create(
        CitationTopic(citation=one, topic=topic("ptsd"), finding="benefit", sort_order=0) for one in made
    )


def more_conditions(numbers: range, source: Citation) -> None:
    """Condition pages like a real one, with facts, sources, signs, questions and inline sources."""
    for number in numbers:
        page = condition_page(
            f"condition-{number}",
            how_it_may_work=f'<p>One idea<a linktype="citation" id="{source.pk}">[1]</a>.</p>',
        )
        fact(page, "A statement.", source)
        fact(page, "Another statement.", source)
        page.warning_signs = [WarningSign(text="One"), WarningSign(text="Two")]
        page.questions = [ConditionQuestion(question="Why?", answer="<p>Because.</p>")]
        page.topics.add(topic("ptsd"))
        page.save()


@pytest.mark.parametrize(
    "path",
    [
        *(
            "conditions/",
            "conditions/?fields=*",
            "conditions/ptsd/",
            "research/citations/?limit=100",
            "research/topics/",
        ),
        *("research/citations/?limit=100&topic=ptsd&finding=benefit&expand=csl&expand=relations",),
        *(
            "research/citations/feder-2014-ptsd/",
            "research/topics/ptsd/",
            "pages/",
            "sitemap/",
            "site/",
            "eligibility/",
        ),
        *(
            "people/",
            "forms/",
            "documents/",
            "redirects/",
            "pages/find/?html_path=/what-to-expect/",
        ),
        *("forms/refer-a-patient/", "pages/find/?html_path=/refer-a-patient/"),
    ],
)
def test_lists_and_details_stay_within_eight_queries(
    world: World, queries: Callable[[str], list[str]], path: str
) -> None:
    if "refer-a-patient" in path:
        referral_page()
    asked = queries(path)
    assert len(asked) <= MOST_QUERIES, "\n".join(line[:200] for line in asked)


def test_a_page_of_the_library_is_read_from_an_index_in_its_order(world: World) -> None:
    if connection.vendor == "postgresql":  # which sorts a table this small
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
            )
    rows = Citation.objects.published().order_by(*ORDERS["-year"]).values_list("pk")
    plan = rows[20:40].explain()
    assert "research_citation_listed" in plan, plan
    assert "TEMP B-TREE" not in plan, plan


def test_the_number_of_queries_does_not_grow(world: World, queries: Callable[[str], list[str]]) -> None:
    paths = ["conditions/?limit=100&fields=*", "research/citations/?limit=100&expand=relations", "conditions/ptsd/"]
    counts: dict[str, set[int]] = {path: set() for path in paths}
    for conditions, citations in ((range(1), range(1)), (range(1, 12), range(1, 90))):
        more_citations(citations)
        more_conditions(conditions, world.trial)
        for path in paths:
            counts[path].add(len(queries(path)))
    assert all(max(found) <= MOST_QUERIES for found in counts.values()), counts
    # A detail asks once more when the library holds more than the page lists; lists never.
    assert all(len(found) == 1 for path, found in counts.items() if "?" in path), counts


@pytest.mark.parametrize(("path", "most"), SIZES.items())
def test_answers_stay_small(world: World, client: Client, path: str, most: int) -> None:
    more_citations(range(30))
    response: Any = client.get(f"/api/v3/{path}")
    assert response.status_code == 200
    assert len(response.content) < most
