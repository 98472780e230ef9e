"""FaqPage: questions in groups, each with an address of its own."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from pages import jsonld
from pages.blocks import QUESTION_GROUPS
from pages.blocks.anchors import headings_of
from pages.evidence_form import evidence_panels
from pages.fields import LeanStreamField
from pages.models.base import BasePage


class FaqPage(BasePage):
    """Questions people ask, in groups."""

    summary = models.TextField(
        _("summary"), max_length=400, blank=True, help_text=_("One or two sentences under the title.")
    )
    groups = LeanStreamField(
        QUESTION_GROUPS,
        verbose_name=_("questions"),
        help_text=_(
            "In groups that follow a visitor’s way, e.g. before, during and after treatment. Ask as people ask: “Can I "
            "drive home?”. The first sentence of the answer answers."
        ),
    )

    content_panels = [*Page.content_panels, *evidence_panels(), FieldPanel("summary"), FieldPanel("groups")]

    page_description = _("Questions in groups, each with an address of its own.")

    class Meta:
        verbose_name = _("questions page")
        verbose_name_plural = _("questions pages")

    def sections(self, context: dict[str, Any]) -> list[tuple[str, str]]:
        """The groups, for “On this page”."""
        return headings_of(self.groups)

    def structured_data(self, ids: jsonld.Ids) -> list[jsonld.Node]:
        """The page is its questions."""
        pairs = [(row["question"], row["answer"].source) for group in self.groups for row in group.value["questions"]]
        page = jsonld.web_page(self, ids, "FAQPage")
        return [page | {"mainEntity": jsonld.questions(pairs, ids)["mainEntity"]}]
