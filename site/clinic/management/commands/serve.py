"""`manage.py serve`: everything that `make run` does once the packages are installed."""

import ctypes
import gc
import hashlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connections
from wagtail.models import Page

from clinic import prepare
from clinic.demo import data

ROOM_NEEDED_MB = 100
STARTING_SECONDS = 60
STOPPING_SECONDS = 10


class Command(BaseCommand):
    """Migrates, collects static files, seeds the demo once, then serves with the background worker until stopped."""

    help = "Serve the site on this machine with its demo content and its background worker (what `make run` calls)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to serve, and whether with the demo."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-demo", action="store_true", help="Never put the demo content into this database.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, serve, and stop both processes on Ctrl-C or SIGTERM."""
        port: int = options["port"]
        prepare.check_port(port)
        prepare.check_room(ROOM_NEEDED_MB)
        # From here on a request to stop is an exception, wherever it arrives.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.interrupt)
        try:
            self.prepare_data(with_demo=not options["no_demo"])
        except (OSError, OperationalError) as error:
            raise CommandError(
                f"The data could not be prepared: {error}\n"
                f"If the disk is full, free some space; if {settings.VAR} is not yours, take it over. "
                "Then run the same command again: it goes on where it stopped."
            ) from error
        connections.close_all()
        self.serve(port)

    @staticmethod
    def interrupt(number: int, frame: FrameType | None) -> None:
        """Treat a signal as Ctrl-C."""
        raise KeyboardInterrupt

    def prepare_data(self, *, with_demo: bool) -> None:
        """Bring database, static files and demo to where this version of the code wants them."""
        # Migrations hold many small objects and free few: looking for garbage less often saves a sixth of the time.
        gc.set_threshold(100_000, 50, 100)
        self.say("Preparing the database ...")
        call_command("migrate", interactive=False, verbosity=0)
        wanted = static_fingerprint()
        stamp = settings.VAR / "static.stamp"
        if not (stamp.exists() and stamp.read_text() == wanted):
            self.say("Collecting stylesheets, scripts and fonts ...")
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            stamp.write_text(wanted)
        seeded = settings.VAR / "demo-seeded"
        if not with_demo:
            seeded.write_text("not wanted")
        elif not seeded.exists() or not Page.objects.filter(depth__gt=2).exists():
            # Seeded already, and yet only Wagtail's first page: somebody took the database away.
            self.say("Building the demo clinic (only the first time) ...")
            call_command("seed_demo", verbosity=0)
            seeded.write_text("yes")

    def serve(self, port: int) -> None:
        """Run the server and the worker side by side; when one ends, end the other."""
        root = Path(settings.ROOT)
        environment = os.environ | {"PYTHONPATH": f"{root}{os.pathsep}{root / 'site'}", "PYTHONUNBUFFERED": "1"}
        server = [sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1"]
        server += ["--port", str(port), "--log-level", "warning", "clinic.asgi:application"]
        worker = [sys.executable, str(root / "manage.py"), "worker"]
        # Sessions of their own: Ctrl-C reaches this process alone, which then stops them in good order.
        processes = {
            name: subprocess.Popen(
                command, cwd=root, env=environment, start_new_session=True, preexec_fn=die_with_parent
            )
            for name, command in {"The server": server, "The background worker": worker}.items()
        }
        try:
            self.wait_until_up(port, processes)
            self.announce(port)
            while True:
                self.refuse_dead(processes)
                time.sleep(0.5)
        except KeyboardInterrupt:
            self.say("\nStopping ...")
        finally:
            stop(list(processes.values()))
        self.say("Stopped.")

    def wait_until_up(self, port: int, processes: "dict[str, subprocess.Popen[bytes]]") -> None:
        """Return when the site answers."""
        until = time.monotonic() + STARTING_SECONDS
        while time.monotonic() < until:
            self.refuse_dead(processes)
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                    return
            except urllib.error.HTTPError as error:
                raise CommandError(f"The site is not ready: {error.read().decode()}") from error
            except OSError:
                time.sleep(0.1)
        raise CommandError(f"The server did not answer within {STARTING_SECONDS} seconds. Its own words stand above.")

    def refuse_dead(self, processes: "dict[str, subprocess.Popen[bytes]]") -> None:
        """Fail when one of the processes has ended by itself."""
        for name, process in processes.items():
            if process.poll() is not None:
                raise CommandError(f"{name} has ended (exit code {process.returncode}). Its own words stand above.")

    def announce(self, port: int) -> None:
        """Print the address and the demo log-ins."""
        address = f"http://127.0.0.1:{port}/"
        self.say(f"\n  The site   {address}\n  The admin  {address}admin/")
        if (settings.VAR / "demo-seeded").read_text() == "yes":
            self.say("\n  Demo log-ins for the admin (name, password, role):")
            there = {*get_user_model().objects.values_list("username", flat=True)}
            for user in data.read("users"):
                if user["username"] in there:
                    self.say(f"    {user['username']:<10}  {user['password']:<15}  {user['group']}")
        self.say(f"\n  Ctrl-C stops it. Its data lie in {settings.VAR} and stay.\n")

    def say(self, text: str) -> None:
        """Show progress at once, also when the output is a file."""
        self.stdout.write(text)
        self.stdout.flush()


def die_with_parent() -> None:
    """Have Linux end this process when `serve` is killed outright, so that no server holds the port afterwards."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def stop(processes: "list[subprocess.Popen[bytes]]") -> None:
    """End the processes in good order, and those that do not end by force. A second Ctrl-C hurries nothing."""
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    for process in processes:
        process.terminate()
    until = time.monotonic() + STOPPING_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    for number, handler in handlers.items():
        signal.signal(number, handler)


def static_fingerprint() -> str:
    """Changes when a static file does: names, sizes and times of all of them."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            file = Path(storage.path(path)).stat()
            digest.update(f"{path} {file.st_size} {file.st_mtime_ns}\n".encode())
    return digest.hexdigest()
