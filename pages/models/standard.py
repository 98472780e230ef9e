"""StandardPage: a page of body blocks, for everything that has no type of its own."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from pages import jsonld
from pages.blocks import BODY_BLOCKS
from pages.blocks.anchors import headings_of
from pages.evidence_form import evidence_panels
from pages.fields import LeanStreamField
from pages.models.base import BasePage


class StandardPage(BasePage):
    """Costs, what to expect, how we work, and the like."""

    summary = models.TextField(
        _("summary"), max_length=400, blank=True, help_text=_("One or two sentences under the title.")
    )
    body = LeanStreamField(BODY_BLOCKS, verbose_name=_("body"), blank=True)

    content_panels = [*Page.content_panels, *evidence_panels(), FieldPanel("summary"), FieldPanel("body")]

    page_description = _("Any mix of headings, text, pictures, tables and ready-made sections.")

    class Meta:
        verbose_name = _("standard page")

    @property
    def shows_band(self) -> bool:
        """Whether the closing call to action stands below: not where the page has one of its own."""
        return bool(self.body) and not any(block.block_type in {"cta", "contact"} for block in self.body)

    def sections(self, context: dict[str, Any]) -> list[tuple[str, str]]:
        """The headings of the body, for “On this page”."""
        return headings_of(self.body)

    def structured_data(self, ids: jsonld.Ids) -> list[jsonld.Node]:
        """A contact page where it shows the contact block, an article otherwise; questions are named as such."""
        kinds = {block.block_type for block in self.body}
        pairs = [
            (row["question"], row["answer"].source)
            for block in self.body
            if block.block_type == "questions"
            for row in block.value
        ]
        page = jsonld.web_page(self, ids, "ContactPage") if "contact" in kinds else jsonld.article(self, ids)
        return [page, *([jsonld.questions(pairs, ids)] if pairs else [])]
