"""Forgets imports that are over or were left lying: the records themselves stay, with where they came from."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.utils import timezone

from research.models import ImportBatch


def purge_imports(now: datetime.datetime | None = None) -> int:
    """Delete batches older than RESEARCH_IMPORT_KEPT_DAYS (0: never), however far they went; how many.

    A batch holds whole files, abstracts and all, and is of use only while somebody may go on with it or look up what
    became of a record.
    """
    days = settings.RESEARCH_IMPORT_KEPT_DAYS
    if not days:
        return 0
    before = (now or timezone.now()) - datetime.timedelta(days=days)
    _all, deleted = ImportBatch.objects.filter(created_at__lt=before).delete()
    return deleted.get(ImportBatch._meta.label, 0)
