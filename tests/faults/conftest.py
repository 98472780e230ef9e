"""Fixtures of the fault tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def fresh_private(fresh_forms: Path, settings: Any) -> Path:
    """Fresh counters that nobody fills, and the folder where attachments are kept."""
    settings.FORMS_QUARANTINE_AFTER = settings.FORMS_REFUSE_AFTER = 10_000
    return fresh_forms
