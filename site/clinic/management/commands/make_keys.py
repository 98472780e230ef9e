"""`manage.py make_keys`: fresh values for the settings that must be secret."""

from typing import Any

from django.core.management.base import BaseCommand

from clinic.development import fresh_keys


class Command(BaseCommand):
    """Prints one `NAME=value` a line, ready for an environment file; keeps nothing."""

    help = "Print fresh values for SECRET_KEY, SUBMISSION_KEYS and BLIND_INDEX_KEY, ready for the environment file."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the keys."""
        for name, value in fresh_keys().items():
            self.stdout.write(f"{name}={value}")
