"""CitationCheck: what the last look at a citation's address or at its retraction state found."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: The column of a citation that each check of an address asks.
ADDRESSES = {"link": "url", "archive": "archive_url", "doi": "doi"}

CONFIRMED_AFTER = timedelta(hours=20)
"""A page that was gone at two looks so far apart is gone."""
SILENT_FOR = timedelta(days=14)
"""A site that has not answered at three looks over this time is gone, too."""


class CitationCheckQuerySet(models.QuerySet["CitationCheck"]):
    """Named queries on checks."""

    def of_today(self) -> CitationCheckQuerySet:
        """Checks of an address that the citation still has."""
        same = Q()
        for kind, column in ADDRESSES.items():
            same |= Q(kind=kind, address=F(f"citation__{column}"))
        return self.filter(same)

    def to_put_right(self, now: datetime | None = None) -> CitationCheckQuerySet:
        """Addresses that somebody should see to: gone, silent for long, or moved for good. One failure is no proof."""
        now = now or timezone.now()
        states = CitationCheck.State
        gone = Q(state=states.PROBLEM, failures__gte=2, failing_since__lte=now - CONFIRMED_AFTER)
        silent = Q(state=states.UNAVAILABLE, failures__gte=3, failing_since__lte=now - SILENT_FOR)
        return self.of_today().filter(gone | silent | Q(state=states.MOVED))


class CitationCheck(models.Model):
    """The newest result of one kind of check of one citation. It suggests; it never changes the citation.

    UNAVAILABLE means that nobody could be asked. It never reads as "all is well".
    """

    class Kind(models.TextChoices):
        """What was checked."""

        LINK = "link", _("Web address")
        ARCHIVE = "archive", _("Archived copy")
        DOI = "doi", _("DOI")
        RETRACTION = "retraction", _("Retraction")

    class State(models.TextChoices):
        """What was found."""

        FINE = "fine", _("Fine")
        MOVED = "moved", _("Moved")
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
    address = models.CharField(
        _("address"), max_length=1000, blank=True, help_text=_("The web address or DOI that was asked.")
    )
    failures = models.PositiveIntegerField(_("failed looks in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)

    objects = CitationCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of a citation")
        verbose_name_plural = _("checks of citations")
        constraints = [models.UniqueConstraint(fields=["citation", "kind"], name="research_check_newest_only")]
        indexes = [models.Index(fields=["kind", "state"], name="research_check_by_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display()}"

    def web_address(self) -> str:
        """What was asked, as a person opens it."""
        return f"https://doi.org/{self.address}" if self.kind == self.Kind.DOI else self.address

    def archived_copy(self) -> str:
        """Where the page may still be read: the copy that the record names, or where the Web Archive would have one.

        Offered, never asked: of the day on which the source was read, where that is known.
        """
        if self.kind != self.Kind.LINK or self.state not in (self.State.PROBLEM, self.State.UNAVAILABLE):
            return ""
        if self.citation.archive_url:
            return self.citation.archive_url
        day = self.citation.accessed or self.citation.created_at.date()
        return f"https://web.archive.org/web/{day:%Y%m%d}/{self.address}"
