"""OpenAlex: one work by DOI or PMID. It knows open access and retraction, and its names are whole strings."""

from typing import Any
from urllib.parse import quote, urlencode

from research.formats.cleaning import clean_record
from research.formats.pages import join_pages
from research.lookup.client import ask_json, malformed
from research.lookup.results import Found, LookupResult
from research.lookup.services import Service
from research.retractions import Notice

TYPES = {
    "article": "article-journal", "review": "article-journal", "preprint": "article", "book": "book",
    "book-chapter": "chapter", "dataset": "dataset", "dissertation": "thesis", "report": "report",
    "editorial": "article-journal", "letter": "article-journal", "erratum": "article-journal",
}  # fmt: skip


def work(service: Service, scheme: str, value: str) -> LookupResult:
    """The work with an identifier; ``scheme`` is ``doi`` or ``pmid``."""
    query = urlencode({"mailto": service.contact} | ({"api_key": service.api_key} if service.api_key else {}))
    answer = ask_json(service, f"{service.base_url}/works/{scheme}:{quote(value, safe='/')}?{query}")
    if not isinstance(answer, dict):
        return answer
    ids = answer.get("ids")
    if not isinstance(ids, dict) or not str(ids.get(scheme, "")).lower().endswith(value.lower()):
        return malformed(service)
    record = clean_record(_raw(answer, ids), None)
    if not record.item.get("title"):
        return malformed(service)
    notices: tuple[Notice, ...] = ()
    if answer.get("is_retracted") is True:
        item = record.item
        address = str(answer.get("id") or "")
        notices = (Notice("retracted", item.get("DOI", ""), item.get("PMID", ""), None, address, "", service.label),)
    return Found(service.label, record.item, notices)


def _raw(answer: dict[str, Any], ids: dict[str, Any]) -> dict[str, Any]:
    kind = str(answer.get("type", ""))
    raw: dict[str, Any] = {"type": TYPES.get(kind, "document"), "custom": {}}
    if kind in {"review", "preprint"}:
        raw["custom"]["kind"] = kind
    raw["title"] = answer.get("title") or answer.get("display_name")
    raw["author"] = [name for entry in _dicts(answer.get("authorships")) if (name := _name(_dict(entry.get("author"))))]
    place = _dict(_dict(answer.get("primary_location")).get("source"))
    raw["container-title"] = place.get("display_name")
    raw["ISSN"] = place.get("issn_l")
    raw["publisher"] = place.get("host_organization_name")
    biblio = _dict(answer.get("biblio"))
    raw["volume"], raw["issue"] = biblio.get("volume"), biblio.get("issue")
    raw["page"] = join_pages(str(biblio.get("first_page") or ""), str(biblio.get("last_page") or ""))
    raw["issued"] = answer.get("publication_date") or answer.get("publication_year")
    raw["language"] = answer.get("language")
    raw["DOI"], raw["PMID"], raw["PMCID"] = ids.get("doi"), ids.get("pmid"), ids.get("pmcid")
    free = _dict(answer.get("open_access")).get("is_oa")
    if isinstance(free, bool):
        raw["custom"]["open_access"] = free
    return raw


def _name(author: dict[str, Any]) -> dict[str, str]:
    """The last word as family name: all that OpenAlex tells. A person checks it."""
    given, _space, family = str(author.get("display_name") or "").strip().rpartition(" ")
    return {"family": family, "given": given} if given else {"literal": family} if family else {}


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
