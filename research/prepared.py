"""Queries whose SQL is written once.

Django writes the SQL of a query set anew each time it is asked. For a short answer that takes many times longer than
the database does. A function decorated with `prepared` describes such a query; calling it fills in its values and asks:

    @prepared
    def titles(*, slug: str) -> QuerySet[Page, tuple[str]]:
        return Page.objects.filter(slug=slug).values_list("title")

    titles(slug="ptsd")  # a list of rows, fetched now

Positional arguments shape the query (each combination is written once), keyword arguments are its values: numbers,
texts, and lists of either, which are asked for with the look-up `among` in the place of `in`. Inside the function a
value is a blank that can only be compared: whatever else the query depends on (the date, the language, who asks) would
be kept from the first time, and has to come in as a value. A function that takes both `limit` and `offset` gives that
part of its rows.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Sequence
from copy import copy
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, Expression, Field, ForeignObject, Lookup, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler

from research.statements import fetched

#: How many shapes of one query are held.
MOST_SHAPES = 200

Values = ParamSpec("Values")
Row = TypeVar("Row")


def counted(rows: QuerySet[Any, Any]) -> QuerySet[Any, int]:
    """How many rows there are, as a query of one value: Django's own ``count`` asks at once."""
    return rows.order_by().values(all=Value(1)).annotate(count=Count("pk")).values_list("count", flat=True)


def prepared(build: Callable[Values, QuerySet[Any, Row]]) -> Prepared[Values, Row]:
    """Makes a function that describes a query into one that asks it."""
    return Prepared(build)


def prepared_but_planned_anew(build: Callable[Values, QuerySet[Any, Row]]) -> Prepared[Values, Row]:
    """As `prepared`, for a query of which PostgreSQL makes a far worse plan when it may not look at the values."""
    return Prepared(build, keep_plan=False)


class Prepared(Generic[Values, Row]):
    """A query that is written at its first call."""

    def __init__(self, build: Callable[Values, QuerySet[Any, Row]], *, keep_plan: bool = True) -> None:
        update_wrapper(self, build)
        self._keep_plan = keep_plan
        parameters = inspect.signature(build).parameters.values()
        self._build: Callable[..., QuerySet[Any, Row]] = build
        self._blanks = {one.name: Blank(one.name) for one in parameters if one.kind is one.KEYWORD_ONLY}
        self._written: dict[tuple[Any, ...], Written] = {}

    def __call__(self, *shape: Values.args, **values: Values.kwargs) -> list[Row]:
        """The rows for these values."""
        written = self._written.get(shape)
        if written is None:  # two threads may both write it; either copy will do
            if len(self._written) >= MOST_SHAPES:  # visitors choose some shapes, and must not fill the memory
                self._written = {}
            part = [self._blanks[name] for name in ("limit", "offset") if {"limit", "offset"} <= self._blanks.keys()]
            written = self._written[shape] = Written(
                self._build(*shape, **self._blanks), part, keep_plan=self._keep_plan
            )
        return list(written.filled(values))


class Written:
    """A query set with its SQL. ``part`` are the blanks of its limit and offset, if only a part is asked for."""

    def __init__(self, queryset: QuerySet[Any, Any], part: Sequence[Blank] = (), *, keep_plan: bool = True) -> None:
        self._keep_plan = keep_plan
        self._queryset = queryset
        self._compiler: SQLCompiler = queryset.query.get_compiler(queryset.db)
        sql, parameters = self._compiler.as_sql()
        self._sql = f"{sql} LIMIT %s OFFSET %s" if part else sql
        self._parameters = (*parameters, *part)
        self._converters = self._compiler.get_converters([column[0] for column in self._compiler.select])

    def filled(self, values: dict[str, Any]) -> QuerySet[Any, Any]:
        """The query set about to be asked with ``values``. To be read as it is: a filter would not reach the SQL."""
        connection = connections[self._queryset.db]
        parameters = tuple(
            _for_database(values[one.name], connection) if isinstance(one, Blank) else one for one in self._parameters
        )
        ready: Any = copy(self._compiler)  # other threads use the same one, with their own connections
        ready.connection = connection
        ready.execute_sql = lambda *args, **kwargs: [
            fetched(connection, self._sql, parameters, keep_plan=self._keep_plan)
        ]
        ready.get_converters = lambda columns: self._converters
        # Django would clone the whole query, every part of a union with it, to change what is written already.
        query: Any = _twin(self._queryset.query)
        query.get_compiler = lambda *args, **kwargs: ready
        asked: Any = _twin(self._queryset)
        asked._query = query
        return asked


def _twin(original: Any) -> Any:
    """Another object with the same attributes; `copy` would have a query set ask the database."""
    twin = object.__new__(type(original))
    twin.__dict__.update(original.__dict__)
    return twin


class Blank(Expression):
    """The place of a value in a prepared query."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]
        """A parameter whose value is this blank."""
        return "%s", [self]


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """``pk__among=numbers``: as ``pk__in`` with the list as one parameter, so that its length is no part of the SQL."""

    lookup_name = "among"
    prepare_rhs = False

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """The list is an array."""
        return self._written("{} = ANY{}", compiler, connection)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """The list is a text in JSON."""
        return self._written("{} IN (SELECT value FROM json_each{})", compiler, connection)

    def _written(self, form: str, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        column, before = self.process_lhs(compiler, connection)
        blank, after = self.process_rhs(compiler, connection)  # comes in parentheses
        return form.format(column, blank), [*before, *after]


def _for_database(value: Any, connection: BaseDatabaseWrapper) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value) if connection.vendor == "postgresql" else json.dumps(list(value))
    return value
