"""Does a source still hold? Checks of addresses and of retractions, by a command, or bit by bit by the worker."""

from __future__ import annotations

from datetime import timedelta

from research.checking.links import LinkChecker
from research.checking.notices import screen_crossref
from research.checking.records import Outcome, due
from research.lookup.services import service
from research.models import CitationCheck
from research.models.checks import ADDRESSES


def check_next(max_age: timedelta, checker: LinkChecker | None = None) -> list[Outcome]:
    """For each kind of check the record that has waited longest, if any is due: a bite for a worker with other work."""
    outcomes: list[Outcome] = []
    checker = checker or LinkChecker(pause=0)
    for kind in ADDRESSES:
        outcomes += [checker.check(citation, kind) for citation in due(kind, max_age)[:1]]
    if crossref_service := service("crossref"):
        waiting = due(CitationCheck.Kind.RETRACTION, max_age).filter(doi__isnull=False)[:1]
        outcomes += [outcome for _citation, outcome in screen_crossref(waiting, crossref_service)]
    return outcomes
