"""StandardPage: a page of body blocks, for everything that has no type of its own."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index

from pages.blocks import BODY_BLOCKS
from pages.fields import LeanStreamField
from pages.models.base import BasePage


class StandardPage(BasePage):
    """About, costs, what to expect, privacy and the like."""

    summary = models.TextField(_("summary"), max_length=400, blank=True)
    body = LeanStreamField(BODY_BLOCKS, verbose_name=_("body"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]

    class Meta:
        verbose_name = _("standard page")
