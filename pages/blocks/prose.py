"""Blocks of words: headings, text, rows, call-outs, quotes and tables."""

from __future__ import annotations

from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock

CLAIM_TEXT_FEATURES = ["bold", "italic", "link", "document-link", "ul", "ol", "citation"]


class RowBlock(blocks.StructBlock):
    """One row of a summary list: what it is about, and the text."""

    label = blocks.CharBlock(label=_("Label"), max_length=80, help_text=_("Two or three words, e.g. “On the day”."))
    text = blocks.RichTextBlock(label=_("Text"), features=CLAIM_TEXT_FEATURES)

    class Meta:
        icon = "list-ul"
        label = _("Row")
        label_format = "{label}"
        template = "components/blocks/row.html"
        preview_value = {"label": "On the day", "text": "<p>You can’t drive until the next day.</p>"}


class HeadingBlock(blocks.CharBlock):
    """A second-level heading inside a body. Its words make the anchor that links can point to."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=120, **kwargs)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Adds the anchor."""
        return {**super().get_context(value, parent_context=parent_context), "anchor": anchor(str(value))}

    class Meta:
        icon = "title"
        label = _("Heading")
        template = "components/blocks/heading.html"
        description = _("Starts a new section of the page.")
        preview_value = "What to bring"


class TextBlock(blocks.RichTextBlock):
    """Paragraphs, lists and smaller headings, with citations at the cursor."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", ["h3", *CLAIM_TEXT_FEATURES])
        super().__init__(**kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "components/blocks/text.html"
        description = _("Paragraphs and lists. A statement of fact needs a citation.")
        preview_value = (
            "<p>You rest in a chair in a quiet room. A nurse stays with you.</p>"
            "<ul><li>Wear comfortable clothes.</li><li>Bring a list of your medicines.</li></ul>"
        )


class CalloutBlock(blocks.StructBlock):
    """A short text set apart. Crisis help is not made with it: that comes from the clinic settings."""

    kind = blocks.ChoiceBlock(
        label=_("Kind"),
        choices=[("note", _("Note: good to know")), ("warning", _("Caution: mind this"))],
        default="note",
    )
    title = blocks.CharBlock(label=_("Title"), max_length=100)
    text = blocks.RichTextBlock(label=_("Text"), features=CLAIM_TEXT_FEATURES)

    class Meta:
        icon = "warning"
        label = _("Call-out")
        label_format = "{title}"
        template = "components/blocks/callout.html"
        description = _("A few sentences set apart from the text.")
        preview_value = {
            "kind": "note",
            "title": "Please eat lightly",
            "text": "<p>Have nothing to eat for four hours before your visit.</p>",
        }


class QuoteBlock(blocks.StructBlock):
    """Somebody's words. Not for testimonials of outcome: they are not evidence."""

    text = blocks.TextBlock(label=_("Words"), max_length=600)
    who = blocks.CharBlock(label=_("Who said it"), max_length=120)
    where = blocks.CharBlock(
        label=_("Role or place"), max_length=160, required=False, help_text=_("E.g. Infusion nurse.")
    )

    class Meta:
        icon = "openquote"
        label = _("Quote")
        label_format = "{who}"
        template = "components/blocks/quote.html"
        description = _("Words of a colleague or an author. Please, no promises of success.")
        preview_value = {
            "text": "We would rather say no than guess.",
            "who": "Jordan Sample",
            "where": "Medical director",
        }


class TableBlock(TypedTableBlock):
    """A table with a caption and column headings; the first column heads its row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            [
                ("text", blocks.CharBlock(label=_("Words"))),
                (
                    "rich_text",
                    blocks.RichTextBlock(label=_("Text with links and citations"), features=CLAIM_TEXT_FEATURES),
                ),
            ],
            **kwargs,
        )

    class Meta:
        icon = "table"
        label = _("Table")
        template = "components/blocks/table.html"
        description = _("Figures side by side. Give it a caption: it is what screen readers announce.")
        preview_value = {
            "caption": "Prices",
            "columns": [{"type": "text", "heading": "What"}, {"type": "text", "heading": "Price"}],
            "rows": [{"values": ["First call", "Free"]}, {"values": ["Evaluation", "$250"]}],
        }


def anchor(words: str) -> str:
    """Returns the id that a heading gets, e.g. "what-to-bring"."""
    return slugify(words)[:60] or "section"
