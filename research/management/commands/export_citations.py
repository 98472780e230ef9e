"""manage.py export_citations: the library, or the public part of it, as a file."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from research.exporting import export
from research.formats.registry import FORMATS
from research.models import Citation


class Command(BaseCommand):
    """Writes every record with all its fields; with --published only what anyone may see."""

    help = "Exports the research library as RIS, BibTeX, PubMed .nbib, CSL-JSON or AMA text."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Format, file and extent."""
        parser.add_argument("--format", choices=list(FORMATS), default="csl-json")
        parser.add_argument("--output", type=Path, help="file to write; standard output unless given")
        parser.add_argument("--published", action="store_true", help="only public records and public fields")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, piece by piece, in the order of keys."""
        citations = Citation.objects.order_by("key")
        if options["published"]:
            citations = citations.published()
        pieces = export(citations, options["format"], public=options["published"])
        path: Path | None = options["output"]
        if path is None:
            for piece in pieces:
                self.stdout.write(piece, ending="")
            return
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(pieces)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        sys.stderr.write(f"{citations.count()} records written to {path}.\n")
