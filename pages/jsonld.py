"""Structured data in schema.org's vocabulary: one JSON-LD graph a page.

Page types add their own nodes through a method `structured_data(ids)`; what every page shares is made here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.http import HttpRequest
from django.utils.html import strip_tags
from wagtail.models import Page
from wagtail.rich_text import get_text_for_indexing

from pages.frame import Frame, Hours
from pages.meta import description_of
from pages.trail import trail_of

Node = dict[str, Any]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ESCAPED = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


@dataclass(frozen=True)
class Ids:
    """Addresses that nodes refer to each other by: the site's root, its clinic, and the page."""

    root: str
    page: str
    language: str

    @property
    def clinic(self) -> str:
        """The clinic's node."""
        return f"{self.root}#clinic"


def graph(page: Page, frame: Frame, request: HttpRequest) -> Node:
    """Returns the whole graph for a page."""
    address = page.get_full_url(request) or request.build_absolute_uri()
    ids = Ids(urljoin(address, frame.home), address, str(getattr(request, "LANGUAGE_CODE", "en")))
    nodes = [clinic(frame, ids), *_own(page, ids)]
    if ids.page == ids.root:
        nodes.append(
            {
                "@type": "WebSite",
                "@id": f"{ids.root}#site",
                "url": ids.root,
                "name": frame.name,
                "publisher": {"@id": ids.clinic},
            }
        )
    trail = [(link.text, urljoin(ids.root, link.href)) for link in trail_of(page, request)]
    if trail:
        nodes.append(breadcrumbs([*trail, (page.title, ids.page)]))
    return {"@context": "https://schema.org", "@graph": nodes}


def dumps(node: Node) -> str:
    """Serialises a graph so that no text in it can end the script element."""
    return json.dumps(node, ensure_ascii=False, separators=(",", ":")).translate(ESCAPED)


def plain(markup: str) -> str:
    """Returns rich text as plain text, for properties that take text."""
    return " ".join(strip_tags(get_text_for_indexing(markup)).split())


def clinic(frame: Frame, ids: Ids) -> Node:
    """The clinic itself, with address and opening hours."""
    node: Node = {"@type": "MedicalClinic", "@id": ids.clinic, "name": frame.name, "url": ids.root}
    if frame.legal_name and frame.legal_name != frame.name:
        node["legalName"] = frame.legal_name
    if frame.phone:
        node["telephone"] = frame.phone.href.removeprefix("tel:")
    if frame.email:
        node["email"] = frame.email
    if frame.fax:
        node["faxNumber"] = frame.fax
    if frame.street:
        address = {
            "@type": "PostalAddress",
            "streetAddress": frame.street,
            "addressLocality": frame.city,
            "addressRegion": frame.region,
            "postalCode": frame.postal_code,
            "addressCountry": frame.country,
        }
        node["address"] = {name: value for name, value in address.items() if value}
    if frame.hours:
        node["openingHoursSpecification"] = [_opening(hours) for hours in frame.hours]
    return node


def web_page(page: Page, ids: Ids, kind: str = "WebPage") -> Node:
    """A page as such; more specific kinds add to it."""
    node: Node = {
        "@type": kind,
        "@id": f"{ids.page}#page",
        "url": ids.page,
        "name": page.seo_title or page.title,
        "inLanguage": ids.language,
        "publisher": {"@id": ids.clinic},
    }
    if description := description_of(page):
        node["description"] = description
    if page.first_published_at:
        node["datePublished"] = page.first_published_at.date().isoformat()
    changed = getattr(page, "last_changed", None) or page.last_published_at
    if changed:
        node["dateModified"] = changed.isoformat()[:10]
    return node


def article(page: Page, ids: Ids) -> Node:
    """A page of prose."""
    return web_page(page, ids, "Article") | {
        "headline": page.title[:110],
        "author": {"@id": ids.clinic},
        "mainEntityOfPage": ids.page,
    }


def medical_web_page(page: Any, ids: Ids, audience: str = "Patient") -> Node:
    """A page of medical content with its review: `reviewedBy` and `lastReviewed` only when they are true."""
    node = web_page(page, ids, "MedicalWebPage")
    node["medicalAudience"] = {"@type": "MedicalAudience", "audienceType": audience}
    if page.reviewer_id and page.reviewed_on and not page.reviewer.demo:
        node["reviewedBy"] = person(page.reviewer, ids)
    if page.reviewed_on:
        node["lastReviewed"] = page.reviewed_on.isoformat()
    return node


def person(who: Any, ids: Ids) -> Node:
    """A member of the team."""
    node: Node = {"@type": "Person", "name": who.name, "jobTitle": who.role, "worksFor": {"@id": ids.clinic}}
    if who.credentials:
        node["honorificSuffix"] = who.credentials
    return node


def condition(name: str, signs: list[str], other_names: list[str], ids: Ids) -> Node:
    """A medical condition with its signs."""
    node: Node = {"@type": "MedicalCondition", "@id": f"{ids.page}#condition", "name": name}
    if other_names:
        node["alternateName"] = other_names
    if signs:
        node["signOrSymptom"] = [{"@type": "MedicalSignOrSymptom", "name": sign} for sign in signs]
    return node


def questions(pairs: list[tuple[str, str]], ids: Ids) -> Node:
    """Questions with their answers; `pairs` hold the question and the answer as rich text."""
    return {
        "@type": "FAQPage",
        "@id": f"{ids.page}#questions",
        "url": ids.page,
        "mainEntity": [
            {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": plain(answer)}}
            for question, answer in pairs
        ],
    }


def breadcrumbs(trail: list[tuple[str, str]]) -> Node:
    """The way to the page; `trail` holds names with full addresses, home first, the page itself last."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": address}
            for position, (name, address) in enumerate(trail, 1)
        ],
    }


def _own(page: Page, ids: Ids) -> list[Node]:
    own = getattr(page, "structured_data", None)
    return own(ids) if own else [web_page(page, ids)]


def _opening(hours: Hours) -> Node:
    return {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": [f"https://schema.org/{DAYS[day - 1]}" for day in hours.days],
        "opens": hours.opens.strftime("%H:%M"),
        "closes": hours.closes.strftime("%H:%M"),
    }
