"""LegalPage: privacy notice, terms, accessibility statement and the like, with the day from which they hold."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from pages import jsonld
from pages.blocks import BODY_BLOCKS, ROW_BLOCKS
from pages.blocks.anchors import headings_of
from pages.evidence_form import evidence_panels
from pages.fields import LeanStreamField
from pages.models.base import BasePage


class LegalPage(BasePage):
    """A text that people may hold the clinic to: what it says in short, in full, and since when."""

    summary = models.TextField(
        _("summary"), max_length=400, blank=True, help_text=_("One or two sentences under the title.")
    )
    # Asked for when the page goes live; a draft may wait for its day.
    in_force_since = models.DateField(
        _("in force since"),
        null=True,
        help_text=_("Shown under the title. Change it when the meaning of the text changes."),
    )
    in_short = LeanStreamField(
        ROW_BLOCKS,
        verbose_name=_("in short"),
        blank=True,
        help_text=_("What the text comes to, in a few rows of plain words. The full text below is what counts."),
    )
    body = LeanStreamField(BODY_BLOCKS, verbose_name=_("full text"))

    #: The order in which visitors meet the page's sources, as its template shows them.
    source_order = ("in_short", "body")

    content_panels = [
        *Page.content_panels,
        *evidence_panels(),
        FieldPanel("summary"),
        FieldPanel("in_force_since"),
        FieldPanel("in_short"),
        FieldPanel("body"),
    ]

    page_description = _("Privacy, terms, accessibility: a text with the day from which it holds.")

    class Meta:
        verbose_name = _("legal page")

    def sections(self, context: dict[str, Any]) -> list[tuple[str, str]]:
        """The headings of the text, for “On this page”."""
        short = [("in-short", str(_("In short")))] if self.in_short else []
        return [*short, *headings_of(self.body)]

    def structured_data(self, ids: jsonld.Ids) -> list[jsonld.Node]:
        """A page that says from when it holds."""
        since = {"dateModified": self.in_force_since.isoformat()} if self.in_force_since else {}
        return [jsonld.web_page(self, ids) | since]
