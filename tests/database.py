"""What tests of the database share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from pytest_django import DjangoDbBlocker


@contextmanager
def rolled_back(blocker: DjangoDbBlocker) -> Iterator[None]:
    """For rows that a fixture makes once for many tests: each test undoes its own changes, the end undoes these."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
