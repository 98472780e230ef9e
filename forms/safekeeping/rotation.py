"""Rotation of the submission keys: everything sealed with an older key is sealed again with the active one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from forms.models import Attachment, AuditEntry, Draft, Note, Submission
from forms.models.sealed import SealedModel
from forms.safekeeping.encryption import EncryptionError, key_ring

BATCH = 200
# Attachments first: their file changes before their row, and a row with the old key is done again after a crash.
SEALED: tuple[type[SealedModel], ...] = (Attachment, Submission, Note, Draft, AuditEntry)


@dataclass(slots=True)
class Progress:
    """How far the rotation of one kind of row is."""

    model: str
    done: int = 0
    failed: int = 0
    problem: str = ""


def rows_left() -> dict[str, int]:
    """How many rows of each kind are not sealed with the active key."""
    active = key_ring().active_id
    return {model._meta.model_name or "": _left(model, active).count() for model in SEALED}


def rotate() -> Iterator[Progress]:
    """Seal everything with the active key, batch by batch; yields after each batch.

    It can be stopped at any point and started again: what is done carries the active key's id. A row that does not open
    is counted, left as it is, and does not stop the others.
    """
    ring = key_ring()
    for model in SEALED:
        progress, last = Progress(model._meta.model_name or ""), None
        while True:
            rows = _left(model, ring.active_id).order_by("pk")
            if last is not None:
                rows = rows.filter(pk__gt=last)
            batch = list(rows[:BATCH])
            if not batch:
                break
            last = batch[-1].pk
            for row in batch:
                _one(model, row, progress)
            yield progress


def _left(model: type[SealedModel], active: str) -> QuerySet[Any]:
    return model._default_manager.exclude(key_id=active)


def _one(model: type[SealedModel], row: SealedModel, progress: Progress) -> None:
    before = row.key_id
    try:
        row.reseal(key_ring())
    except (EncryptionError, OSError) as error:
        progress.failed += 1
        progress.problem = str(error) if isinstance(error, EncryptionError) else "The file store does not answer."
        return
    with transaction.atomic():
        # Past the models' own save(): audit entries refuse changes, and only what protects them changes here. The
        # condition on the old key keeps a change made meanwhile.
        manager = model._base_manager
        progress.done += manager.filter(pk=row.pk, key_id=before).update(sealed=row.sealed, key_id=row.key_id)
