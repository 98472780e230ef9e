"""Crossref's REST API: one work by its DOI, with the notices that update it (``updated-by``)."""

from typing import Any
from urllib.parse import quote, urlencode

from research.formats.cleaning import clean_record
from research.formats.csl import date_parts
from research.formats.dates import parse_date
from research.formats.kinds import CROSSREF_TYPES as WORK_TYPES
from research.lookup.client import ask_json, malformed
from research.lookup.results import Found, LookupResult
from research.lookup.services import Service
from research.retractions import CROSSREF_TYPES, Notice, parse_day


def work(service: Service, doi: str) -> LookupResult:
    """The work with a normalised DOI."""
    url = f"{service.base_url}/works/{quote(doi, safe='')}?{urlencode({'mailto': service.contact})}"
    answer = ask_json(service, url)
    if not isinstance(answer, dict):
        return answer
    message = answer.get("message")
    if not isinstance(message, dict) or str(message.get("DOI", "")).lower() != doi:
        return malformed(service)
    record = clean_record(_raw(message), None)
    if not record.item.get("title"):
        return malformed(service)
    return Found(service.label, record.item, tuple(_notices(message, doi, service)))


def _raw(message: dict[str, Any]) -> dict[str, Any]:
    kind = str(message.get("type", ""))
    raw: dict[str, Any] = {"type": WORK_TYPES.get(kind, "document"), "custom": {}}
    for field, name in (
        ("title", "title"),
        ("container-title", "container-title"),
        ("container-title-short", "short-container-title"),
    ):
        raw[field] = _first(message.get(name))
    subtitle = _first(message.get("subtitle"))
    if raw["title"] and subtitle and subtitle.lower() not in raw["title"].lower():
        raw["title"] = f"{raw['title'].rstrip(':.')}: {subtitle}"
    if kind == "posted-content":
        raw["custom"]["kind"] = "preprint"
        institutions = message.get("institution")
        if not raw["container-title"] and isinstance(institutions, list) and institutions:
            raw["container-title"] = institutions[0].get("name") if isinstance(institutions[0], dict) else ""
    raw["author"] = [_name(person) for person in message.get("author") or [] if isinstance(person, dict)]
    dates = [message.get(key) for key in ("published-print", "issued", "published")]
    raw["issued"] = next((value for value in dates if date_parts(parse_date(value))), None)
    raw["page"] = message.get("page") or message.get("article-number")
    for field in ("volume", "issue", "publisher", "language", "DOI"):
        raw[field] = message.get(field)
    raw["ISSN"], raw["ISBN"] = _first(message.get("ISSN")), _first(message.get("ISBN"))
    return raw


def _first(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return value if isinstance(value, str) else ""


def _name(person: dict[str, Any]) -> dict[str, Any]:
    if person.get("name"):
        return {"literal": person["name"]}
    return {key: person[key] for key in ("family", "given", "suffix") if person.get(key)}


def _notices(message: dict[str, Any], doi: str, service: Service) -> list[Notice]:
    notices = []
    for update in message.get("updated-by") or []:
        if not isinstance(update, dict):
            continue
        state = CROSSREF_TYPES.get(str(update.get("type", "")).lower().replace(" ", "_"))
        if state is None:
            continue  # a new version or a new edition takes nothing back
        parts = date_parts(parse_date(update.get("updated")))
        day = parse_day("-".join(f"{part:02d}" for part in parts)) if len(parts) == 3 else None
        notice_doi = str(update.get("DOI", ""))
        url = f"https://doi.org/{quote(notice_doi.lower(), safe='/()-._;')}" if notice_doi.startswith("10.") else ""
        told_by = str(update.get("source") or "")
        source = service.label if told_by in {"", "publisher"} else f"{service.label} ({told_by})"
        notices.append(
            Notice(state, doi=doi, on=day, url=url, reason=str(update.get("label") or "")[:200], source=source)
        )
    return notices
