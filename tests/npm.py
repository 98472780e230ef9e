"""Packages of Node.js for tests, from a lock beside their package.json; without Node.js or a registry, tests skip."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SECONDS = 60
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=0")


def install(folder: Path) -> None:
    """Installs what the lock in ``folder`` names. Skips the test where that cannot be; fails on a lock that is off."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("This is checked where Node.js and npm are installed.")
    try:
        done = subprocess.run((npm, *INSTALL), cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm could not install the packages of {folder.name} within {SECONDS} seconds.")
    assert "EUSAGE" not in done.stderr, f"package-lock.json does not fit package.json:\n{done.stderr}"
    if done.returncode:
        pytest.skip(f"npm could not install the packages of {folder.name}: {done.stderr.strip()[:300]}")
