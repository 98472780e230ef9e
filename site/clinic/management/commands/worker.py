"""`manage.py worker`: the background worker."""

import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.chores import CHORES


class Command(BaseCommand):
    """Does each chore when it is due, until it is told to stop; a chore that has begun is finished first."""

    help = "Do the site's background work: scheduled publishing, sending, tidying. Several may run side by side."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--once` for cron and for tests."""
        parser.add_argument("--once", action="store_true", help="Do every chore once and end.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT."""
        if options["once"]:
            failed = [chore.name for chore in CHORES if not chore.attempt()]
            if failed:
                raise CommandError(f"Failed: {', '.join(failed)}. The log says why.")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: stop.set())
        due = dict.fromkeys(CHORES, 0.0)
        while not stop.is_set():
            for chore in CHORES:
                if not stop.is_set() and due[chore] <= time.monotonic():
                    chore.attempt()
                    due[chore] = time.monotonic() + chore.every_seconds
            stop.wait(max(0.1, min(due.values()) - time.monotonic()))
