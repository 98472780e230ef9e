"""Lists in pages: how many there are, where the next ones stand, and the same order every time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Schema

from clinic.api.links import base_of_site
from clinic.api.schemas.shape import Shape

Item = TypeVar("Item")


class Paging(Schema):
    """The query parameters of a list."""

    limit: int = Field(20, ge=1, le=settings.WAGTAILAPI_LIMIT_MAX, description="How many items at most.")
    offset: int = Field(0, ge=0, le=1_000_000, description="How many items to skip.")


class Listing(Shape, Generic[Item]):
    """One page of a list."""

    count: int = Field(description="How many items there are in all.", ge=0)
    next: str | None = Field(description="The address of the next items, null on the last page.")
    previous: str | None = Field(description="The address of the items before these, null on the first page.")
    items: list[Item]


def paged(
    request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], paging: Paging, build: Callable[[list[Any]], list[Any]]
) -> dict[str, Any]:
    """The rows that ``paging`` asks for, built by ``build``, in an envelope as `Listing` describes it."""
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    chosen = list(rows[paging.offset : paging.offset + paging.limit]) if paging.offset < count else []
    return envelope(request, paging, count, build(chosen))


def envelope(request: HttpRequest, paging: Paging, count: int, items: list[Any]) -> dict[str, Any]:
    """The items that ``paging`` asks for, out of ``count``, as `Listing` describes it."""
    return {
        "count": count,
        "next": _address(request, paging, paging.offset + paging.limit)
        if paging.offset + paging.limit < count
        else None,
        "previous": _address(request, paging, max(paging.offset - paging.limit, 0)) if paging.offset else None,
        "items": items,
    }


def _address(request: HttpRequest, paging: Paging, offset: int) -> str:
    query = request.GET.copy()
    query["limit"], query["offset"] = str(paging.limit), str(offset)
    return f"{base_of_site(request)}{request.path}?{query.urlencode()}"
