"""A real Chromium for the tests, on the fixtures of pytest-playwright: `page`, `context`, `browser`.

Together with pytest-django's `live_server`: `page.goto(live_server.url)`.
"""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from clinic import prepare

# Playwright keeps an event loop on the tests' thread, which Django would take for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

SETTLED = [
    "--disable-gpu",
    "--no-first-run",
    # Nothing goes to the browser's own services.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]


def why_not() -> str | None:
    """Why no browser can be driven on this machine, or None where it can."""
    if prepare.find_chromium() is None:
        return "no Chromium on this machine: apt-get install chromium, or name one in CHROMIUM"
    if not prepare.drives_browsers(Path(sys.prefix)):
        return "Playwright does not start on this machine: apt-get install libatomic1"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in this folder as a browser test; skip it with the reason where there is no browser."""
    ours = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    reason = why_not() if ours else None
    for item in ours:
        item.add_marker("browser")
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the system's Chromium; Playwright's own is not downloaded."""
    args = [*SETTLED, "--no-sandbox"] if os.geteuid() == 0 else SETTLED
    return browser_type_launch_args | {"executable_path": prepare.find_chromium(), "args": args}
