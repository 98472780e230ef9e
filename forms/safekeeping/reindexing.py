"""Rotation of the blind index: phones, e-mail addresses and conditions are indexed again with the active key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from forms.models.submissions import ContactIndex, Submission, contact_digests, topics_index
from forms.safekeeping.encryption import EncryptionError, active_index_key, index_key_id, index_keys

BATCH = 2000


@dataclass(slots=True)
class Progress:
    """How far it is."""

    done: int = 0
    failed: int = 0
    problem: str = ""


def foreign_keys() -> list[str]:
    """Ids of keys that submissions are indexed with and that BLIND_INDEX_KEY does not hold: those are not found."""
    known = {index_key_id(key) for key in index_keys()}
    return [one for one in Submission.objects.index_keys() if one not in known]


def left() -> int:
    """How many submissions are not indexed with the active key."""
    return Submission.objects.exclude(index_key=active_index_key()).count()


def reindex() -> Iterator[Progress]:
    """Index everything with the active key, batch by batch; yields after each batch.

    The indexes are made from the decrypted answers, so that it also mends what was indexed with a wrong key. It can be
    stopped at any point and started again. What does not decrypt is counted, left as it is, and stops nothing.
    """
    active, progress = active_index_key(), Progress()
    for key in Submission.objects.index_keys():
        if key == active:
            continue
        last = None
        while True:
            rows = Submission.objects.filter(index_key=key).select_related("snapshot").order_by("pk")
            batch = list((rows.filter(pk__gt=last) if last else rows)[:BATCH])
            if not batch:
                break
            last = batch[-1].pk
            _index(batch, active, progress)
            yield progress


def _index(batch: list[Submission], active: str, progress: Progress) -> None:
    by_topics: dict[str, list[UUID]] = {}
    contacts = []
    for submission in batch:
        try:
            form, answers = submission.form, submission.answers
        except EncryptionError as error:
            progress.failed, progress.problem = progress.failed + 1, str(error)
            continue
        by_topics.setdefault(topics_index(form, answers), []).append(submission.pk)
        contacts += [ContactIndex(submission=submission, digest=one) for one in contact_digests(form, answers)]
    ids = [pk for many in by_topics.values() for pk in many]
    with transaction.atomic():
        # One that was erased meanwhile must not come back, nor stop the others.
        there = set(Submission.objects.select_for_update().filter(pk__in=ids).values_list("pk", flat=True))
        ContactIndex.objects.filter(submission__in=ids).delete()
        ContactIndex.objects.bulk_create([one for one in contacts if one.submission_id in there])
        for topics, many in by_topics.items():
            Submission.objects.filter(pk__in=many).update(topics=topics, index_key=active)
    progress.done += len(ids)
