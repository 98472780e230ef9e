"""LibraryChange: the trace of each change of the library, by which everybody knows that it is another edition now."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

#: Columns of a citation that say nothing about the work: drafts, locks and formatting come and go without a trace.
BOOKKEEPING = frozenset(
    {
        *("latest_revision", "latest_revision_id", "live_revision", "live_revision_id", "has_unpublished_changes"),
        *("first_published_at", "last_published_at", "go_live_at", "expire_at", "expired"),
        *("locked", "locked_at", "locked_by", "locked_by_id", "ama_html", "ama_text"),
    }
)


def _token() -> int:
    return secrets.randbits(40)


class LibraryChange(models.Model):
    """One change. A row of its own, so that people who change the library at the same time never wait for each other.

    What tells it from others is random: a counter could come back after a roll-back.
    """

    token = models.BigIntegerField(default=_token)

    class Meta:
        verbose_name = _("change of the library")
        verbose_name_plural = _("changes of the library")

    def __str__(self) -> str:
        return str(self.token)


def note_change(columns: Iterable[str] | None = None) -> None:
    """Leaves the trace of a change, in its transaction. ``columns`` are those that were written, None for all."""
    if columns is None or not BOOKKEEPING.issuperset(columns):
        LibraryChange.objects.create()


Record = TypeVar("Record", bound=models.Model)


class LibraryRecord(models.Model):
    """Mixin for what the library is made of beside citations: a change and its trace (`research.edition`) are one."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django's, which would send its signal after the change is made for good."""
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)


class LibraryQuerySet(models.QuerySet[Record]):
    """Leaves a trace where Django sends no signal: many rows at once."""

    def update(self, **columns: Any) -> int:
        """As Django's; `bulk_update` goes through here, too."""
        with transaction.atomic(self.db, savepoint=False):
            changed = super().update(**columns)
            note_change(columns)
        return changed

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[Record]:
        """As Django's."""
        with transaction.atomic(self.db, savepoint=False):
            made = super().bulk_create(*args, **kwargs)
            note_change()
        return made
