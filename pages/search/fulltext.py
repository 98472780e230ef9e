"""Asks the database's own full text index (SQLite FTS5 or PostgreSQL) for everything that matches.

The index is the one that Wagtail keeps up to date. It is asked directly, because one question then covers pages,
citations and people with comparable ranks, and because the ranks of combined queries come out reversed on SQLite
otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from wagtail.search.backends import get_search_backend
from wagtail.search.models import IndexEntry

from pages.search.reading import Phrase, is_prefix, stem

MOST_MATCHES = 1000
TITLE_WEIGHT = 4.0

Groups = Sequence[frozenset[Phrase]]


@dataclass(frozen=True)
class Match:
    """One indexed object. A higher score is a better match; scores compare only within one question."""

    content_type: int
    object_id: str
    score: float


def matches(groups: Groups, content_types: Sequence[int], every: bool = True) -> list[Match]:
    """Returns the best matches among the content types, best first: all groups must match, or any (`every=False`)."""
    if not groups or not content_types:
        return []
    if connection.vendor == "postgresql":
        return _postgres(groups, content_types, every)
    return _sqlite(groups, content_types, every)


def matching_ids(groups: Groups, content_types: Sequence[int]) -> list[int]:
    """Returns the ids of every object of the content types that holds all groups, however many, in no order."""
    if not groups or not content_types:
        return []
    entries = IndexEntry._meta.db_table
    if connection.vendor == "postgresql":
        from django.contrib.postgres.aggregates import StringAgg

        # As one text: thousands of rows take the driver longer than the database.
        found = _postgres_entries(groups, content_types).aggregate(ids=StringAgg("object_id", ","))
        return [int(pk) for pk in (found["ids"] or "").split(",") if pk]
    marks = ",".join(["%s"] * len(content_types))
    # CROSS JOIN as in _sqlite below: the words first, then their entries.
    sql = f"""
        SELECT e.object_id FROM {entries}_fts CROSS JOIN {entries} e ON e.id = {entries}_fts.rowid
        WHERE {entries}_fts MATCH %s AND e.content_type_id IN ({marks})
    """  # noqa: S608 - names of our own tables; everything typed is a parameter
    with connection.cursor() as cursor:
        cursor.execute(sql, [fts5(groups), *content_types])
        return [int(row[0]) for row in cursor.fetchall()]


def types_of(model: type[models.Model]) -> list[int]:
    """Returns the ids of the content types of a model and everything derived from it."""
    from modelsearch.utils import get_descendant_models

    return [found.pk for found in ContentType.objects.get_for_models(*get_descendant_models(model)).values()]


def indexed_texts(content_types: Sequence[int], object_ids: Sequence[int]) -> dict[str, str]:
    """Returns what the index holds of some objects, without their titles, by their ids; one query."""
    column = "body_text" if connection.vendor == "postgresql" else "body"
    entries = IndexEntry.objects.filter(content_type__in=content_types, object_id__in=map(str, object_ids))
    return {object_id: text or "" for object_id, text in entries.values_list("object_id", column)}


def fts5(groups: Groups, every: bool = True) -> str:
    """Writes the groups in FTS5's query language. Words hold letters and digits alone, so quoting cannot be broken."""

    def phrase(part: Phrase) -> str:
        last = part[-1]
        text = " ".join((*part[:-1], stem(last) if is_prefix(last) else last))
        return f'"{text}"*' if is_prefix(last) else f'"{text}"'

    alternatives = ["(" + " OR ".join(sorted(map(phrase, group))) + ")" for group in groups]
    return "{title body} : (" + (" AND " if every else " OR ").join(alternatives) + ")"


def tsquery(groups: Groups, every: bool = True) -> str:
    """Writes the groups in the language of PostgreSQL's to_tsquery."""

    def phrase(part: Phrase) -> str:
        last = part[-1]
        # PostgreSQL's own stem of the word and ours: intraven (intravenous) and depress (depression).
        return " <-> ".join((*part[:-1], f"({last}:* | {stem(last)}:*)" if is_prefix(last) else last))

    alternatives = ["(" + " | ".join(f"({text})" for text in sorted(map(phrase, group))) + ")" for group in groups]
    return (" & " if every else " | ").join(alternatives)


def _sqlite(groups: Groups, content_types: Sequence[int], every: bool) -> list[Match]:
    entries = IndexEntry._meta.db_table
    marks = ",".join(["%s"] * len(content_types))
    # CROSS JOIN, in SQLite's dialect, is a join in this order: without statistics it would walk all entries instead.
    # bm25() is lower for a better match; its weights follow the columns autocomplete, body, title.
    sql = f"""
        SELECT e.content_type_id, e.object_id, -bm25({entries}_fts, 0.0, 1.0, {TITLE_WEIGHT}) AS score
        FROM {entries}_fts CROSS JOIN {entries} e ON e.id = {entries}_fts.rowid
        WHERE {entries}_fts MATCH %s AND e.content_type_id IN ({marks})
        ORDER BY score DESC, e.id LIMIT {MOST_MATCHES}
    """  # noqa: S608 - names of our own tables; everything typed is a parameter
    with connection.cursor() as cursor:
        cursor.execute(sql, [fts5(groups, every), *content_types])
        return [Match(*row) for row in cursor.fetchall()]


def _postgres(groups: Groups, content_types: Sequence[int], every: bool) -> list[Match]:
    from django.contrib.postgres.search import SearchRank

    query = _searched(groups, every)
    title, body = models.F("title"), models.F("body")
    found = (
        _postgres_entries(groups, content_types, every)
        .annotate(score=SearchRank(title, query) * TITLE_WEIGHT + SearchRank(body, query))
        .order_by("-score", "id")
        .values_list("content_type_id", "object_id", "score")[:MOST_MATCHES]
    )
    return [Match(*row) for row in found]


def _postgres_entries(groups: Groups, content_types: Sequence[int], every: bool = True) -> models.QuerySet[IndexEntry]:
    """The entries that hold all groups, or any of them.

    Title and body are asked one by one, as each of them has an index.
    """
    rows: models.QuerySet[IndexEntry] = IndexEntry.objects.filter(content_type__in=content_types)
    for part in [[group] for group in groups] if every else [groups]:
        query = _searched(part, every)
        rows = rows.filter(models.Q(title=query) | models.Q(body=query))
    return rows


def _searched(groups: Groups, every: bool) -> Any:
    """What is asked for in the language of to_tsquery, read once: as it stands PostgreSQL reads it for every row."""
    from django.contrib.postgres.search import SearchQuery

    class ReadOnce(SearchQuery):
        def as_sql(self, *args: Any, **kwargs: Any) -> Any:
            sql, parameters = super().as_sql(*args, **kwargs)
            return f"(SELECT {sql})", parameters

    return ReadOnce(tsquery(groups, every), search_type="raw", config=get_search_backend().config)
