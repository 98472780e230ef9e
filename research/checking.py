"""Does a source still hold? Checks addresses and retractions of citations, and records what was found.

Each result is saved as soon as it is known, so a check that breaks off goes on where it was. Whatever could not
be asked is UNAVAILABLE and never reads as "all is well".
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from research.lookup import crossref
from research.lookup.fetch import FetchError, Policy, RefusedError, Response, fetch
from research.lookup.results import Found, NotFound, Unavailable
from research.lookup.services import Service, service
from research.models import Citation, CitationCheck
from research.retractions import Notice, read_retraction_watch, verdict
from research.status import OF_NOTICE, take_notice

Kind, State = CitationCheck.Kind, CitationCheck.State
ADDRESSES = {Kind.LINK: "url", Kind.ARCHIVE: "archive_url"}
SHY = {401, 403, 406, 418, 429, 451}
"""Statuses by which a site turns a program away although a person may see the page."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check found."""

    state: str
    detail: str = ""
    source: str = ""
    notice: Notice | None = None


def link_policy() -> Policy:
    """What the link check may fetch, after the setting RESEARCH_LINK_CHECKS (timeout, contact, hosts)."""
    options = getattr(settings, "RESEARCH_LINK_CHECKS", None) or {}
    hosts = frozenset(options["hosts"]) if options.get("hosts") else None
    return Policy(
        hosts=hosts, timeout=options.get("timeout", 10), max_bytes=64 * 1024, contact=options.get("contact", "")
    )


def due(kind: str, max_age: timedelta) -> QuerySet[Citation]:
    """Citations that this check applies to and that it has not seen for ``max_age``, longest waiting first."""
    recent = CitationCheck.objects.filter(citation=OuterRef("pk"), kind=kind, checked_at__gt=timezone.now() - max_age)
    citations = Citation.objects.all()
    if kind in ADDRESSES:
        citations = citations.exclude(**{ADDRESSES[Kind(kind)]: ""})
    return (
        citations.exclude(Exists(recent))
        .annotate(last_check=Min("checks__checked_at", filter=Q(checks__kind=kind)))
        .order_by(F("last_check").asc(nulls_first=True), "pk")
    )


def record(citation: Citation, kind: str, outcome: Outcome) -> CitationCheck:
    """Save what was found, in place of what was found before."""
    check, _created = CitationCheck.objects.update_or_create(
        citation=citation,
        kind=kind,
        defaults={
            "state": outcome.state,
            "detail": outcome.detail,
            "source": outcome.source[:300],
            "checked_at": timezone.now(),
        },
    )
    return check


def check_link(url: str, policy: Policy) -> Outcome:
    """Ask one address: first for its head, and for its page where a site does not answer that."""
    host = urlsplit(url).hostname or url
    try:
        response = fetch(url, policy, method="HEAD", truncate=True)
        if response.status >= 400:  # many sites answer HEAD wrongly
            response = fetch(url, policy, truncate=True)
    except RefusedError as error:
        return Outcome(State.PROBLEM, str(error), host)
    except FetchError as error:
        return Outcome(State.UNAVAILABLE, str(error), host)
    return _judged(url, response, host)


def _judged(url: str, response: Response, host: str) -> Outcome:
    told = {"status": response.status, "url": response.url}
    if response.status in {404, 410}:
        message = _("The page is gone (status %(status)d). Find its new address, or an archived copy.")
        return Outcome(State.PROBLEM, message % told, host)
    if response.status in SHY or response.status >= 500:
        return Outcome(State.UNAVAILABLE, _("The site does not let a program look (status %(status)d).") % told, host)
    if response.status >= 400:
        return Outcome(State.PROBLEM, _("The site answered with status %(status)d.") % told, host)
    before, after = urlsplit(url), urlsplit(response.url)
    if before.path.strip("/") and not after.path.strip("/") and not after.query:
        return Outcome(State.PROBLEM, _("The address leads to a home page: %(url)s") % told, host)
    if response.permanently_moved and (before.netloc, before.path) != (after.netloc, after.path):
        return Outcome(State.FINE, _("Moved for good to %(url)s. Change the address.") % told, host)
    return Outcome(State.FINE, "", host)


@dataclass(slots=True)
class LinkChecker:
    """Checks links one after the other, with a pause between two questions to the same host."""

    policy: Policy = field(default_factory=link_policy)
    pause: float = 1.0
    """Seconds between two questions to one host."""
    _asked: dict[str, float] = field(default_factory=dict)

    def check(self, citation: Citation, kind: str) -> Outcome:
        """One address of one citation, checked and recorded."""
        url = str(getattr(citation, ADDRESSES[Kind(kind)]))
        host = urlsplit(url).netloc
        left = self._asked.get(host, 0) + self.pause - time.monotonic()
        if left > 0 and host in self._asked:
            time.sleep(left)
        outcome = check_link(url, self.policy)
        self._asked[host] = time.monotonic()
        record(citation, kind, outcome)
        return outcome


def check_next(max_age: timedelta, checker: LinkChecker | None = None) -> list[Outcome]:
    """For each kind of check the record that has waited longest, if any is due: a bite for a worker with other work."""
    outcomes: list[Outcome] = []
    checker = checker or LinkChecker(pause=0)
    for kind in ADDRESSES:
        outcomes += [checker.check(citation, kind) for citation in due(kind, max_age)[:1]]
    if crossref_service := service("crossref"):
        waiting = due(Kind.RETRACTION, max_age).filter(doi__isnull=False)[:1]
        outcomes += [outcome for _citation, outcome in screen_crossref(waiting, crossref_service)]
    return outcomes


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
