"""Counts what visitors look for, for the "Search terms" report: the words and the day, never who or from where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.search.utils import normalise_query_string

from pages.search.results import PEOPLE, Results

LONGEST_COUNTED = 60
PERSONAL = re.compile(r"[@\d]{4,}|@|\d[\d\s().-]{5,}\d")  # numbers and addresses that may be somebody's own


def count(results: Results) -> None:
    """Adds one to today's number for a query that found something.

    What found nothing is not kept: that is where names and private matters end up. Neither is anything that looks
    like a phone number or an address, a name that found people alone, nor a cry for help. A database that cannot write
    now costs the number alone.
    """
    text = normalise_query_string(results.reading.text)
    if results.loosely or results.reading.is_urgent or len(results.of(PEOPLE)) == len(results.found):
        return
    if len(text) > LONGEST_COUNTED or PERSONAL.search(text):
        return
    try:
        with _without_waiting(), transaction.atomic():
            Query.get(text).add_hit()
    except DatabaseError:
        return


@contextmanager
def _without_waiting() -> Iterator[None]:
    """On SQLite, gives up at once when somebody else is writing: nobody's search waits for our counting."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 50")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")


def promoted(text: str) -> list[SearchPromotion]:
    """Returns what editors put first for these words. Asks without creating a record, unlike Wagtail's own tag."""
    wanted = normalise_query_string(text)
    if not wanted:
        return []
    picks = SearchPromotion.objects.filter(query__query_string=wanted).select_related("page")
    return [pick for pick in picks if pick.page is None or _is_public(pick)]


def _is_public(pick: SearchPromotion) -> bool:
    page = pick.page
    return bool(page.live and not page.get_view_restrictions().exists())
