"""`manage.py verify_audit`: check that no entry of the audit trail was changed or removed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from forms.models.audit import verify


class Command(BaseCommand):
    """Exit status 1 when the trail does not hold."""

    help = "Checks the hash chain of the audit trail. Write down number and digest elsewhere to notice a later cut."

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk the chain."""
        count, digest, broken = verify()
        if broken:
            raise CommandError(
                f"The trail does not hold at entry {broken.number}: {broken.reason}. "
                f"{count} entries before it are good. Keep the database as it is and find out who had access."
            )
        self.stdout.write(self.style.SUCCESS(f"{count} entries, none changed, none missing. Last digest: {digest}"))
