"""Has a work been retracted, questioned or corrected? Asks a Retraction Watch file or Crossref, and takes it over."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from research.checking.records import Outcome, record
from research.lookup import crossref
from research.lookup.results import Found, NotFound, Unavailable
from research.lookup.services import Service
from research.models import Citation, CitationCheck
from research.retractions import Notice, read_retraction_watch, verdict
from research.status import OF_NOTICE, take_notice

Kind, State = CitationCheck.Kind, CitationCheck.State


def screen_file(citations: QuerySet[Citation], path: Path, as_of: date) -> Iterator[tuple[Citation, Outcome]]:
    """Compare citations with a Retraction Watch file; notices are recorded and taken over.

    Raises RetractionFileError before anything is recorded when it is another file.
    """
    found: dict[str, list[Notice]] = defaultdict(list)
    wanted = {mark for doi, pmid in citations.values_list("doi", "pmid") for mark in (doi, pmid) if mark}
    for notice in read_retraction_watch(path, as_of):
        for mark in (notice.doi, notice.pmid):
            if mark and mark in wanted:
                found[mark].append(notice)
    source = _("Retraction Watch, file of %(date)s") % {"date": as_of.isoformat()}
    for citation in citations.iterator(chunk_size=500):
        notices = [notice for mark in (citation.doi, citation.pmid) if mark for notice in found.get(mark, [])]
        if not citation.doi and not citation.pmid:
            outcome = Outcome(State.UNAVAILABLE, _("There is no DOI or PMID to look for."), source)
        elif not notices:
            outcome = Outcome(State.NOT_FOUND, _("Not listed in this file. It says nothing about later days."), source)
        else:
            outcome = _from_notices(notices, source)
        yield citation, _settle(citation, outcome)


def screen_crossref(citations: Iterable[Citation], service: Service) -> Iterator[tuple[Citation, Outcome]]:
    """Ask Crossref for the notices of each citation, one by one."""
    for citation in citations:
        if not citation.doi:
            outcome = Outcome(State.UNAVAILABLE, _("There is no DOI to ask Crossref for."), service.label)
        else:
            answer = crossref.work(service, citation.doi)
            if isinstance(answer, Unavailable):
                outcome = Outcome(State.UNAVAILABLE, answer.reason, service.label)
            elif isinstance(answer, NotFound):
                outcome = Outcome(State.NOT_FOUND, _("Crossref does not know this DOI."), service.label)
            else:
                assert isinstance(answer, Found)
                today = timezone.localdate().isoformat()
                source = _("%(service)s on %(date)s") % {"service": service.label, "date": today}
                outcome = _from_notices(answer.notices, source)
        yield citation, _settle(citation, outcome)


def _from_notices(notices: Iterable[Notice], source: str) -> Outcome:
    notice = verdict(notices)
    if notice is None:
        return Outcome(State.FINE, _("No notice that still stands."), source)
    words = [OF_NOTICE[notice.state].label, notice.on.isoformat() if notice.on else "", notice.reason, notice.url]
    return Outcome(State.PROBLEM, ". ".join(str(word) for word in words if word), source, notice)


def _settle(citation: Citation, outcome: Outcome) -> Outcome:
    """Record the outcome. What a file did not list does not wipe out what Crossref found, nor the reverse."""
    if outcome.notice is not None:
        take_notice(citation, outcome.notice)
    elif outcome.state != State.FINE:
        earlier = citation.checks.filter(kind=Kind.RETRACTION, state__in=[State.PROBLEM, State.FINE]).first()
        if earlier is not None and earlier.source != outcome.source and outcome.state == State.UNAVAILABLE:
            return Outcome(earlier.state, earlier.detail, earlier.source)
    record(citation, Kind.RETRACTION, outcome)
    return outcome
