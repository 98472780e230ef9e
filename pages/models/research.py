"""ResearchPage: how studies are chosen, the value cards in the words of evidence, and the library's listing."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.models import Page

from pages.evidence_form import evidence_panels
from pages.models.base import BasePage
from pages.models.claims import CLAIM_TEXT_FEATURES, AbstractClaimSource, AbstractValueCard, claims_of
from research.exporting import export_response
from research.formats.registry import FORMATS
from research.rich_text import RichTextField


class ResearchPage(BasePage):
    """Research & Science."""

    summary = models.TextField(_("summary"), max_length=400)
    how_we_choose = RichTextField(_("how we choose studies"), features=CLAIM_TEXT_FEATURES, blank=True)

    parent_page_types = ["pages.HomePage"]
    subpage_types: list[str] = []
    max_count = 1
    content_panels = [
        *Page.content_panels,
        *evidence_panels(),
        FieldPanel("summary"),
        FieldPanel("how_we_choose"),
        InlinePanel("cards", heading=_("Value cards"), label=_("Card"), max_num=4),
    ]

    page_description = _("The research library with its filters, and how studies are chosen.")

    class Meta:
        verbose_name = _("research page")

    def content(self, request: HttpRequest) -> dict[str, Any]:
        """Adds the value cards with their sources, and the library as the visitor asked for it."""
        from pages.research_listing import Listing

        return {"cards": claims_of(self, "cards"), "listing": Listing(request.GET)}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page, or, with ``export``, exactly the records found as a file."""
        from pages.research_listing import Listing

        if request.GET.get("export", "") in FORMATS:
            return export_response(Listing(request.GET).queryset(), request.GET["export"])
        response: HttpResponseBase = super().serve(request, *args, **kwargs)
        return response


class ResearchCard(AbstractValueCard):
    """A value in the words of evidence, with its balance."""

    page = ParentalKey(ResearchPage, on_delete=models.CASCADE, related_name="cards")


class ResearchCardSource(AbstractClaimSource):
    """A source of a research page card."""

    claim = ParentalKey(ResearchCard, on_delete=models.CASCADE, related_name="sources")

    class Meta(AbstractClaimSource.Meta):
        constraints = [models.UniqueConstraint(fields=["claim", "citation"], name="pages_research_source_once")]
