"""The demo clinic as `make run` serves it, for tests that look at the whole site from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers import free_port

ROOT = Path(__file__).parents[2]
STARTING_SECONDS = 300
# What the settings of the tests put into the environment; the server makes its own.
SETTINGS = (
    *("SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL", "DATABASE_URL", "DATABASE_POOL", "CACHE_URL", "EMAIL_URL", "STORAGE"),
    *("DEFAULT_FROM_EMAIL", "SUBMISSION_KEYS", "BLIND_INDEX_KEY", "ENV_FILE"),
)


@dataclass(frozen=True)
class Reply:
    """What the server answered; the names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    address: str

    @classmethod
    def of(cls, status: int, answer: Any) -> Reply:
        """Reads an answer of urllib."""
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return cls(status, headers, answer.read(), answer.url)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass(frozen=True)
class Demo:
    """The running site. DEMO_ADDRESS names one that runs already, for looking again without building again."""

    root: str

    def get(self, path: str) -> Reply:
        """Asks for an address of the site, following redirects; an error status is a reply too."""
        request = urllib.request.Request(self.root + path if path.startswith("/") else path)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Reply.of(answer.status, answer)
        except urllib.error.HTTPError as error:
            return Reply.of(error.code, error)


@contextmanager
def served() -> Iterator[Demo]:
    """Runs the site until the end of the block, on a free port, with its data in a folder that goes away."""
    if given := os.environ.get("DEMO_ADDRESS"):
        yield Demo(given.rstrip("/"))
        return
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="clinic-demo-") as data, tempfile.TemporaryFile() as output:
        environment = {name: value for name, value in os.environ.items() if name not in SETTINGS} | {
            "DATA_DIR": data,
            "PORT": str(port),
            "DJANGO_SETTINGS_MODULE": "clinic.settings.dev",
            "ENV_FILE": "",
        }
        command = [sys.executable, str(ROOT / "manage.py"), "serve", "--port", str(port)]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            demo = Demo(f"http://127.0.0.1:{port}")
            until = time.monotonic() + STARTING_SECONDS
            while True:
                output_so_far = output.seek(0) or output.read().decode(errors="replace")
                assert process.poll() is None, f"The site did not start:\n{output_so_far}"
                assert time.monotonic() < until, f"The site was not up in time:\n{output_so_far}"
                try:
                    if demo.get("/readyz").status == 200:
                        break
                except OSError:
                    time.sleep(0.3)
            yield demo
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
