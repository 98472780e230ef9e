"""HomePage: the promise, two ways in, and the value cards with source and balance."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Page

from pages.blocks import BODY_BLOCKS, ROW_BLOCKS
from pages.evidence_form import evidence_panels
from pages.fields import LeanStreamField
from pages.models.base import BasePage
from pages.models.claims import AbstractClaimSource, AbstractValueCard, claims_of
from pages.models.conditions import ConditionPage
from research.models import Citation


class HomePage(BasePage):
    """The front page of the clinic's site."""

    promise = models.CharField(
        _("promise"), max_length=120, help_text=_("The large headline. What the clinic does, not what it hopes to be.")
    )
    lede = models.TextField(_("introduction"), max_length=400)
    patients_text = models.TextField(_("for patients"), blank=True, max_length=300)
    professionals_text = models.TextField(_("for professionals"), blank=True, max_length=300)
    visit_steps = LeanStreamField(ROW_BLOCKS, verbose_name=_("how a visit goes"), blank=True)
    plain_figures = LeanStreamField(ROW_BLOCKS, verbose_name=_("safety and cost in plain figures"), blank=True)
    body = LeanStreamField(BODY_BLOCKS, verbose_name=_("more sections"), blank=True)

    #: The order in which visitors meet the page's sources, as its template shows them.
    source_order = ("cards", "visit_steps", "plain_figures", "body")

    parent_page_types = ["wagtailcore.Page"]
    content_panels = [
        *Page.content_panels,
        *evidence_panels(),
        FieldPanel("promise"),
        FieldPanel("lede", help_text=_("Two or three sentences under the headline.")),
        MultiFieldPanel(
            [FieldPanel("patients_text"), FieldPanel("professionals_text")],
            heading=_("Two ways in"),
            help_text=_("One or two sentences each; the links under them come from the clinic settings."),
        ),
        InlinePanel(
            "cards",
            heading=_("Value cards"),
            label=_("Card"),
            max_num=4,
            help_text=_("What visitors can count on, each with a source and the risk or limit beside it."),
        ),
        FieldPanel("visit_steps"),
        FieldPanel("plain_figures"),
        FieldPanel("body"),
    ]

    page_description = _("The front page: what the clinic does, two ways in, how a visit goes.")

    class Meta:
        verbose_name = _("home page")

    def content(self, request: HttpRequest) -> dict[str, Any]:
        """Adds the value cards, the conditions and the newest studies."""
        return {
            "cards": claims_of(self, "cards"),
            "conditions": ConditionPage.objects.descendant_of(self).live().unrestricted().order_by("path"),
            "latest": list(
                Citation.objects.published().research().exclude(headline="").order_by("-issued_year", "key")[:3]
            ),
        }


class HomeCard(AbstractValueCard):
    """A value with the statement it rests on and the sentence that balances it."""

    page = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="cards")


class HomeCardSource(AbstractClaimSource):
    """A source of a home page card."""

    claim = ParentalKey(HomeCard, on_delete=models.CASCADE, related_name="sources")

    class Meta(AbstractClaimSource.Meta):
        constraints = [models.UniqueConstraint(fields=["claim", "citation"], name="pages_home_source_once")]
