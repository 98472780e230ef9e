"""`manage.py seed_demo`: the whole demo clinic."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.demo import data, seed


class Command(BaseCommand):
    """Make the demo clinic, or what is missing of it."""

    help = (
        "Makes the demo clinic: pages, research library, forms, four log-ins and a few fictional submissions. A second "
        "run makes what is missing and changes nothing else. --reset takes the demo away first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The switches."""
        parser.add_argument(
            "--reset",
            action="store_true",
            help="Start over: delete the demo, with every page under its home page, and make it again.",
        )
        parser.add_argument(
            "--with-submissions",
            action="store_true",
            help="With --reset: also delete what people sent in through the forms. It cannot be brought back.",
        )
        parser.add_argument(
            "--yes-demo",
            action="store_true",
            help="Allow it on a server that speaks HTTPS. The demo log-ins have passwords that everybody knows.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check that this is no production server, reset if asked to, seed, and show the log-ins."""
        if settings.SESSION_COOKIE_SECURE and not options["yes_demo"]:
            raise CommandError(
                "These are production settings, and the demo log-ins have passwords that everybody knows. "
                "For a clinic of your own run `manage.py start_empty`. If this server is for showing the demo, "
                "run `manage.py seed_demo --yes-demo`."
            )
        say = self.stdout.write if options["verbosity"] else lambda _text: None
        with seed.quiet_logs():
            try:
                if options["reset"]:
                    self._remove(say, also_submissions=options["with_submissions"])
                seed.seed(say)
            except seed.AnotherSiteError as error:
                raise CommandError(
                    "There is a site of your own in this database, and nothing was changed. For a look at the demo use "
                    "another database: set DATABASE_URL and run `manage.py migrate`, then this again."
                ) from error
        say("\nLog in at /admin/ with one of:")
        for user in data.read("users"):
            say(f"  {user['username']:<10} {user['password']:<16} {user['group']}")

    def _remove(self, say: seed.Say, *, also_submissions: bool) -> None:
        try:
            seed.remove(say, also_submissions=also_submissions)
        except seed.SubmissionsInTheWayError as error:
            raise CommandError(
                f"Nothing was changed: people sent in {error} form(s) that are not the demo's, and they would be lost. "
                "Deal with them at the intake desk first, or add --with-submissions to delete them."
            ) from error
