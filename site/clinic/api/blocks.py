"""Precise types for stream blocks, derived from the block definitions themselves: one definition, no twin.

A stream becomes a list of a union discriminated by ``type``; a struct becomes an object with its children's types.
`block_type` gives the type that the OpenAPI document shows, `block_value` the value that fits it.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from ninja import Field
from pydantic import Discriminator, create_model
from wagtail import blocks
from wagtail.blocks.struct_block import StructValue
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.embeds.blocks import EmbedBlock
from wagtail.images.blocks import ImageBlock, ImageChooserBlock
from wagtail.rich_text import RichText
from wagtail.snippets.blocks import SnippetChooserBlock

from clinic.api.schemas.media import Document, Picture
from clinic.api.schemas.references import PageReference, RecordReference, Table
from clinic.api.schemas.shape import Shape

if TYPE_CHECKING:
    from clinic.api.answers import Answer

PLAIN: list[tuple[type[blocks.Block], Any]] = [
    (blocks.BooleanBlock, bool),
    (blocks.IntegerBlock, int | None),
    (blocks.FloatBlock, float | None),
    (blocks.DecimalBlock, Decimal | None),
    (blocks.DateTimeBlock, datetime.datetime | None),
    (blocks.DateBlock, datetime.date | None),
    (blocks.TimeBlock, datetime.time | None),
    (blocks.StaticBlock, None),
]
_names: dict[str, int] = {}


def _name(wanted: str) -> str:
    """A name for a schema that no other block's schema has."""
    _names[wanted] = _names.get(wanted, 0) + 1
    return wanted if _names[wanted] == 1 else f"{wanted}{_names[wanted]}"


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("-", "_").split("_"))


def _signature(block: blocks.Block) -> Any:
    """What makes two blocks the same to a front end: their class and their children."""
    if isinstance(block, blocks.StreamBlock | blocks.StructBlock):
        return (type(block), tuple((name, _signature(child)) for name, child in block.child_blocks.items()))
    if isinstance(block, blocks.ListBlock):
        return (type(block), _signature(block.child_block))
    if isinstance(block, blocks.ChoiceBlock):
        return (type(block), tuple(_choices(block)))
    if isinstance(block, SnippetChooserBlock):
        return (type(block), block.target_model)
    return type(block)


_types: dict[Any, Any] = {}


def block_type(block: blocks.Block) -> Any:
    """The type of one block's value."""
    key = _signature(block)
    if key not in _types:
        _types[key] = _block_type(block)
    return _types[key]


def _block_type(block: blocks.Block) -> Any:
    if isinstance(block, blocks.StreamBlock):
        members = tuple(stream_member(name, child) for name, child in block.child_blocks.items())
        if not members:
            return list[Any]
        if len(members) == 1:
            return list[members[0]]  # type: ignore[valid-type]
        return list[Annotated[Union[members], Discriminator("type")]]  # type: ignore[valid-type]  # noqa: UP007
    if isinstance(block, blocks.StructBlock) and not isinstance(block, ImageBlock):
        fields: dict[str, Any] = {
            name: (block_type(child), Field(...)) for name, child in block.child_blocks.items() if name
        }
        name = _name(f"{type(block).__name__.removesuffix('Block')}Value")
        return create_model(name, __base__=Shape, **fields)
    if isinstance(block, blocks.ListBlock):
        return list[block_type(block.child_block)]  # type: ignore[misc]
    return _leaf_type(block)


def _leaf_type(block: blocks.Block) -> Any:
    if isinstance(block, blocks.RichTextBlock):
        return Annotated[str, Field(description="Clean HTML.")]
    if isinstance(block, blocks.MultipleChoiceBlock):
        return list[str]
    if isinstance(block, blocks.ChoiceBlock):
        values = tuple(_choices(block))
        return Literal[values] if values else str
    if isinstance(block, ImageBlock | ImageChooserBlock):
        return Picture | None
    if isinstance(block, DocumentChooserBlock):
        return Document | None
    if isinstance(block, blocks.PageChooserBlock):
        return PageReference | None
    if isinstance(block, SnippetChooserBlock):
        return RecordReference | None
    for kind, plain in PLAIN:
        if isinstance(block, kind):
            return plain
    if isinstance(block, TypedTableBlock):
        return Table | None
    return str


def _choices(block: blocks.ChoiceBlock) -> list[str]:
    values: list[str] = []
    for value, label in block.field.choices:
        group = label if isinstance(label, list | tuple) else [(value, label)]
        values += [str(one) for one, _label in group]
    return list(dict.fromkeys(values if "" in values or block.field.required else ["", *values]))


@cache
def _member_model(name: str, signature: Any, value: Any) -> type[Shape]:
    kind: Any = Literal[name]
    return create_model(
        _name(f"{_camel(name)}Block"),
        __base__=Shape,
        type=(kind, Field(...)),
        id=(str | None, Field(..., description="Stays the same while editors change the block.")),
        value=(value, Field(...)),
    )


def stream_member(name: str, block: blocks.Block) -> type[Shape]:
    """The type of one kind of entry of a stream: its ``type``, ``id`` and ``value``."""
    return _member_model(name, _signature(block), block_type(block))


def stream_type(definition: list[tuple[str, blocks.Block]]) -> Any:
    """The type of a stream field made from ``definition``."""
    return block_type(blocks.StreamBlock(definition))


def stream_value(stream: Any, answer: Answer) -> list[dict[str, Any]]:
    """The entries of a stream as `stream_type` describes them. Entries of a type that is gone are left out."""
    return [
        {"type": child.block_type, "id": child.id, "value": block_value(child.block, child.value, answer)}
        for child in stream
    ]


def block_value(block: blocks.Block, value: Any, answer: Answer) -> Any:
    """One block's value as `block_type` describes it."""
    if isinstance(block, blocks.StreamBlock):
        return stream_value(value, answer)
    if isinstance(block, ImageBlock | ImageChooserBlock):
        return answer.picture(value) if value else None
    if isinstance(block, blocks.StructBlock):
        return {name: block_value(child, value.get(name), answer) for name, child in block.child_blocks.items()}
    if isinstance(block, blocks.ListBlock):
        return [block_value(block.child_block, entry, answer) for entry in value]
    if isinstance(block, blocks.RichTextBlock):
        return answer.texts.html(value)
    if isinstance(block, DocumentChooserBlock):
        return answer.document(value) if value else None
    if isinstance(block, blocks.PageChooserBlock):
        return answer.public_page_reference(value) if value else None
    if isinstance(block, SnippetChooserBlock):
        return answer.record_reference(value) if value else None
    if isinstance(block, EmbedBlock):
        return value.url if value else ""
    if isinstance(block, TypedTableBlock):
        return _table(value, answer) if value else None
    if isinstance(value, bool | int | float | Decimal | datetime.date | datetime.time | None) or isinstance(
        block, blocks.MultipleChoiceBlock
    ):
        return value if value is not None or _nullable(block) else ""
    return str(value)


def _table(value: Any, answer: Answer) -> dict[str, Any]:
    return {
        "caption": value.caption or "",
        "columns": [{"type": column["block"].name, "heading": column["heading"]} for column in value.columns],
        "rows": [
            {"values": [str(block_value(cell.block, cell.value, answer) or "") for cell in row]} for row in value.rows
        ],
    }


def _nullable(block: blocks.Block) -> bool:
    return any(isinstance(block, kind) for kind, _type in PLAIN)


def rich_texts_in(value: Any) -> list[RichText]:
    """Every rich text inside a stream's value, however deep."""
    if isinstance(value, RichText):
        return [value]
    if isinstance(value, StructValue):
        return [text for child in value.values() for text in rich_texts_in(child)]
    if isinstance(value, TypedTable):
        return [text for row in value.rows for cell in row for text in rich_texts_in(cell.value)]
    if isinstance(value, blocks.StreamValue | blocks.list_block.ListValue):
        return [text for child in value for text in rich_texts_in(getattr(child, "value", child))]
    return []
