"""Queries written once: the same rows as an ordinary query set gives, for any values."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import F, QuerySet, Value
from django.test.utils import CaptureQueriesContext

from research.models import Citation
from research.prepared import prepared
from tests.research.builders import citation

built: list[bool] = []


@prepared
def titles(newest_first: bool, /, *, year: int, keys: str) -> QuerySet[Citation, tuple[Any, ...]]:
    built.append(newest_first)
    order = F("issued_year").desc() if newest_first else F("issued_year").asc()
    found = Citation.objects.filter(issued_year__gte=year, key__startswith=keys).order_by(order, "key")
    return found.values_list("title", "authors", "verified_on", Value("said"))


@prepared
def replaced(*, pks: list[int]) -> QuerySet[Citation]:
    return Citation.objects.filter(pk__among=pks).select_related("successor").order_by("key")


@prepared
def following(*, pks: list[int]) -> QuerySet[Citation, tuple[Any, ...]]:
    return Citation.objects.filter(successor_id__among=pks).values_list("key")


@pytest.mark.django_db
def test_values_are_filled_in_at_each_call_and_the_query_is_described_once() -> None:
    for year in (2001, 2002, 2003):
        citation(f"one-{year}", title=f"It’s “{year}” %s", issued_year=year)
    built.clear()
    for year in (2002, 2003, 2004, 2002):
        for newest_first in (True, False):
            rows = titles(newest_first, year=year, keys="one-")
            expected = Citation.objects.filter(issued_year__gte=year).order_by("issued_year").values_list("title")
            assert sorted(row[0] for row in rows) == [row[0] for row in expected]
            assert rows == sorted(rows, key=lambda row: row[0], reverse=newest_first)
    assert titles(True, year=2001, keys="one-2001") == titles(False, year=2001, keys="one-2001")
    assert titles(True, year=2001, keys="' OR 1=1 --") == []
    assert built == [True, False] or built == []


@pytest.mark.django_db
def test_rows_come_as_an_ordinary_query_set_gives_them() -> None:
    citation("one-2001", issued_year=2001)
    (row,) = titles(True, year=2001, keys="one")
    assert [row] == list(Citation.objects.values_list("title", "authors", "verified_on", Value("said")))


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 1, 50])
def test_a_list_of_any_length_is_one_value(count: int) -> None:
    made = [citation(f"one-{number:02}", issued_year=2000) for number in range(count)]
    citation("other", issued_year=2000)
    with CaptureQueriesContext(connection) as asked:
        assert replaced(pks=[one.pk for one in made]) == made
    assert len(asked) == 1


@pytest.mark.django_db
def test_models_come_with_what_is_joined_and_foreign_keys_can_be_compared() -> None:
    new = citation("new")
    old = citation("old", successor=new, status="superseded")
    with CaptureQueriesContext(connection) as asked:
        (found,) = replaced(pks=[old.pk])
        assert found.successor == new
    assert len(asked) == 1
    assert following(pks=[new.pk]) == [("old",)]
    found.refresh_from_db()
    assert not found._state.adding


@pytest.mark.django_db(transaction=True)
def test_threads_ask_through_their_own_connections() -> None:
    made = [citation(f"one-{number}", issued_year=2000) for number in range(4)]
    replaced(pks=[])

    def ask(one: Citation) -> list[Citation]:
        try:
            return [found for _ in range(20) for found in replaced(pks=[one.pk])]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        for one, found in zip(made, threads.map(ask, made), strict=True):
            assert found == [one] * 20


def kept() -> int:
    """How many statements PostgreSQL keeps for this connection that ask for citations."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ['%%"research_citation"%%']
        )
        (count,) = cursor.fetchone()
    return int(count)


def elsewhere(sql: str) -> None:
    """Does it through another connection, as a migration does while the site is served."""

    def execute() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)
        connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(execute).result()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite keeps no statements")
@pytest.mark.django_db(transaction=True)
def test_postgresql_keeps_what_comes_again_until_a_column_is_altered() -> None:
    citation("one-2001", issued_year=2001)
    before = kept()
    for _ in range(5):
        assert len(titles(True, year=2001, keys="one")) == 1
    assert kept() == before + 1
    elsewhere("ALTER TABLE research_citation ALTER COLUMN title TYPE varchar(999)")
    try:
        assert len(titles(True, year=2001, keys="one")) == 1
    finally:
        elsewhere("ALTER TABLE research_citation ALTER COLUMN title TYPE text")
    assert len(titles(True, year=2001, keys="one")) == 1


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite keeps no statements")
@pytest.mark.django_db
def test_nothing_is_kept_where_a_pooler_stands_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(connection.settings_dict["OPTIONS"], "prepare_threshold")
    before = kept()
    for _ in range(5):
        titles(False, year=1999, keys="two")
    assert kept() == before
