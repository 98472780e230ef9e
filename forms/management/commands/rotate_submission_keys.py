"""`manage.py rotate_submission_keys`: seal everything with the active key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forms.models.audit import AuditEntry, record
from forms.safekeeping.encryption import key_ring
from forms.safekeeping.rotation import rotate, rows_left


class Command(BaseCommand):
    """Put a new key FIRST in SUBMISSION_KEYS, keep the old ones behind it, restart, run this, drop the old ones."""

    help = (
        "Encrypts all submissions, notes, drafts, attachments and audit reasons again with the first key of "
        "SUBMISSION_KEYS. Can be stopped and started again. Take an old key out only when this says that none is left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """`--dry-run` counts only."""
        parser.add_argument("--dry-run", action="store_true", help="Count what is left to do and change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate with progress; fail if something could not be opened."""
        left = rows_left()
        self.stdout.write(f"Active key: {key_ring().active_id}. Left to do: " + _counts(left))
        if options["dry_run"] or not sum(left.values()):
            return
        done: dict[str, int] = {}
        failed, problem = 0, ""
        for progress in rotate():
            done[progress.model] = progress.done
            self.stdout.write(f"  {progress.model}: {progress.done} done, {progress.failed} failed")
            if progress.failed:
                failed, problem = max(failed, progress.failed), progress.problem
        record(AuditEntry.Action.ROTATE, key=key_ring().active_id, failed=failed, done=done)
        if failed:
            raise CommandError(f"{failed} could not be read and stay as they are. {problem} Then run this again.")
        self.stdout.write(self.style.SUCCESS("All done. Older keys can be taken out of SUBMISSION_KEYS now."))


def _counts(left: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in left.items())
