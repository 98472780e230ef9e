"""EvidenceAcknowledgement: somebody looked at a source that is in doubt and said why the page may stand on it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class EvidenceAcknowledgement(models.Model):
    """One person's reason for publishing a page although a source of it is in doubt. Asked for once per doubt.

    The doubt is kept as it was (``concern``, ``overdue``...): when the source's state changes, the question returns.
    """

    class Doubt(models.TextChoices):
        """Why the source is in doubt."""

        OVERDUE = "overdue", _("Review overdue")
        CONCERN = "concern", _("Expression of concern")
        SUPERSEDED = "superseded", _("Superseded")
        RETRACTED = "retracted", _("Retracted")

    page = models.ForeignKey(
        "wagtailcore.Page", verbose_name=_("page"), on_delete=models.CASCADE, related_name="evidence_acknowledgements"
    )
    citation = models.ForeignKey(
        "research.Citation", verbose_name=_("source"), on_delete=models.CASCADE, related_name="acknowledgements"
    )
    doubt = models.CharField(_("what is in doubt"), max_length=12, choices=Doubt.choices)
    since = models.CharField(
        _("in doubt since"),
        max_length=10,
        blank=True,
        help_text=_("Date of the status or of the missed review, ISO 8601. A later one asks again."),
    )
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("acknowledged by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField(_("acknowledged"), auto_now_add=True)

    class Meta:
        verbose_name = _("acknowledgment of a doubtful source")
        verbose_name_plural = _("acknowledgments of doubtful sources")
        ordering = ("-at",)
        constraints = [
            models.UniqueConstraint(fields=["page", "citation", "doubt", "since"], name="pages_acknowledgement_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_doubt_display()}: {self.reason[:60]}"
