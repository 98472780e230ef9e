"""Fixtures of the tests of pages."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.pages import site


@pytest.fixture(scope="module")
def site_rows(module_transaction: None) -> None:
    """The small clinic site, made once for a module's tests."""
    site.whole_site()


@pytest.fixture
def whole_site(site_rows: None, db: None) -> None:
    """A home page with everything below it; what a test changes is taken back after it."""
    cache.clear()
