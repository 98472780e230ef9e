"""BasePage: what every page type of the public site shares."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page

from research.publishing import GuardedPublishing


class BasePage(GuardedPublishing, Page):
    """Abstract parent of all page types: social image, search-engine opt-out, date of the last real change."""

    social_image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name=_("image for sharing"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Shown when somebody shares the page. At least 1200 by 630 pixels. Left empty, a drawing is used."),
    )
    no_index = models.BooleanField(
        _("keep out of search engines"), default=False, help_text=_("The page still opens for anyone with its address.")
    )
    last_changed = models.DateField(
        _("last real change"),
        null=True,
        blank=True,
        help_text=_("Shown to visitors and in the site map. Change it when the content changes, not for a typo."),
    )

    promote_panels = [
        *Page.promote_panels,
        MultiFieldPanel(
            [FieldPanel("social_image"), FieldPanel("no_index"), FieldPanel("last_changed")],
            heading=_("Sharing and dates"),
        ),
    ]

    class Meta:
        abstract = True
