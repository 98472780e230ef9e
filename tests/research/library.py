"""The demo clinic's bibliography as tests use it: 43 records in CSL-JSON."""

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
BIBLIOGRAPHY = Path(__file__).parents[2] / "site" / "clinic" / "demo" / "bibliography.json"


def bibliography() -> list[dict[str, Any]]:
    """Fresh copies of all 43 records."""
    return json.loads(BIBLIOGRAPHY.read_text(encoding="utf-8"))


def record(key: str) -> dict[str, Any]:
    """One record by its id."""
    return next(item for item in bibliography() if item["id"] == key)
