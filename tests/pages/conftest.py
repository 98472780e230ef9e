"""Fixtures of the tests of pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import DjangoDbBlocker

from tests.database import rolled_back
from tests.pages import site


@pytest.fixture(scope="module")
def site_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The small clinic site, made once for a module's tests and taken back after them."""
    with rolled_back(django_db_blocker):
        site.whole_site()
        yield


@pytest.fixture
def whole_site(site_rows: None, db: None) -> None:
    """A home page with everything below it; what a test changes is taken back after it."""
    cache.clear()
