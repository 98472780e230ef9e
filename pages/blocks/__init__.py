"""Stream blocks. ROW_BLOCKS are label-and-text rows; BODY_BLOCKS are what prose sections are made of."""

from __future__ import annotations

from wagtail import blocks

CLAIM_TEXT_FEATURES = ["bold", "italic", "link", "ul", "ol", "citation"]


class RowBlock(blocks.StructBlock):
    """One row of a summary list: what it is about, and the text."""

    label = blocks.CharBlock(max_length=80)
    text = blocks.RichTextBlock(features=CLAIM_TEXT_FEATURES)

    class Meta:
        icon = "list-ul"
        label = "Row"
        template = "components/blocks/row.html"


class HeadingBlock(blocks.CharBlock):
    """A second-level heading inside a body."""

    class Meta:
        icon = "title"
        template = "components/blocks/heading.html"


ROW_BLOCKS = [("row", RowBlock())]
BODY_BLOCKS = [
    ("heading", HeadingBlock(max_length=120)),
    ("text", blocks.RichTextBlock(features=["h3", *CLAIM_TEXT_FEATURES])),
]
