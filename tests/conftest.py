"""Fixtures for all tests: real servers, and the first data kept in tests that commit."""

import asyncio
import gc
import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.db import connections
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from tests import servers
from tests.database import own_copy, rolled_back
from tests.servers import ROOT

# A busy machine must not fail a test, and CI must fail for the change at hand, not for a new random example.
hypothesis_settings.register_profile("project", deadline=None, derandomize="CI" in os.environ, print_blob=True)
hypothesis_settings.load_profile("project")
# Tests throw away much and hold little: collecting as often as Python does by itself takes a tenth of their time.
gc.set_threshold(100_000, 50, 100)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database-only`: a second run, on another database, skips what cannot differ there."""
    parser.addoption("--database-only", action="store_true", help="run only tests that use the database, no browser")


def uses_database(item: pytest.Item) -> bool:
    """Whether the test asks pytest-django for the database, and no browser."""
    fixtures = {*getattr(item, "fixturenames", [])}
    if item.get_closest_marker("any_database") is not None:
        return False
    asks = item.get_closest_marker("django_db") is not None or bool({"db", "transactional_db"} & fixtures)
    return asks and not {"page", "browser"} & fixtures


def commits(item: pytest.Item) -> bool:
    """Whether the test commits, so that the database is emptied after it instead of rolled back."""
    marker = item.get_closest_marker("django_db")
    fixtures = {*getattr(item, "fixturenames", [])}
    return bool({"live_server", "transactional_db"} & fixtures) or bool(marker and marker.kwargs.get("transaction"))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep a file on one worker, so that what it builds for its module is built once.

    Done as soon as a test is found: xdist reads the groups before any hook that sees the whole collection. What
    commits is a group of its own: pytest-django puts it behind everything that needs the rows of the migrations.
    """
    if item.get_closest_marker("xdist_group") is None:
        name = str(item.path.relative_to(ROOT))
        item.add_marker(pytest.mark.xdist_group(f"{name}, committing" if commits(item) else name))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Stop when groups are lost on the way to the workers: every site would be built by each of them, in silence."""
    if session.config.getoption("loadgroup", False) and not all("@" in item.nodeid for item in session.items):
        raise pytest.UsageError("pytest-xdist does not keep groups together here: use a pytest that it knows.")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """Keep what the migrations made (Wagtail's root page, site, locale) in tests that commit.

    Django empties every table after such a test; this asks it to put the migrations' rows back before the next.
    """
    if config.getoption("--database-only"):
        config.hook.pytest_deselected(items=[item for item in items if not uses_database(item)])
        items[:] = [item for item in items if uses_database(item)]
    for item in items:
        fixtures: list[str] = getattr(item, "fixturenames", [])
        marker = item.get_closest_marker("django_db")
        if marker is not None and commits(item):
            marker.kwargs.setdefault("serialized_rollback", True)
        if {"live_server", "transactional_db"} & {*fixtures}:
            fixtures.append("django_db_serialized_rollback")
    yield
    # The site of the first day begins on an empty folder. All others then start with a copy of what it built.
    items.sort(key=lambda item: item.path.name != "test_first_day.py")


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    shared_folder: Path,
) -> Iterator[None]:
    """As pytest-django's, but workers share the migrating; and every connection knows the migrations' rows.

    Playwright keeps an event loop on this thread, beside which Django opens a second connection object.
    """
    with ExitStack() as stack:
        if worker := os.environ.get("PYTEST_XDIST_WORKER"):
            stack.enter_context(own_copy(shared_folder, worker, django_db_blocker))
        else:
            request.getfixturevalue("django_db_setup")
        for connection in connections.all(initialized_only=True):
            if rows := getattr(connection, "_test_serialized_contents", None):
                type(connection)._test_serialized_contents = rows
        yield


@pytest.fixture(scope="module")
def module_transaction(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """For fixtures that make rows once for a module: each test undoes its own changes, the module's end these."""
    with rolled_back(django_db_blocker):
        yield


@pytest.fixture
def fresh_forms(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """Forget earlier sendings, and keep attachments in a folder of the test's own, which is given."""
    from forms.receiving import limits

    limits.local.clear()
    cache.clear()
    folder = tmp_path / "private"
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder, "base_url": None},
        },
    }
    storages._storages.clear()
    yield folder
    storages._storages.clear()


@pytest.fixture
def own_loop() -> Iterator[None]:
    """Lets a test start an event loop: Playwright keeps its own running on this thread from its first test on.

    Django knows other connections beside a running loop than without one; the test keeps those it came with.
    """
    running = asyncio.events._get_running_loop()
    ours = {alias: connections[alias] for alias in connections}
    asyncio.events._set_running_loop(None)
    others = {alias: connections[alias] for alias in connections}
    for alias, connection in ours.items():
        connections[alias] = connection
    yield
    for alias, connection in others.items():
        connections[alias] = connection
    asyncio.events._set_running_loop(running)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the workers of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def running_site(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Iterator[servers.RunningSite]:
    """The whole site as `make run` serves it, with demo content, in processes of its own. One a worker."""
    with servers.demo_site(tmp_path_factory.mktemp("site"), shared_folder) as site:
        yield site


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server with the right to make databases."""
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """The address of a Valkey server."""
    with servers.valkey() as url:
        yield url


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """The address of an S3 server that accepts any key."""
    with servers.s3() as url:
        yield url
