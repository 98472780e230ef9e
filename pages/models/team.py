"""TeamPage: the people of the clinic. Each has a page of their own, made from the same record (pages.models.people)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.models import Page

from pages import jsonld
from pages.blocks import BODY_BLOCKS
from pages.evidence_form import evidence_panels
from pages.fields import LeanStreamField
from pages.models.base import BasePage
from pages.models.people import Person


class TeamPage(BasePage):
    """Who we are: an introduction, everybody marked for the team page, and how they work."""

    summary = models.TextField(
        _("summary"), max_length=400, blank=True, help_text=_("One or two sentences under the title.")
    )
    introduction = LeanStreamField(BODY_BLOCKS, verbose_name=_("before the people"), blank=True)
    people_heading = models.CharField(_("heading over the people"), max_length=80, default="Our team")
    body = LeanStreamField(BODY_BLOCKS, verbose_name=_("after the people"), blank=True)

    #: The order in which visitors meet the page's sources, as its template shows them.
    source_order = ("introduction", "body")

    content_panels = [
        *Page.content_panels,
        *evidence_panels(),
        FieldPanel("summary"),
        FieldPanel("introduction"),
        MultiFieldPanel(
            [
                HelpPanel(
                    _(
                        "The people stand under People in the menu: everybody marked “show on the team page”, in the "
                        "order given there."
                    )
                ),
                FieldPanel("people_heading"),
            ],
            heading=_("The people"),
        ),
        FieldPanel("body"),
    ]

    page_description = _("Who you are: everybody marked for the team page, with words before and after.")

    class Meta:
        verbose_name = _("team page")

    def content(self, request: HttpRequest) -> dict[str, Any]:
        """Adds the people with their photos."""
        return {"people": self.people}

    @cached_property
    def people(self) -> list[Person]:
        """Everybody marked for the team page, fetched once."""
        return list(Person.objects.on_team())

    @property
    def shows_band(self) -> bool:
        """Whether the closing call to action stands below: not where the page has one of its own."""
        return not any(block.block_type == "cta" for block in self.body)

    def structured_data(self, ids: jsonld.Ids) -> list[jsonld.Node]:
        """A page about the clinic that names who works there; a demo profile is nobody."""
        page = jsonld.web_page(self, ids, "AboutPage") | {"about": {"@id": ids.clinic}}
        people = [jsonld.person(person, ids) for person in self.people if not person.demo]
        return [page, *([{"@type": "MedicalClinic", "@id": ids.clinic, "employee": people}] if people else [])]
