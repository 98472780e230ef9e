"""manage.py check_citations: ask whether the library's sources still hold. Safe to schedule; goes on where it was."""

from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from research.checking.links import LinkChecker
from research.checking.notices import screen_crossref, screen_file
from research.checking.records import Outcome, due
from research.lookup.services import service
from research.models import Citation, CitationCheck
from research.models.checks import ADDRESSES
from research.retractions import RetractionFileError


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ArgumentTypeError(f"“{value}” is not a date such as 2026-11-01") from error


class Command(BaseCommand):
    """Links are asked directly; retractions come from a Retraction Watch file or, where it is configured, Crossref."""

    help = (
        "Checks web addresses and retractions of all citations. Without options: links, and retractions at Crossref "
        "if RESEARCH_LOOKUPS names it. Records checked within --max-age days are left for the next run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to check and how much of it."""
        add = parser.add_argument
        add("--links", action="store_true", help="check web addresses, archived copies and DOIs")
        add("--crossref", action="store_true", help="check retractions at Crossref")
        add("--retractions", type=Path, metavar="CSV", help="check retractions in a Retraction Watch file")
        add("--as-of", type=_day, metavar="DATE", help="date of that file; its change date unless given")
        add("--max-age", type=int, default=7, metavar="DAYS", help="leave records checked since (7)")
        add("--limit", type=int, metavar="COUNT", help="check at most so many of each kind")
        add("--pause", type=float, default=1.0, metavar="SECONDS", help="between questions to one host (1)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run each check, with a line of progress and a line of summary."""
        asked = options["links"] or options["crossref"] or options["retractions"]
        crossref = service("crossref")
        if options["crossref"] and crossref is None:
            raise CommandError("Crossref is off. Name it in RESEARCH_LOOKUPS and give RESEARCH_LOOKUP_CONTACT.")
        if options["retractions"]:
            self._screen_file(options)
        if options["crossref"] or (not asked and crossref is not None):
            assert crossref is not None
            waiting = self._due(CitationCheck.Kind.RETRACTION, options)
            self._run("Retractions at Crossref", screen_crossref(waiting, crossref), len(waiting))
        if options["links"] or not asked:
            checker = LinkChecker(pause=options["pause"])
            for kind in ADDRESSES:
                waiting = self._due(kind, options)
                results = ((citation, checker.check(citation, kind)) for citation in waiting)
                self._run(str(CitationCheck.Kind(kind).label), results, len(waiting))
        if not asked and crossref is None:
            self.stdout.write("Retractions were NOT checked: give --retractions FILE, or configure Crossref.")

    def _due(self, kind: str, options: dict[str, Any]) -> list[Citation]:
        return list(due(kind, timedelta(days=options["max_age"]))[: options["limit"]])

    def _screen_file(self, options: dict[str, Any]) -> None:
        path: Path = options["retractions"]
        try:
            as_of = options["as_of"] or datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
            citations = Citation.objects.order_by("pk")
            label = f"Retractions in {path.name} of {as_of.isoformat()}"
            self._run(label, screen_file(citations, path, as_of), citations.count())
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except RetractionFileError as error:
            raise CommandError(str(error)) from error

    def _run(self, label: str, results: Iterator[tuple[Citation, Outcome]], total: int) -> None:
        counts: Counter[str] = Counter()
        for done, (citation, outcome) in enumerate(results, 1):
            counts[outcome.state] += 1
            self.stdout.write(f"\r{label}: {done} of {total}", ending="")
            self.stdout.flush()
            if outcome.state in (CitationCheck.State.PROBLEM, CitationCheck.State.MOVED):
                self.stdout.write(f"\r{citation.key}: {outcome.detail}")
        parts = [f"{counts[state]} {words}" for state, words in _WORDS.items() if counts[state]]
        self.stdout.write(f"\r{label}: {total} checked" + (f": {', '.join(parts)}." if parts else "."))


_WORDS = {
    CitationCheck.State.FINE: "fine",
    CitationCheck.State.PROBLEM: "need a look",
    CitationCheck.State.MOVED: "moved",
    CitationCheck.State.NOT_FOUND: "not listed",
    CitationCheck.State.UNAVAILABLE: "could not be asked",
}
