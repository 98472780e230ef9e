"""`manage.py start_empty`: a clinic of one's own, without the demo."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from clinic.demo import empty, seed


class Command(BaseCommand):
    """Make the pages and settings every site needs, and nothing else."""

    help = (
        "Starts a clinic from scratch: a home page, drafts of the pages a site needs, the US crisis lines, the roles "
        "and the medical review. No log-ins: make the first with `manage.py createsuperuser`."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The clinic's name, and whether the demo goes."""
        parser.add_argument(
            "--remove-demo",
            action="store_true",
            help="First delete the demo: its log-ins, its library and every page under its home page.",
        )
        parser.add_argument("name", nargs="?", default="Your clinic", help="The clinic's name, in quotes.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start, or say why not."""
        try:
            with transaction.atomic(), seed.quiet_logs():
                if options["remove_demo"]:
                    seed.remove(self.stdout.write)
                empty.start(options["name"])
        except seed.SubmissionsInTheWayError as error:
            raise CommandError(
                f"Nothing was changed: people sent in {error} form(s) that are not the demo's, and they would be lost. "
                "Deal with them at the intake desk first."
            ) from error
        except seed.AnotherSiteError as error:
            raise CommandError(
                "Nothing was changed: the site in this database is not the demo, and --remove-demo would delete its "
                "pages. To start another one use an empty database: set DATABASE_URL, run `manage.py migrate`, then "
                "this again."
            ) from error
        except empty.NotEmptyError as error:
            raise CommandError(
                "There is a site already, and nothing was changed. If it is the demo, add --remove-demo; that deletes "
                "every page under its home page. Otherwise use an empty database: set DATABASE_URL, run "
                "`manage.py migrate`, then this again."
            ) from error
        self.stdout.write(
            "Started. Next: `manage.py createsuperuser`, then open /admin/ and fill in Settings > Clinic."
        )
