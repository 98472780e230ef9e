"""`manage.py setup_roles`: the four groups with their standard permissions."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from clinic.roles import setup_roles


class Command(BaseCommand):
    """Bring the four roles to their standard permissions."""

    help = (
        "Creates the groups Marketing, Clinicians, Intake and Administrators, or brings them back to their standard "
        "permissions. Run it after an upgrade. Extra rights given to one of these groups by hand are taken away."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Settle every role and say what changed."""
        for grant in setup_roles():
            changes = [*(f"+{name}" for name in grant.added), *(f"-{name}" for name in grant.removed)]
            self.stdout.write(f"{grant.role}: {'as it should be' if not changes else ', '.join(changes)}")
            for name in grant.unknown:
                self.stderr.write(f"{grant.role}: no permission is called {name}. Run `manage.py migrate` first.")
