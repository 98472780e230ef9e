"""Citations in the text editor: the entity of Draftail and its way to the database form and back."""

from __future__ import annotations

from typing import Any

from draftjs_exporter.dom import DOM
from wagtail.admin.rich_text.converters.html_to_contentstate import InlineEntityElementHandler

from research.models import Citation

FEATURE = "citation"
ENTITY = "CITATION"


class CitationElementHandler(InlineEntityElementHandler):
    """Database form to the editor's content state."""

    mutability = "IMMUTABLE"

    def get_attribute_data(self, attrs: dict[str, str]) -> dict[str, Any]:
        """What the editor shows when the citation is pointed at."""
        value = attrs.get("id", "")
        citation = Citation.objects.filter(pk=int(value)).first() if value.isdecimal() and len(value) < 19 else None
        return entity_data(citation) if citation else {"id": value, "missing": True}


def entity_data(citation: Citation) -> dict[str, Any]:
    """A citation as the editor's entity: also what the chooser hands back."""
    return {
        "id": str(citation.pk),
        "key": citation.key,
        "short_name": citation.short_name,
        "title": citation.title,
        "status": citation.get_status_display() if citation.status != "current" else "",
    }


def _to_database(props: dict[str, Any]) -> Any:
    return DOM.create_element("a", {"linktype": "citation", "id": props.get("id")}, props["children"])


CONTENTSTATE_RULE = {
    "from_database_format": {'a[linktype="citation"]': CitationElementHandler(ENTITY)},
    "to_database_format": {"entity_decorators": {ENTITY: _to_database}},
}
