"""The edition of the library: under it is kept what takes long to work out from many records.

Every change of a citation, its topics, its relations or a topic makes another edition, in the transaction of the
change (`research.models.changes`). One short query tells which edition it is, and so whether what the cache holds is
right; what belongs to an earlier one is never asked for again. Without a cache everything is worked out anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Count, QuerySet, Sum, Value
from django.db.models.signals import post_delete, post_save

from research.models import Citation, CitationRelation, CitationTopic, LibraryChange, Topic
from research.models.changes import note_change
from research.prepared import prepared

logger = logging.getLogger(__name__)

KEPT_SECONDS = 24 * 3600
#: How many results one process holds.
MOST_HELD = 500

#: How many traces of changes there are, and the sum of their random numbers.
Edition = tuple[int, int | None]

Result = TypeVar("Result")


def kept(name: str, work_out: Callable[[], Result]) -> Result:
    """What ``work_out`` says of the library as it is now. ``name`` tells it from everything else that is kept.

    Raise a number in the name when the form of the result changes: copies of an older release are then not used.
    Each process holds what it last had, so everybody gets the same object, which must be one that does not change.
    """
    edition = _edition()[0]
    return _held(edition, name, lambda: _out_of_cache(edition, name, work_out))


def at_hand(name: str, work_out: Callable[[], Result]) -> Result:
    """As `kept`, in the memory of this process alone: for what would be fetched no sooner than worked out."""
    return _held(_edition()[0], name, work_out)


def _held(edition: Edition, name: str, fetch: Callable[[], Result]) -> Result:
    if not edition[0]:  # without a trace nothing tells this library from another one
        return fetch()
    held = _at_hand.get(name)
    if held is not None and held[0] == edition:
        found: Result = held[1]
        return found
    made = fetch()
    if len(_at_hand) >= MOST_HELD:
        _at_hand.clear()
    _at_hand[name] = edition, made
    return made


def _out_of_cache(edition: Edition, name: str, work_out: Callable[[], Result]) -> Result:
    traces, tokens = edition
    if not traces:
        return work_out()
    key = f"library:{traces}:{tokens}:{name}"
    try:
        found: Result | None = cache.get(key)
    except Exception:  # a cache that is away costs time, never an answer
        logger.warning("The cache did not answer; asking the library itself.")
        return work_out()
    if found is not None:
        return found
    made = work_out()
    try:
        cache.set(key, made, KEPT_SECONDS)
    except Exception:
        logger.warning("The cache did not take what was worked out from the library; the next one works it out again.")
    return made


_at_hand: dict[str, tuple[Edition, Any]] = {}


def forget_at_hand() -> None:
    """Empties this process's memory of the library, as a new process begins."""
    _at_hand.clear()


@prepared
def _edition() -> QuerySet[LibraryChange, Edition]:
    everything = LibraryChange.objects.order_by().values(all=Value(1))
    return everything.annotate(traces=Count("pk"), tokens=Sum("token")).values_list("traces", "tokens")


def forget_traces() -> int:
    """Deletes all traces, for they are counted at every look at the edition, and leaves a new one; how many it were.

    The new one makes an edition that never was. Keeping the newest instead could bring an earlier edition back, with
    what was kept under it: a change may become visible long after it was made, behind a newer trace.
    """
    traces = LibraryChange.objects.all()
    if traces.count() < 2:
        return 0
    newest = LibraryChange.objects.create()
    return traces.filter(pk__lt=newest.pk).delete()[0]


def _changed(sender: Any, update_fields: Any = None, **kwargs: Any) -> None:
    note_change(update_fields)


def connect() -> None:
    """Watches what the library is made of; called once when the app is ready."""
    for model in (Citation, CitationTopic, CitationRelation, Topic):
        for signal in (post_save, post_delete):
            signal.connect(_changed, sender=model, dispatch_uid=f"edition-{model.__name__}-{id(signal)}")
