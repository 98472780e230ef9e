"""Statements that PostgreSQL keeps: it reads and plans a query once a connection, and not each time it comes.

For a short answer that takes longer than finding it. Kept statements belong to one connection to one server process,
which is what a pooler between (PgBouncer, for one) may not promise: hence the setting DATABASE_PREPARE.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.db import NotSupportedError
from django.db.backends.base.base import BaseDatabaseWrapper


def fetched(
    connection: BaseDatabaseWrapper, sql: str, parameters: Sequence[Any], *, keep_plan: bool = True
) -> list[Any]:
    """All rows of a query that comes again and again; its statement is kept with its plan where that is set."""
    kept = keep_plan and connection.settings_dict["OPTIONS"].get("prepare_threshold")
    if connection.vendor != "postgresql" or not kept:
        return _all(connection.cursor(), sql, parameters)
    connection.ensure_connection()
    postgres: Any = connection
    try:
        return _all(postgres._prepare_cursor(_cursor_type()(postgres.connection)), sql, parameters)
    except NotSupportedError:  # "cached plan must not change result type": a migration has altered a column
        if connection.in_atomic_block:
            raise
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
        return _all(connection.cursor(), sql, parameters)


def _all(asking: Any, sql: str, parameters: Sequence[Any]) -> list[Any]:
    with asking as cursor:
        cursor.execute(sql, parameters)
        rows: list[Any] = cursor.fetchall()
        return rows


@cache
def _cursor_type() -> Any:
    from django.db.backends.postgresql import base  # where SQLite is used nobody waits for psycopg

    of_django: Any = base.ServerBindingCursor

    class KeptStatementCursor(of_django):
        """Django's cursor for statements with their values apart."""

        _query: Any

        def execute(self, query: str, params: Any = None, **kwargs: Any) -> Any:
            """As ever; and Django's log of queries learns what was asked when the server knew it already."""
            super().execute(query, params, **kwargs)
            if self._query is None:
                self._query = SimpleNamespace(query=query.encode())
            return self

    return KeptStatementCursor
