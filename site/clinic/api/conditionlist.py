"""The list of conditions as it is given without being asked for more: made from rows, not from pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from clinic.api.conditionrows import BRIEF, topics_of
from clinic.api.links import api_path, base_of_site, path_link
from pages.models import ConditionPage

LABEL = ConditionPage._meta.label


def in_brief(rows: Sequence[tuple[Any, ...]], request: HttpRequest) -> list[dict[str, Any]]:
    """Public condition pages from their rows in the order of BRIEF, as `pageshapes.ConditionItem` describes them."""
    base = base_of_site(request)
    pages = [dict(zip(BRIEF, row, strict=True)) for row in rows]
    topics = topics_of([page["pk"] for page in pages])
    return [
        {
            "id": page["pk"],
            "type": LABEL,
            "title": page["title"],
            "meta": {
                "type": LABEL,
                "detail_url": base + api_path("detail_page", page_id=page["pk"]),
                "html_url": path_link(page["url_path"], request),
                "slug": page["slug"],
                "locale": page["locale__language_code"],
                "live": True,
                "first_published_at": page["first_published_at"],
                "last_published_at": page["last_published_at"],
            },
            "summary": page["summary"],
            "topics": topics[page["pk"]],
            "review": {
                "reviewer": {name: page[f"reviewer__{name}"] for name in ("name", "credentials", "role", "demo")}
                if page["reviewer_id"]
                else None,
                "reviewed_on": page["reviewed_on"],
                "next_review": page["next_review"],
            },
        }
        for page in pages
    ]
