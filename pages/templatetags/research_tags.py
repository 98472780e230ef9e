"""Template tags of the research pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from pages import jsonld
from research.formats.coins import context_object
from research.models import Citation, Topic

register = template.Library()


@register.simple_tag
def json_ld(node: dict[str, Any]) -> SafeString:
    """Structured data as a data block, in which no text can end the element."""
    return mark_safe(f'<script type="application/ld+json">{jsonld.dumps(node)}</script>')


@register.simple_tag
def coins(citation: Citation) -> SafeString:
    """The COinS span by which Zotero finds the record in a list."""
    return format_html('<span class="Z3988" title="{}"></span>', context_object(citation.to_csl()))


@register.simple_tag(takes_context=True)
def condition_link(context: dict[str, Any], topic: Topic | None) -> SafeString:
    """A link to the page about the group's condition, where there is one."""
    if topic is None:
        return mark_safe("")
    page = getattr(topic, "page", None)
    if page is None:
        return mark_safe("")
    words = _("Our page about %(condition)s") % {"condition": page.title}
    return format_html('<p class="more"><a href="{}">{}</a></p>', page.get_url(context.get("request")) or "", words)


@register.filter
def people(count: int | None) -> str:
    """A number of people as it is read: 5,299."""
    return number_format(count, use_l10n=True, force_grouping=True) if count is not None else ""
