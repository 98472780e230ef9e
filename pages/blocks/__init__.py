"""Stream blocks: what the body of a page is made of, and the rows of a summary list.

BODY_BLOCKS stand in any body, ROW_BLOCKS are label and text, QUESTION_GROUPS make a questions page.

Each block carries its template, its preview and its form for the API together.
"""

from django.utils.translation import gettext_lazy as _

from pages.blocks.media import DocumentBlock, ImageBlock, VideoBlock
from pages.blocks.prose import CalloutBlock, HeadingBlock, QuoteBlock, RowBlock, TableBlock, TextBlock
from pages.blocks.sections import (
    CallToActionBlock,
    ContactBlock,
    PeopleBlock,
    QuestionGroupBlock,
    QuestionsBlock,
    StepsBlock,
)

TEXT, PICTURES, SECTIONS = _("Text"), _("Pictures and files"), _("Ready-made sections")

ROW_BLOCKS = [("row", RowBlock())]
QUESTION_GROUPS = [("group", QuestionGroupBlock())]
BODY_BLOCKS = [
    ("heading", HeadingBlock(group=TEXT)),
    ("text", TextBlock(group=TEXT)),
    ("callout", CalloutBlock(group=TEXT)),
    ("quote", QuoteBlock(group=TEXT)),
    ("table", TableBlock(group=TEXT)),
    ("image", ImageBlock(group=PICTURES)),
    ("video", VideoBlock(group=PICTURES)),
    ("document", DocumentBlock(group=PICTURES)),
    ("steps", StepsBlock(group=SECTIONS)),
    ("questions", QuestionsBlock(group=SECTIONS)),
    ("people", PeopleBlock(group=SECTIONS)),
    ("contact", ContactBlock(group=SECTIONS)),
    ("cta", CallToActionBlock(group=SECTIONS)),
]

__all__ = ["BODY_BLOCKS", "QUESTION_GROUPS", "ROW_BLOCKS"]
