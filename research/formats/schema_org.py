"""JSON-LD of one reference in the terms of schema.org: ScholarlyArticle and its siblings."""

from typing import Any

from research.formats.csl import CslItem, CslName, iso_date
from research.formats.kinds import KINDS, kind_of
from research.formats.pages import split_pages


def json_ld(item: CslItem, url: str = "") -> dict[str, Any]:
    """The reference as a JSON-LD object. ``url`` is the page that describes it; the work itself is ``sameAs``."""
    kind = kind_of(item)
    data: dict[str, Any] = {"@context": "https://schema.org", "@type": KINDS[kind].schema_org}
    data["name" if kind in {"book", "trial-registration", "web-resource"} else "headline"] = item.get("title", "")
    data["author"] = [_agent(name) for name in item.get("author", [])]
    data["datePublished"] = iso_date(item.get("issued"))
    data["inLanguage"] = item.get("language", "")
    data["publisher"] = {"@type": "Organization", "name": item["publisher"]} if item.get("publisher") else None
    data["identifier"] = _identifiers(item)
    data["isbn"] = item.get("ISBN", "") if kind == "book" else ""
    data["url"] = url
    data["sameAs"] = _addresses(item)
    if kind in {"journal-article", "review", "guideline", "preprint"}:
        data["pageStart"], data["pageEnd"] = split_pages(item.get("page", ""))
        data["isPartOf"] = _part_of(item)
    elif item.get("container-title"):
        data["isPartOf"] = {"@type": "CreativeWork", "name": item["container-title"]}
    return {key: value for key, value in data.items() if value not in ("", [], {}, None)}


def _agent(name: CslName) -> dict[str, str]:
    if name.get("literal"):
        return {"@type": "Organization", "name": name["literal"]}
    family = " ".join(part for part in (name.get("non-dropping-particle", ""), name.get("family", "")) if part)
    whole = " ".join(part for part in (name.get("given", ""), name.get("dropping-particle", ""), family) if part)
    person = {"@type": "Person", "name": whole, "familyName": family, "givenName": name.get("given", "")}
    return {key: value for key, value in person.items() if value}


def _identifiers(item: CslItem) -> list[dict[str, str]]:
    custom = item.get("custom", {})
    known = (
        ("DOI", item.get("DOI")),
        ("PMID", item.get("PMID")),
        ("PMCID", item.get("PMCID")),
        ("NCT", custom.get("nct_id")),
    )
    return [{"@type": "PropertyValue", "propertyID": name, "value": str(value)} for name, value in known if value]


def _addresses(item: CslItem) -> list[str]:
    addresses = [f"https://doi.org/{item['DOI']}" if item.get("DOI") else ""]
    addresses.append(f"https://pubmed.ncbi.nlm.nih.gov/{item['PMID']}/" if item.get("PMID") else "")
    addresses.append(item.get("URL", ""))
    return [address for address in addresses if address]


def _part_of(item: CslItem) -> dict[str, Any] | None:
    """Issue within volume within journal, as far as known."""
    if not item.get("container-title"):
        return None
    part: dict[str, Any] = {"@type": "Periodical", "name": item["container-title"]}
    if item.get("ISSN"):
        part["issn"] = item["ISSN"]
    if item.get("volume"):
        part = {"@type": "PublicationVolume", "volumeNumber": item["volume"], "isPartOf": part}
    if item.get("issue"):
        part = {"@type": "PublicationIssue", "issueNumber": item["issue"], "isPartOf": part}
    return part
