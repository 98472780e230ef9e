"""Short references from one record to another."""

from __future__ import annotations

from ninja import Field

from clinic.api.schemas.shape import Shape


class PageReference(Shape):
    """A page, in as much as a link needs."""

    id: int
    type: str = Field(description="The page type, e.g. pages.ConditionPage.")
    title: str
    html_url: str | None = Field(description="Where the page opens, as API_LINKS wants it.")
    detail_url: str = Field(description="Where this API gives the page.")


class RecordReference(Shape):
    """A record that a block points at, e.g. a citation, a topic or a person."""

    type: str = Field(description="The record's type, e.g. research.Citation.")
    key: str = Field(description="The record's key or slug, else its number.")
    label: str


class TopicReference(Shape):
    """A topic, in as much as a label needs."""

    slug: str
    name: str
    parent: str | None = Field(description="The slug of the condition that this is a sub-topic of.")


class Labelled(Shape):
    """A value from a closed list, with its name in the language asked for."""

    value: str
    label: str


class TableColumn(Shape):
    """A column of a table."""

    type: str
    heading: str


class TableRow(Shape):
    """A row of a table; clean HTML in columns of rich text."""

    values: list[str]


class Table(Shape):
    """A table whose first column heads its row."""

    caption: str
    columns: list[TableColumn]
    rows: list[TableRow]
