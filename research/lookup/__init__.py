"""Looks a work up by its DOI or PMID at the services that are configured. Off unless configured; only suggests."""

from django.utils.translation import gettext as _

from research.identifiers import normalize_doi, normalize_pmid
from research.lookup import crossref, openalex, pubmed
from research.lookup.results import Found, LookupResult, NotFound, Unavailable
from research.lookup.services import configured

__all__ = ["Found", "LookupResult", "NotFound", "Unavailable", "is_on", "look_up"]


def is_on() -> bool:
    """Whether any service may be asked."""
    return bool(configured())


def look_up(identifier: str) -> list[LookupResult]:
    """What each configured service says of a DOI or PMID, one after the other; empty while look-ups are off.

    Raises ValueError with a sentence for a person when the text is neither.
    """
    doi, pmid = _read(identifier)
    services = configured()
    results: list[LookupResult] = []
    if doi and "crossref" in services:
        results.append(crossref.work(services["crossref"], doi))
    if "pubmed" in services:
        results.append(
            pubmed.article_by_doi(services["pubmed"], doi) if doi else pubmed.article(services["pubmed"], pmid)
        )
    if "openalex" in services:
        scheme, value = ("doi", doi) if doi else ("pmid", pmid)
        results.append(openalex.work(services["openalex"], scheme, value))
    return results


def _read(identifier: str) -> tuple[str, str]:
    try:
        return "", normalize_pmid(identifier)
    except ValueError:
        pass
    try:
        return normalize_doi(identifier), ""
    except ValueError as error:
        raise ValueError(
            _("Give a DOI (10.1016/j.pain.2009.06.023) or a PMID (19604642). “%(value)s” is neither.")
            % {"value": identifier.strip()[:80]}
        ) from error
