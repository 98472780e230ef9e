"""Writes the OpenAPI document to docs/openapi.json, from which clients are generated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from clinic.api.instance import document


class Command(BaseCommand):
    """`manage.py write_api_contract`: run it after a change of the API that is meant."""

    help = "Write the API's OpenAPI document, docs/openapi.json."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to write."""
        parser.add_argument("--output", type=Path, default=Path(settings.ROOT) / "docs" / "openapi.json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the file with one line a value, so that differences can be read."""
        output: Path = options["output"]
        output.write_text(json.dumps(document(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        self.stdout.write(f"Written: {output}")
