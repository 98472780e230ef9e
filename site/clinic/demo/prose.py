"""From the plain text of the data files to Wagtail's rich text: paragraphs, lists, links and citations.

The files use a handful of marks: a blank line between paragraphs, `- ` for a list item, `**bold**`,
`[text](/address/)` for a page of the site, and `[[source: key]]` for a citation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape

from pages.citations_in_text import entity_html
from research.models import Citation

SOURCE = re.compile(r"\s*\[\[source: ([a-z0-9-]+)\]\]")
LINK = re.compile(r"\[([^\]]+)\]\((/[^)]*)\)")
BOLD = re.compile(r"\*\*([^*]+)\*\*")


@dataclass(frozen=True)
class Prose:
    """Turns text into rich text, knowing citations by key and pages by address."""

    citations: Mapping[str, Citation] = field(default_factory=dict)
    pages: Mapping[str, int] = field(default_factory=dict)

    def __call__(self, text: str) -> str:
        """Rich text of several paragraphs and lists. Raises KeyError for a citation that does not exist."""
        blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
        return "".join(
            self._list(block) if block.startswith("- ") else f"<p>{self._line(block)}</p>" for block in blocks
        )

    def _list(self, block: str) -> str:
        items = [" ".join(item.split()) for item in re.split(r"(?:^|\n)\s*- ", block) if item.strip()]
        return "<ul>" + "".join(f"<li>{self._line(item)}</li>" for item in items) + "</ul>"

    def _line(self, text: str) -> str:
        line = escape(" ".join(text.split()), quote=False)
        line = BOLD.sub(r"<b>\1</b>", line)
        line = LINK.sub(self._link, line)
        cite: Callable[[re.Match[str]], str] = lambda match: entity_html(self.citations[match[1]])  # noqa: E731
        return SOURCE.sub(cite, line)

    def _link(self, match: re.Match[str]) -> str:
        pk = self.pages.get(match[2])
        return f'<a linktype="page" id="{pk}">{match[1]}</a>' if pk else f'<a href="{match[2]}">{match[1]}</a>'
