"""Person: team members and the clinicians who review pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.widgets import SlugInput
from wagtail.models import Page, PreviewableMixin
from wagtail.search import index

from research.admin.name_panel import NamePanel


class PersonQuerySet(models.QuerySet["Person"]):
    """Named queries on people."""

    def on_team(self) -> PersonQuerySet:
        """Everybody marked for the team page, with their photos, in the order given."""
        return self.filter(on_team_page=True).select_related("photo")


class Person(PreviewableMixin, index.Indexed, models.Model):
    """Somebody of the clinic, shown on the team page and named as reviewer of medical pages."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    credentials = models.CharField(_("credentials"), max_length=80, blank=True, help_text=_("E.g. MD, RN, CRNA."))
    role = models.CharField(_("role"), max_length=120, help_text=_("E.g. Medical director."))
    licences = models.CharField(
        _("licensed in"), max_length=200, blank=True, help_text=_("States, e.g. California, Nevada.")
    )
    biography = models.TextField(_("about"), blank=True)
    photo = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name=_("photo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    demo = models.BooleanField(
        _("demo profile"), default=False, help_text=_("Marked on the page as not a real person. Remove before opening.")
    )
    on_team_page = models.BooleanField(_("show on the team page"), default=True)
    sort_order = models.PositiveIntegerField(_("order"), default=0)

    objects: ClassVar[models.Manager[Person] | Any] = PersonQuerySet.as_manager()

    panels = [
        MultiFieldPanel(
            [
                NamePanel("name"),
                FieldPanel("credentials"),
                FieldPanel("role"),
                FieldPanel("licences"),
                FieldPanel("biography", help_text=_("A few sentences. An empty line starts a new paragraph.")),
                FieldPanel("photo"),
            ],
            heading=_("The person"),
        ),
        MultiFieldPanel(
            [
                FieldPanel(
                    "on_team_page", help_text=_("Gives them a page of their own, too. Reviewers are named anyway.")
                ),
                FieldPanel("sort_order", help_text=_("People with smaller numbers come first.")),
                FieldPanel(
                    "slug",
                    heading=_("Address"),
                    help_text=_("Last part of the address of their page, e.g. jordan-sample."),
                    widget=SlugInput,
                ),
                FieldPanel("demo"),
            ],
            heading=_("On the site"),
        ),
    ]
    search_fields = [
        *map(index.SearchField, ("name", "credentials", "role", "licences", "biography")),
        index.AutocompleteField("name"),
    ]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("sort_order", "name")

    def __str__(self) -> str:
        return self.full_name

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """The page of the person, as it is when they are on the team page."""
        return "pages/person.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """What that page would show."""
        return {"person": self, "checked": self.checked(), "preview": True}

    def checked(self) -> list[Page]:
        """The public pages that name the person as their reviewer."""
        from pages.models import ConditionPage, ProfessionalsPage

        kinds = (ConditionPage, ProfessionalsPage) if self.pk else ()
        return [page for kind in kinds for page in kind.objects.live().public().filter(reviewer=self).order_by("title")]

    @property
    def full_name(self) -> str:
        """Name with credentials, as printed under a reviewed page."""
        return f"{self.name}, {self.credentials}" if self.credentials else self.name
