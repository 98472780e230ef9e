"""manage.py import_citations FILE: bring records into the library from the command line."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db.models import F

from research.formats.parsing import ImportRefusedError
from research.formats.registry import FORMATS
from research.importing.commit import commit
from research.importing.preview import preview
from research.models import ImportBatch, ImportRow


class Command(BaseCommand):
    """Reads RIS, BibTeX, PubMed .nbib or CSL-JSON. New records become drafts; nothing is overwritten unless asked."""

    help = "Imports records into the research library as drafts; says what became of each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, or the number of an import to go on with."""
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("file", nargs="?", type=Path, help="a file in RIS, BibTeX, .nbib or CSL-JSON")
        source.add_argument("--resume", type=int, metavar="NUMBER", help="go on with an import that broke off")
        readable = [name for name, format_ in FORMATS.items() if format_.parse]
        parser.add_argument("--format", choices=readable, default="", help="told by the file unless given")
        parser.add_argument("--user", help="user name to note as the author of the drafts")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument(
            "--existing",
            choices=["fill", "skip", "overwrite"],
            default="fill",
            help="records that the library has: fill what is empty (default), leave them, or take what the file says",
        )
        parser.add_argument("--report", type=Path, help="write what became of each record to this file, as JSON lines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Preview, then commit with a line of progress."""
        user = self._user(options["user"])
        batch = self._batch(options, user)
        counts = batch.counts()
        self.stdout.write(
            f"Import {batch.pk}: {counts.get('all', 0)} records in {batch.origin} ({batch.format}): "
            f"{counts.get('to_create', 0)} new, {counts.get('to_update', 0)} to change, "
            f"{counts.get('to_skip', 0)} to leave out."
        )
        for problem in batch.problems:
            self.stdout.write(f"  {problem}")
        if options["dry_run"]:
            self._problems(batch)
            batch.delete()
            return
        for done, total in commit(batch, user):
            self.stdout.write(f"\r{done} of {total}", ending="")
            self.stdout.flush()
        counts = batch.counts()
        self.stdout.write(
            f"\r{counts.get('created', 0)} added as drafts, {counts.get('updated', 0)} changed, "
            f"{counts.get('skipped', 0)} left out, {counts.get('failed', 0)} not saved."
        )
        self._problems(batch)
        if options["report"]:
            self._write_report(batch, options["report"])

    def _user(self, name: str | None) -> Any:
        if not name:
            return None
        model = get_user_model()
        try:
            return model._default_manager.get(**{model.USERNAME_FIELD: name})
        except model.DoesNotExist as error:
            raise CommandError(f"There is no user “{name}”. Leave --user away, or name one that exists.") from error

    def _batch(self, options: dict[str, Any], user: Any) -> ImportBatch:
        if options["resume"]:
            try:
                return ImportBatch.objects.get(pk=options["resume"])
            except ImportBatch.DoesNotExist as error:
                raise CommandError(f"There is no import {options['resume']}.") from error
        path: Path = options["file"]
        try:
            batch = preview(path.read_bytes(), format_name=options["format"], filename=path.name, user=user)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except ImportRefusedError as error:
            raise CommandError(str(error)) from error
        known = batch.rows.filter(match__isnull=False, possible=True)
        if options["existing"] == "skip":
            known.update(action=ImportRow.Action.SKIP)
        elif options["existing"] == "overwrite":
            known.exclude(differences=[]).update(action=ImportRow.Action.UPDATE, take=F("differences"))
        return batch

    def _problems(self, batch: ImportBatch) -> None:
        """Every record that was or will be left out for a reason, and every one that was not saved."""
        rows = batch.rows.filter(possible=False) | batch.rows.filter(state=ImportRow.State.FAILED)
        for row in rows:
            errors = [problem["message"] for problem in row.problems if problem["severity"] == "error"]
            place = f"line {row.line}" if row.line else f"record {row.number}"
            self.stderr.write(f"  {place}: {row.title[:60]}: {row.message or ' '.join(errors)}")

    def _write_report(self, batch: ImportBatch, path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            for row in batch.rows.select_related("citation").iterator():
                notes = [problem["message"] for problem in row.problems]
                key = row.citation.key if row.citation else None
                line = {"number": row.number, "line": row.line, "title": row.title, "state": row.state, "key": key}
                file.write(json.dumps(line | {"message": row.message, "notes": notes}, ensure_ascii=False) + "\n")
