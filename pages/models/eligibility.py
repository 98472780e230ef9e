"""EligibilityCriterion: the one list that the professionals page, the referral form and the intake desk share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.widgets import SlugInput
from wagtail.models import PreviewableMixin

from research.admin.name_panel import NamePanel


class EligibilityCriterionQuerySet(models.QuerySet["EligibilityCriterion"]):
    """Named queries on criteria."""

    def active(self) -> EligibilityCriterionQuerySet:
        """Criteria in use, in the order editors gave them."""
        return self.filter(active=True)

    def inclusion(self) -> EligibilityCriterionQuerySet:
        """Reasons why treatment may be suitable."""
        return self.filter(kind=EligibilityCriterion.Kind.INCLUSION)

    def exclusion(self) -> EligibilityCriterionQuerySet:
        """Reasons why treatment is usually not suitable."""
        return self.filter(kind=EligibilityCriterion.Kind.EXCLUSION)

    def version(self) -> datetime | None:
        """The list's version: the time of its newest change, retired criteria included."""
        newest: datetime | None = self.aggregate(newest=models.Max("changed_at"))["newest"]
        return newest


class EligibilityCriterion(PreviewableMixin, models.Model):
    """One line of the inclusion or exclusion list. Retire a criterion instead of deleting it."""

    class Kind(models.TextChoices):
        """Which of the two lists."""

        INCLUSION = "inclusion", _("May be suitable")
        EXCLUSION = "exclusion", _("Usually not suitable")

    kind = models.CharField(_("list"), max_length=10, choices=Kind.choices)
    key = models.SlugField(
        _("key"),
        max_length=60,
        unique=True,
        help_text=_("Stays the same when the wording changes, e.g. current-mania."),
    )
    text = models.CharField(_("criterion"), max_length=200)
    note = models.TextField(_("note for referrers"), blank=True)
    active = models.BooleanField(_("in use"), default=True)
    sort_order = models.PositiveIntegerField(_("order"), default=0)
    changed_at = models.DateTimeField(auto_now=True)

    objects = EligibilityCriterionQuerySet.as_manager()

    panels = [
        FieldPanel("kind"),
        NamePanel("text", targets=["key"], help_text=_("As people read it, e.g. “A current manic phase”.")),
        FieldPanel("note", help_text=_("Shown under it, e.g. what to send along.")),
        FieldPanel("sort_order", help_text=_("Criteria with smaller numbers come first.")),
        FieldPanel("active", help_text=_("Take the tick away instead of deleting: earlier referrals refer to it.")),
        FieldPanel("key", widget=SlugInput),
    ]

    class Meta:
        verbose_name = _("eligibility criterion")
        verbose_name_plural = _("eligibility criteria")
        ordering = ("-kind", "sort_order", "id")

    def __str__(self) -> str:
        return self.text

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """Both lists as visitors and referrers read them."""
        return "pages/admin/criteria_preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """The criteria in use with this one as it is in the form, in its place."""
        others = EligibilityCriterion.objects.active().exclude(pk=self.pk)
        rows = sorted([*others, *([self] if self.active else [])], key=lambda row: row.sort_order)
        kinds = {kind: [row for row in rows if row.kind == kind] for kind in self.Kind.values}
        return {"criterion": self, **kinds}
