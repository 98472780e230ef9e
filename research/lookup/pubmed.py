"""NCBI's E-utilities: one record of PubMed by its PMID, or by a DOI that leads to one PMID."""

from urllib.parse import urlencode

from research.formats import nbib
from research.formats.parsing import ImportRefusedError
from research.lookup.client import ABSENT, ask, ask_json, malformed
from research.lookup.fetch import Response
from research.lookup.results import Found, LookupResult, NotFound
from research.lookup.services import Service
from research.retractions import Notice


def _address(service: Service, tool: str, **values: str) -> str:
    query = {"db": "pubmed", "tool": "wellcited", "email": service.contact, **values}
    if service.api_key:
        query["api_key"] = service.api_key
    return f"{service.base_url}/{tool}.fcgi?{urlencode(query)}"


def article(service: Service, pmid: str) -> LookupResult:
    """The record with a normalised PMID."""
    url = _address(service, "efetch", id=pmid, rettype="medline", retmode="text")
    answer = ask(service, url, "text/plain", ABSENT | {400})  # 400 for a number that was never given out
    if not isinstance(answer, Response):
        return answer
    text = answer.body.decode("utf-8", "replace").strip()
    if not text or ("Error occurred" in text[:200] and "PMID-" not in text):
        return NotFound(service.label)
    try:
        records = nbib.parse(text).records
    except ImportRefusedError:
        return malformed(service)
    if len(records) != 1 or records[0].item.get("PMID") != pmid or not records[0].item.get("title"):
        return malformed(service)
    item = records[0].item
    item["title"] = item["title"].removesuffix(".")
    retraction = item.get("custom", {}).pop("retraction", None)
    notices: tuple[Notice, ...] = ()
    if retraction:
        state, words = retraction["status"], retraction["note"]
        address = f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"
        notices = (Notice(state, item.get("DOI", ""), pmid, None, address, words, service.label),)
    return Found(service.label, item, notices)


def article_by_doi(service: Service, doi: str) -> LookupResult:
    """The record whose article identifier is a DOI; NotFound unless exactly one has it."""
    answer = ask_json(service, _address(service, "esearch", term=f'"{doi}"[aid]', retmode="json"))
    if not isinstance(answer, dict):
        return answer
    result = answer.get("esearchresult")
    ids = result.get("idlist") if isinstance(result, dict) else None
    if not isinstance(ids, list):
        return malformed(service)
    if len(ids) != 1 or not str(ids[0]).isdigit():
        return NotFound(service.label)
    found = article(service, str(ids[0]))
    if isinstance(found, Found) and found.item.get("DOI") != doi:
        return NotFound(service.label)
    return found
