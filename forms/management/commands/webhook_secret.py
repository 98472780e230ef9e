"""`manage.py webhook_secret`: the signing secret of a form's webhook."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forms.delivery.webhooks import page_secrets
from forms.models.pages import FormPage


class Command(BaseCommand):
    """Prints the secret for the receiving system."""

    help = "Prints the secret with which a form's webhook is signed (Standard Webhooks)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which form."""
        parser.add_argument("page", type=int, help="Id of the form page, as in its address in the admin.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        if not FormPage.objects.filter(pk=options["page"]).exists():
            raise CommandError("There is no form page with this id. Open the form in the admin: its address holds it.")
        self.stdout.write(page_secrets(options["page"])[0])
