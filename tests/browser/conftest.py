"""A real Chromium for the tests, on the fixtures of pytest-playwright: `page`, `context`, `browser`.

Together with pytest-django's `live_server`: `page.goto(live_server.url)`.
"""

import os
import shutil
from typing import Any

import pytest

# Playwright keeps an event loop on the tests' thread, which Django would take for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
SETTLED = [
    "--disable-gpu",
    "--no-first-run",
    # Nothing goes to the browser's own services.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]


def chromium_path() -> str | None:
    """The Chromium that CHROMIUM names, or the one the system has."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in this folder as a browser test."""
    here = os.path.dirname(__file__)  # noqa: PTH120
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the system's Chromium; Playwright's own is not downloaded."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium, or name one in CHROMIUM")
    args = [*SETTLED, "--no-sandbox"] if os.geteuid() == 0 else SETTLED
    return browser_type_launch_args | {"executable_path": path, "args": args}
