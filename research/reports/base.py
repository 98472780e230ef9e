"""What a report is, and the list of all reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Model, QuerySet


@dataclass(frozen=True)
class Row:
    """One thing that waits: what it is, what is the matter, where it stands, and the object in which it is fixed.

    ``also`` is fixed instead by people who may not open ``fix`` (a clinician has no page rights).
    """

    subject: str
    problem: str
    place: str
    fix: Model
    also: Model | None = None


class Described:
    """Rows that a query finds: counted by the database, and put into words only as far as somebody reads."""

    def __init__(self, found: QuerySet[Any], describe: Callable[[Any], Row]) -> None:
        self.found = found
        self.describe = describe

    @cached_property
    def _count(self) -> int:
        return self.found.count()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        return map(self.describe, self.found.iterator(chunk_size=500))

    def __getitem__(self, part: slice) -> list[Row]:
        return [self.describe(one) for one in self.found[part]]


@dataclass(frozen=True)
class Report:
    """A report. ``rows`` is called anew for every visit and export."""

    slug: str
    title: Any
    help_text: Any
    rows: Callable[[], Iterable[Row] | Described]
    empty: Any
    #: Shown on the admin's front page when it holds anything, as something to look at now.
    alarming: bool = False
    #: Shown there, too, as work that is always about; to people with this permission.
    everyday_for: str = ""

    def found(self) -> Described | list[Row]:
        """The rows, to be counted, cut into pages or read."""
        rows = self.rows()
        return rows if isinstance(rows, Described) else list(rows)


REPORTS: dict[str, Report] = {}
"""All reports by slug, in the order in which the index lists them."""


def register_report(report: Report) -> Report:
    """Add a report to the index."""
    REPORTS[report.slug] = report
    return report
