"""CitationCheck: what the last look at a citation's address or at its retraction state found."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CitationCheck(models.Model):
    """The newest result of one kind of check of one citation. It suggests; it never changes the citation.

    UNAVAILABLE means that nobody could be asked. It never reads as "all is well".
    """

    class Kind(models.TextChoices):
        """What was checked."""

        LINK = "link", _("Web address")
        ARCHIVE = "archive", _("Archived copy")
        RETRACTION = "retraction", _("Retraction")

    class State(models.TextChoices):
        """What was found."""

        FINE = "fine", _("Fine")
        PROBLEM = "problem", _("Needs a look")
        NOT_FOUND = "not-found", _("Not found in the source asked")
        UNAVAILABLE = "unavailable", _("Could not be asked")

    citation = models.ForeignKey("research.Citation", on_delete=models.CASCADE, related_name="checks")
    kind = models.CharField(_("check"), max_length=12, choices=Kind.choices)
    state = models.CharField(_("result"), max_length=12, choices=State.choices)
    detail = models.TextField(_("what was found"), blank=True)
    source = models.CharField(
        _("asked"), max_length=300, blank=True, help_text=_("Which service or file, of what date.")
    )
    checked_at = models.DateTimeField(_("checked"), default=timezone.now)

    class Meta:
        verbose_name = _("check of a citation")
        verbose_name_plural = _("checks of citations")
        constraints = [models.UniqueConstraint(fields=["citation", "kind"], name="research_check_newest_only")]
        indexes = [models.Index(fields=["kind", "state"], name="research_check_by_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display()}"
