"""Do the addresses of citations still lead where they should? Asked gently: one question at a time, little of the page.

A site that turns programs away proves nothing about the page, and one look that failed proves little: what a person
should see to is decided over several looks (`research.models.checks`). A DOI is asked of its resolver alone: behind
it stand publishers who turn programs away.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from research.checking.records import Outcome, record
from research.lookup.fetch import REDIRECTS, FetchError, Policy, RefusedError, Response, fetch
from research.models import Citation, CitationCheck
from research.models.checks import ADDRESSES

Kind, State = CitationCheck.Kind, CitationCheck.State
SHY = {401, 402, 403, 405, 406, 407, 418, 421, 423, 425, 428, 429, 430, 451, 999}
"""Statuses by which a site turns a program away although a person may see the page."""
GONE = {404, 410}
RESOLVERS = {"doi.org", "dx.doi.org", "www.doi.org"}


def link_policy() -> Policy:
    """What the link check may fetch, after the setting RESEARCH_LINK_CHECKS (timeout, contact, hosts)."""
    options = getattr(settings, "RESEARCH_LINK_CHECKS", None) or {}
    hosts = frozenset(options["hosts"]) if options.get("hosts") else None
    return Policy(
        hosts=hosts, timeout=options.get("timeout", 10), max_bytes=64 * 1024, contact=options.get("contact", "")
    )


def doi_address(doi: str) -> str:
    """Where a DOI is asked for: doi.org, or the ``doi_resolver`` of RESEARCH_LINK_CHECKS."""
    options = getattr(settings, "RESEARCH_LINK_CHECKS", None) or {}
    return str(options.get("doi_resolver", "https://doi.org/")) + quote(doi, safe="/;()._-:")


def check_link(url: str, policy: Policy) -> Outcome:
    """Ask one address: first for its head, and for its page where a site does not answer that."""
    host = urlsplit(url).hostname or url
    if host in RESOLVERS:
        return check_doi(url, policy)
    try:
        return _judged(url, _ask(url, policy), host)
    except RefusedError as error:
        return Outcome(State.PROBLEM, str(error), host, works=False)
    except FetchError as error:
        return Outcome(State.UNAVAILABLE, str(error), host, works=False)


def check_doi(url: str, policy: Policy) -> Outcome:
    """Ask a DOI's resolver whether it knows the DOI; where that leads to is not asked."""
    host = urlsplit(url).hostname or url
    try:
        response = fetch(url, policy, method="HEAD", truncate=True, follow=False)
    except FetchError as error:
        return Outcome(State.UNAVAILABLE, str(error), host)
    if response.status in REDIRECTS or response.status < 300:
        return Outcome(State.FINE, "", host, works=True)
    if response.status in GONE:
        message = _("The DOI leads nowhere: doi.org does not know it. Compare it with the source.")
        return Outcome(State.PROBLEM, message, host, works=False)
    return _shy(response, host)


def _ask(url: str, policy: Policy) -> Response:
    try:
        response = fetch(url, policy, method="HEAD", truncate=True)
    except RefusedError:
        raise
    except FetchError:  # some servers fall silent at HEAD
        return fetch(url, policy, truncate=True)
    if response.status < 400 or response.status == 429:
        return response
    return fetch(url, policy, truncate=True)  # many sites answer HEAD wrongly


def _judged(url: str, response: Response, host: str) -> Outcome:
    told = {"status": response.status, "url": response.url}
    if response.status in GONE:
        message = _("The page is gone (status %(status)d). Find its new address, or an archived copy.")
        return Outcome(State.PROBLEM, message % told, host, works=False)
    if response.status in SHY or (response.status == 503 and "cloudflare" in response.headers.get("server", "")):
        return _shy(response, host)
    if response.status >= 500:
        message = _("The site is out of order (status %(status)d).")
        waiting = "retry-after" in response.headers
        return Outcome(State.UNAVAILABLE, message % told, host, works=False, asks_to_wait=waiting)
    if response.status >= 400:
        message = _("The site answered with status %(status)d.")
        return Outcome(State.PROBLEM, message % told, host, works=False)
    before, after = urlsplit(url), urlsplit(response.url)
    if before.path.strip("/") and not after.path.strip("/") and not after.query:
        return Outcome(State.PROBLEM, _("The address leads to a home page: %(url)s") % told, host, works=False)
    if response.permanently_moved and _place(before) != _place(after):
        message = _("Moved for good to %(url)s. Change the address.")
        return Outcome(State.MOVED, message % told, host, works=True)
    return Outcome(State.FINE, "", host, works=True)


def _shy(response: Response, host: str) -> Outcome:
    message = _("The site does not let a program look (status %(status)d).")
    told = {"status": response.status}
    return Outcome(State.UNAVAILABLE, message % told, host, asks_to_wait=response.status == 429)


def _place(parts: SplitResult) -> tuple[str, str, str]:
    """An address without what readers never miss: www., https, a slash at the end."""
    return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/"), parts.query


@dataclass(slots=True)
class LinkChecker:
    """Checks links one after the other, with a pause between two questions to the same host.

    A host that asks to be left alone is, for the rest of the run: its records wait for the next one.
    """

    policy: Policy = field(default_factory=link_policy)
    pause: float = 1.0
    """Seconds between two questions to one host."""
    _asked: dict[str, float] = field(default_factory=dict)
    _resting: set[str] = field(default_factory=set)

    def check(self, citation: Citation, kind: str) -> Outcome:
        """One address of one citation, checked and recorded."""
        url = str(getattr(citation, ADDRESSES[kind]))
        url = doi_address(url) if kind == Kind.DOI else url
        host = urlsplit(url).netloc
        if host in self._resting:
            return Outcome(State.UNAVAILABLE, _("The site asked us to wait: left for the next run."), host)
        left = self._asked.get(host, 0) + self.pause - time.monotonic()
        if left > 0 and host in self._asked:
            time.sleep(left)
        outcome = check_doi(url, self.policy) if kind == Kind.DOI else check_link(url, self.policy)
        self._asked[host] = time.monotonic()
        if outcome.asks_to_wait:
            self._resting.add(host)
        record(citation, kind, outcome)
        return outcome
