"""`manage.py rotate_blind_index`: index everything with the active key of BLIND_INDEX_KEY."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forms.models.audit import seal
from forms.safekeeping.encryption import active_index_key
from forms.safekeeping.reindexing import left, reindex


class Command(BaseCommand):
    """Put a new key FIRST in BLIND_INDEX_KEY, keep the old one behind it, restart, run this, drop the old one."""

    help = (
        "Indexes all submissions again with the first key of BLIND_INDEX_KEY, and seals the audit trail with it. Can "
        "be stopped and started again. Take an old key out only when this says that none is left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """`--dry-run` counts only."""
        parser.add_argument("--dry-run", action="store_true", help="Count what is left to do and change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Index with progress; fail if something could not be read or the trail does not hold."""
        self.stdout.write(f"Active key: {active_index_key()}. Left to do: {left()} submissions")
        if options["dry_run"]:
            return
        done, failed, problem = 0, 0, ""
        for progress in reindex():
            done, failed, problem = progress.done, progress.failed, progress.problem
            self.stdout.write(f"  {done} done, {failed} failed")
        if failed:
            raise CommandError(f"{failed} could not be read and stay as they are. {problem} Then run this again.")
        broken = seal(index_key=active_index_key(), done=done)
        if broken:
            raise CommandError(
                f"The audit trail does not hold at entry {broken.number}: {broken.reason}. It was not sealed with the "
                "new key. Put the key that linked it back into BLIND_INDEX_KEY, behind the first, and run this again."
            )
        self.stdout.write(
            self.style.SUCCESS(
                "All done. Tell the receivers of webhooks their new secrets (manage.py webhook_secret); a day later "
                "the older keys can be taken out of BLIND_INDEX_KEY."
            )
        )
