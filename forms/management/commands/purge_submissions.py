"""`manage.py purge_submissions`: delete what is past its retention date."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Count, Min

from forms.models.attachments import private_storage
from forms.models.drafts import Draft
from forms.models.submissions import Submission
from forms.safekeeping.purging import orphan_files, purge_drafts, purge_snapshots, purge_submissions


class Command(BaseCommand):
    """Dry run unless told otherwise; every deletion is in the audit trail."""

    help = (
        "Deletes submissions past their retention date with their notes and files, expired drafts, and files that "
        "belong to nothing. Shows only what it would do, unless --delete is given."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """`--delete` does it."""
        parser.add_argument("--delete", action="store_true", help="Delete for good. Without it nothing is changed.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count by form, then delete if asked."""
        rows = (
            Submission.objects.to_purge()
            .values("page__title")
            .annotate(count=Count("pk"), oldest=Min("received_at"))
            .order_by("page__title")
        )
        for row in rows:
            self.stdout.write(f"  {row['page__title']}: {row['count']} (oldest from {row['oldest']:%Y-%m-%d})")
        total, drafts = sum(row["count"] for row in rows), Draft.objects.expired().count()
        orphans = list(orphan_files())
        found = f"{total} submissions, {drafts} drafts, {len(orphans)} files without a record"
        if not options["delete"]:
            self.stdout.write(f"Would delete: {found}. Nothing was changed; --delete does it.")
            return
        deleted = purge_submissions()
        purge_drafts()
        purge_snapshots()
        for path in orphans:
            private_storage().delete(path)
        self.stdout.write(self.style.SUCCESS(f"Deleted: {deleted} submissions, {drafts} drafts, {len(orphans)} files."))
