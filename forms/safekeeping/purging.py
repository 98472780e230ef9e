"""Deleting for good: submissions past their date, one person's records, drafts, and files that belong to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from forms.models.attachments import SPARE, Attachment, private_storage
from forms.models.audit import AuditEntry, record
from forms.models.drafts import Draft
from forms.models.proofs import SpentProof
from forms.models.submissions import FormSnapshot, Submission

BATCH = 200
SETTLED = timedelta(hours=6)  # a file younger than this may belong to a submission that is being stored


def erase(submission: Submission) -> None:
    """Delete a submission with its notes, indexes, deliveries and files. The row goes first: a file without a row is
    removed by the next purge, a row without its file would be a broken record."""
    attachments = list(submission.attachments.all())
    paths = [one.path for one in attachments]
    with transaction.atomic():
        submission.delete()
    _remove(paths)


def purge_submissions() -> int:
    """Delete everything past its retention date, in batches, and say so in the audit trail; returns how many."""
    by_form = dict(
        Submission.objects.to_purge().values_list("page__title").annotate(count=Count("pk")).order_by("page__title")
    )
    if not by_form:
        return 0
    record(AuditEntry.Action.PURGE, count=sum(by_form.values()), forms=by_form)
    count = 0
    while ids := list(Submission.objects.to_purge().values_list("pk", flat=True)[:BATCH]):
        paths = [one.path for one in Attachment.objects.filter(submission__in=ids)]
        with transaction.atomic():
            Submission.objects.filter(pk__in=ids).delete()
        _remove(paths)
        count += len(ids)
    return count


def purge_drafts() -> int:
    """Delete expired drafts with their files; returns how many."""
    expired = list(Draft.objects.expired().values_list("pk", flat=True)[:5000])
    paths = [one.path for one in Attachment.objects.filter(draft__in=expired)]
    with transaction.atomic():
        Draft.objects.filter(pk__in=expired).delete()
    _remove(paths)
    return len(expired)


def purge_proofs() -> int:
    """Forget spent proofs of work that no longer hold; returns how many."""
    return SpentProof.objects.expired().delete()[0]


def purge_snapshots() -> int:
    """Delete definitions that no submission uses any more; returns how many."""
    unused = FormSnapshot.objects.exclude(pk__in=Submission.objects.order_by().values("snapshot").distinct())
    return unused.filter(created_at__lt=timezone.now() - SETTLED).delete()[0]


def orphan_files() -> Iterator[str]:
    """Paths of stored files without a row, old enough to be sure."""
    storage = private_storage()
    for folder in _folders(storage):
        _folders_in, names = storage.listdir(f"attachments/{folder}")
        stems = {name.removesuffix(SPARE) for name in names}
        ids = [stem for stem in stems if re.fullmatch(r"[0-9a-f]{32}", stem)]
        known = {pk.hex for pk in Attachment.objects.filter(pk__in=ids).values_list("pk", flat=True)}
        for name in names:
            path = f"attachments/{folder}/{name}"
            if name.removesuffix(SPARE) not in known and storage.get_modified_time(path) < timezone.now() - SETTLED:
                yield path


def _folders(storage: Storage) -> list[str]:
    try:
        return list(storage.listdir("attachments")[0])
    except (FileNotFoundError, OSError):
        return []


def _remove(paths: list[str]) -> None:
    storage = private_storage()
    for path in paths:
        with suppress(Exception):  # what cannot be removed now is an orphan and goes with the next purge
            storage.delete(path)
