"""`manage.py start_empty`: a clinic of one's own, without the demo."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.demo import empty


class Command(BaseCommand):
    """Make the pages and settings every site needs, and nothing else."""

    help = (
        "Starts a clinic from scratch: a home page, drafts of the pages a site needs, the US crisis lines, the roles "
        "and the medical review. No log-ins: make the first with `manage.py createsuperuser`."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The clinic's name."""
        parser.add_argument("name", nargs="?", default="Your clinic", help="The clinic's name, in quotes.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start, or say why not."""
        try:
            empty.start(options["name"])
        except empty.NotEmptyError as error:
            raise CommandError(
                "There is a site already, and nothing was changed. To start over, take the demo away with "
                "`manage.py start_empty --help` in mind: use an empty database, run `manage.py migrate`, then this."
            ) from error
        self.stdout.write(
            "Started. Next: `manage.py createsuperuser`, then open /admin/ and fill in Settings > Clinic."
        )
