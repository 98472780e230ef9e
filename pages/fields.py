"""LeanStreamField: a StreamField whose block definitions stay out of migrations, and whose rich texts are clean."""

from __future__ import annotations

from typing import Any

from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import BaseTypedTableBlock
from wagtail.fields import StreamField

from research import rich_text


class LeanStreamField(StreamField):
    """Wagtail's StreamField, except that editing a block never makes a migration and no rich text is kept unclean.

    Migrations record only that the column is a stream; the blocks are read from the code, as for any other Python.
    """

    def get_prep_value(self, value: Any) -> Any:
        """What goes into the table and into drafts."""
        prepared = super().get_prep_value(value)
        return clean(self.stream_block, prepared) if isinstance(prepared, list) else prepared

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Describe the field to migrations without its blocks."""
        name, _path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, "pages.fields.LeanStreamField", [[]], kwargs


def clean(block: blocks.Block, raw: Any) -> Any:
    """Returns a block's raw value, as the database keeps it, with every rich text in it clean."""
    if isinstance(block, blocks.RichTextBlock):
        return rich_text.clean(raw) if isinstance(raw, str) else raw
    if isinstance(block, blocks.StructBlock) and isinstance(raw, dict):
        return {
            name: clean(block.child_blocks[name], one) if name in block.child_blocks else one
            for name, one in raw.items()
        }
    if isinstance(block, blocks.StreamBlock) and isinstance(raw, list):
        return [
            one | {"value": clean(block.child_blocks[one["type"]], one["value"])}
            if one.get("type") in block.child_blocks
            else one
            for one in raw
        ]
    if isinstance(block, blocks.ListBlock) and isinstance(raw, list):
        return [
            one | {"value": clean(block.child_block, one["value"])}
            if isinstance(one, dict) and one.get("type") == "item"
            else clean(block.child_block, one)
            for one in raw
        ]
    if isinstance(block, BaseTypedTableBlock) and isinstance(raw, dict):
        kinds = [block.child_blocks.get(column["type"]) for column in raw["columns"]]
        rows = [
            row
            | {"values": [clean(kind, one) if kind else one for kind, one in zip(kinds, row["values"], strict=False)]}
            for row in raw["rows"]
        ]
        return raw | {"rows": rows}
    return raw
