"""ContactPage: how to reach the clinic, how to get there, and what it is like to come in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.models import Page

from pages import jsonld
from pages.blocks import BODY_BLOCKS, ROW_BLOCKS
from pages.evidence_form import evidence_panels
from pages.fields import LeanStreamField
from pages.models.base import BasePage
from research.rich_text import RichTextField


class ContactPage(BasePage):
    """Contact, location and hours. Numbers, address and hours come from the clinic settings, never typed here."""

    summary = models.TextField(
        _("summary"), max_length=400, blank=True, help_text=_("One or two sentences under the title.")
    )
    before_you_write = RichTextField(
        _("before you write"),
        features=["bold", "link", "ul"],
        blank=True,
        help_text=_("When messages are read, and what not to put into an e-mail."),
    )
    photo = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name=_("picture of the entrance"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("What somebody looks for who comes for the first time."),
    )
    map_link = models.URLField(
        _("link to a map"),
        blank=True,
        help_text=_("Shown as a link that names the site it leads to. Nothing is loaded from there."),
    )
    directions = LeanStreamField(
        ROW_BLOCKS,
        verbose_name=_("getting here"),
        blank=True,
        help_text=_("One row for each way: by car and where to park, by bus, on foot, being driven home."),
    )
    access = LeanStreamField(
        ROW_BLOCKS,
        verbose_name=_("accessibility"),
        blank=True,
        help_text=_("Entrance and rooms, hearing and sight, language, coming with somebody."),
    )
    body = LeanStreamField(BODY_BLOCKS, verbose_name=_("more sections"), blank=True)

    #: The order in which visitors meet the page's sources, as its template shows them.
    source_order = ("before_you_write", "directions", "access", "body")

    content_panels = [
        *Page.content_panels,
        *evidence_panels(),
        FieldPanel("summary"),
        HelpPanel(
            _(
                "Phone numbers, e-mail, address and opening hours are not written here: they stand under Settings, "
                "Clinic settings."
            )
        ),
        FieldPanel("before_you_write"),
        MultiFieldPanel(
            [FieldPanel("photo"), FieldPanel("map_link"), FieldPanel("directions")], heading=_("Getting here")
        ),
        FieldPanel("access"),
        FieldPanel("body"),
    ]

    page_description = _("How to reach you, how to get there, and what it is like to come in.")

    class Meta:
        verbose_name = _("contact page")

    def clean(self) -> None:
        """A picture needs words, unless it is said to add nothing."""
        super().clean()
        if self.photo and not (self.photo.description or self.photo.is_decorative):
            raise ValidationError({"photo": _("Describe the picture in Images first, or tick “decorative” there.")})

    @classmethod
    def to_serve(cls) -> models.QuerySet[Any]:
        """Joins the picture."""
        return cls._default_manager.select_related("photo")

    def structured_data(self, ids: jsonld.Ids) -> list[jsonld.Node]:
        """A contact page about the clinic, and where its map is."""
        page = jsonld.web_page(self, ids, "ContactPage") | {"mainEntity": {"@id": ids.clinic}}
        if not self.map_link:
            return [page]
        return [page, {"@type": "MedicalClinic", "@id": ids.clinic, "hasMap": self.map_link}]
