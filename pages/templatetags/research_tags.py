"""Template tags of the research pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from pages import jsonld
from research.markup import coins as openurl
from research.models import Citation

register = template.Library()


@register.simple_tag
def json_ld(node: dict[str, Any]) -> SafeString:
    """Structured data as a data block, in which no text can end the element."""
    return mark_safe(f'<script type="application/ld+json">{jsonld.dumps(node)}</script>')


@register.simple_tag
def coins(citation: Citation) -> SafeString:
    """The COinS span by which Zotero finds the record in a list."""
    return format_html('<span class="Z3988" title="{}"></span>', openurl(citation.to_csl()))
