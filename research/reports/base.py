"""What a report is, and the list of all reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model


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


@dataclass(frozen=True)
class Report:
    """A report. ``rows`` is called anew for every visit and export."""

    slug: str
    title: Any
    help_text: Any
    rows: Callable[[], Iterable[Row]]
    empty: Any
    #: Shown on the admin's front page when it holds anything.
    alarming: bool = False


REPORTS: dict[str, Report] = {}
"""All reports by slug, in the order in which the index lists them."""


def register_report(report: Report) -> Report:
    """Add a report to the index."""
    REPORTS[report.slug] = report
    return report
