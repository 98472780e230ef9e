"""LeanStreamField: a StreamField whose block definitions stay out of migrations."""

from __future__ import annotations

from typing import Any

from wagtail.fields import StreamField


class LeanStreamField(StreamField):
    """Wagtail's StreamField, except that editing a block never makes a migration.

    Migrations record only that the column is a stream; the blocks are read from the code, as for any other Python.
    """

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Describe the field to migrations without its blocks."""
        name, _path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, "pages.fields.LeanStreamField", [[]], kwargs
