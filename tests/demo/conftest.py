"""The demo clinic for the tests of this folder: made once, as making it takes longer than most of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import DjangoDbBlocker

from clinic.demo import seed
from tests.database import rolled_back


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep the whole folder on one worker."""
    item.add_marker(pytest.mark.xdist_group("demo"))


@pytest.fixture(scope="package")
def demo_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The whole demo clinic, gone again after the last test of this folder."""
    with rolled_back(django_db_blocker):
        seed.seed(lambda _line: None)
        yield


@pytest.fixture(autouse=True)
def demo_site(demo_rows: None, db: None) -> None:
    """The demo clinic as it was made; what a test changes is undone after it."""
    cache.clear()
