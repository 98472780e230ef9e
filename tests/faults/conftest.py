"""Fixtures of the fault tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import storages

from forms.receiving import limits


@pytest.fixture(autouse=True)
def fresh_private(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """Fresh counters of sendings, and a private storage of its own."""
    limits.local.clear()
    cache.clear()
    settings.FORMS_QUARANTINE_AFTER = settings.FORMS_REFUSE_AFTER = 10_000
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
