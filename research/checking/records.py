"""What a check found, whose turn is next, and how a finding is kept: at once, so that a check that breaks off goes on.

Whatever could not be asked is UNAVAILABLE and never reads as "all is well"; nor does it wipe out what was known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from research.models import Citation, CitationCheck
from research.models.checks import ADDRESSES
from research.retractions import Notice

ASKED_AGAIN = timedelta(days=1)
"""After this a look that failed for the first time is repeated: once is no proof."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check found."""

    state: str
    detail: str = ""
    source: str = ""
    notice: Notice | None = None
    works: bool | None = None
    """Whether an address leads where it should; None where the answer does not tell."""
    asks_to_wait: bool = False
    """Whether the host asked to be left alone for a while."""


def due(kind: str, max_age: timedelta) -> QuerySet[Citation]:
    """Citations that this check applies to and that it has not seen for ``max_age``, longest waiting first."""
    now = timezone.now()
    recent = CitationCheck.objects.filter(citation=OuterRef("pk"), kind=kind, checked_at__gt=now - max_age)
    citations = Citation.objects.all()
    if column := ADDRESSES.get(kind):
        citations = citations.filter(**{f"{column}__gt": ""})
        recent = recent.filter(address=OuterRef(column)).exclude(failures=1, checked_at__lte=now - ASKED_AGAIN)
    return (
        citations.exclude(Exists(recent))
        .annotate(last_check=Min("checks__checked_at", filter=Q(checks__kind=kind)))
        .order_by(F("last_check").asc(nulls_first=True), "pk")
    )


def record(citation: Citation, kind: str, outcome: Outcome) -> CitationCheck:
    """Save what was found, in place of what was found before; of an address, also how long it has failed."""
    now = timezone.now()
    address = str(getattr(citation, ADDRESSES[kind]) or "") if kind in ADDRESSES else ""
    values: dict[str, Any] = {"state": outcome.state, "detail": outcome.detail, "source": outcome.source[:300]}
    values |= {"address": address, "checked_at": now, "failures": 0, "failing_since": None}
    before = CitationCheck.objects.filter(citation=citation, kind=kind, address=address, failures__gt=0).first()
    if outcome.works is False:
        values["failures"] = before.failures + 1 if before else 1
        values["failing_since"] = before.failing_since if before else now
    elif outcome.works is None and before is not None:
        known = ("state", "detail", "source", "failures", "failing_since")
        values |= {name: getattr(before, name) for name in known}
    check, _created = CitationCheck.objects.update_or_create(citation=citation, kind=kind, defaults=values)
    return check
