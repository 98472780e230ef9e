"""Rich text that is clean in the database, whichever way it came: editor, API, import or a script of somebody's.

Wagtail cleans in its editor alone; what is stored past it is rendered as it is, scripts included, and text whose tags
do not match can no longer be opened for editing (html_to_contentstate.py: "Unmatched tags").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import nh3
from django.db import models
from wagtail import fields

#: Wagtail's database format (docs: "Rich text internals"): its own links and embeds are empty elements with ids.
TAGS = {
    *("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "hr", "br", "a", "embed"),
    *("b", "strong", "i", "em", "u", "s", "del", "sub", "sup", "code", "pre", "small", "mark", "abbr"),
}
ATTRIBUTES = {
    "*": {"data-block-key", "lang"},
    "a": {"linktype", "id", "href"},
    "embed": {"embedtype", "id", "alt", "format", "url"},
    "abbr": {"title"},
}
SCHEMES = {"http", "https", "mailto", "tel", "sms"}
_EMPTY = re.compile(r"<(embed|br|hr)\b([^>]*)>")  # attributes hold no ">": nh3 writes &gt;


def clean(html: str) -> str:
    """Returns rich text with nothing in it but what Wagtail's database format knows, every element closed."""
    if "<" not in html:
        return html
    safe = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)
    return _EMPTY.sub(r"<\1\2/>", safe)  # Wagtail finds its embeds by the closing slash


class RichTextField(fields.RichTextField):
    """Wagtail's RichTextField; what it keeps, in the table and in drafts, is clean."""

    if TYPE_CHECKING:  # Wagtail is not typed; a subclass that is would pass for the value of its attribute

        def __get__(self, instance: Any, owner: Any) -> Any: ...

    def get_prep_value(self, value: Any) -> Any:
        """What goes into the table."""
        prepared = super().get_prep_value(value)
        return clean(prepared) if isinstance(prepared, str) else prepared

    def value_from_object(self, obj: models.Model) -> Any:
        """What goes into a draft, and into the editor."""
        value = super().value_from_object(obj)
        return clean(value) if isinstance(value, str) else value

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Described to migrations as Wagtail's own: the column is the same."""
        name, _path, arguments, options = super().deconstruct()
        return name, "wagtail.fields.RichTextField", arguments, options
