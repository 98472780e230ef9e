"""The database of the tests: migrated once a run, a copy for each worker; and rows made once for many tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from tests.servers import locked


@contextmanager
def own_copy(folder: Path, worker: str, blocker: DjangoDbBlocker) -> Iterator[None]:
    """A test database for one worker: the first to come migrates one, and each works on a copy of it.

    ``folder`` is shared by the workers of a run. Migrating takes a third of a minute, copying next to nothing.
    """
    creation, settings = connection.creation, connection.settings_dict
    with blocker.unblock(), locked(folder):
        if any(folder.glob("gw*")):
            settings["NAME"] = creation._get_test_db_name()
        else:
            creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        original = settings["NAME"]
        connection.close()
        copy = creation.get_test_db_clone_settings(worker)["NAME"]
        for end in ("-wal", "-shm"):  # of a run that was cut off, on SQLite
            Path(f"{copy}{end}").unlink(missing_ok=True)
        creation.clone_test_db(worker, verbosity=0)
        (folder / worker).touch()
        settings["NAME"] = copy
        # What Django puts back after a test that commits.
        connection._test_serialized_contents = creation.serialize_db_to_string()
    yield
    with blocker.unblock(), locked(folder):
        creation.destroy_test_db(verbosity=0)
        (folder / worker).unlink()
        if not any(folder.glob("gw*")):
            settings["NAME"] = original
            creation.destroy_test_db(verbosity=0)


@contextmanager
def rolled_back(blocker: DjangoDbBlocker) -> Iterator[None]:
    """For rows that a fixture makes once for many tests: each test undoes its own changes, the end undoes these."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
