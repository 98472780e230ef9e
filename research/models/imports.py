"""ImportBatch and ImportRow: a file of records on its way into the library, kept until every record is decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportBatch(models.Model):
    """One file or paste. Its rows hold what was read, what it would change, and what became of each record."""

    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    origin = models.CharField(_("came from"), max_length=160, help_text=_("Name of the file, or that it was pasted."))
    format = models.CharField(_("format"), max_length=16)
    problems = models.JSONField(default=list, help_text=_("What was noticed about the file as a whole."))
    started_at = models.DateTimeField(null=True, help_text=_("When somebody first asked to import the records."))
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.origin

    def counts(self) -> dict[str, int]:
        """How many rows are to be created, updated and skipped, and how many are in each state."""
        counted: dict[str, int] = {}
        for action, state, number in (
            self.rows.order_by().values_list("action", "state").annotate(number=models.Count("pk"))
        ):
            counted["all"] = counted.get("all", 0) + number
            counted[state] = counted.get(state, 0) + number
            if state == ImportRow.State.PENDING:
                counted[f"to_{action}"] = counted.get(f"to_{action}", 0) + number
        return counted


class ImportRow(models.Model):
    """One record of a batch."""

    class Action(models.TextChoices):
        """What is to be done with the record."""

        CREATE = "create", _("Add as a new draft")
        UPDATE = "update", _("Change the record in the library")
        SKIP = "skip", _("Leave out")

    class State(models.TextChoices):
        """What became of it."""

        PENDING = "pending", _("Not decided yet")
        CREATED = "created", _("Added as a draft")
        UPDATED = "updated", _("Changed")
        SKIPPED = "skipped", _("Left out")
        FAILED = "failed", _("Not saved")

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("number in the file"))
    line = models.PositiveIntegerField(_("line in the file"), null=True)
    item = models.JSONField(help_text=_("The record as CSL-JSON."))
    title = models.TextField(blank=True)
    problems = models.JSONField(default=list)
    possible = models.BooleanField(default=True, help_text=_("Whether the record can be saved at all."))
    match = models.ForeignKey(
        "research.Citation", null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("same record")
    )
    matched_by = models.CharField(max_length=12, blank=True)
    differences = models.JSONField(default=list, help_text=_("Columns in which the file differs from the library."))
    take = models.JSONField(default=list, help_text=_("Columns to take from the file when changing the record."))
    action = models.CharField(max_length=8, choices=Action.choices, default=Action.CREATE)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    message = models.TextField(blank=True)
    citation = models.ForeignKey("research.Citation", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("imported record")
        verbose_name_plural = _("imported records")
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="research_import_row_once")]
        indexes = [models.Index(fields=["batch", "state"], name="research_import_row_state")]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"
