"""Fixtures of the tests of forms: fresh counters, a private storage of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.test import Client

from forms.receiving import limits
from tests.forms.build import person


@pytest.fixture(autouse=True)
def fresh(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """Forget earlier sendings, and keep attachments of a test in a folder of its own."""
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
def desk(client: Client) -> Client:
    """A browser in which somebody of the intake role is logged in."""
    client.force_login(person("inez", intake=True))
    return client
