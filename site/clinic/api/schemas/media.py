"""Shapes of images, with their ready sizes, and of documents."""

from __future__ import annotations

import datetime

from ninja import Field

from clinic.api.schemas.shape import Shape


class FocalPoint(Shape):
    """The part of an image that every crop keeps, in parts of its width and height from 0 to 1."""

    x: float
    y: float
    width: float
    height: float


class Rendition(Shape):
    """One prepared size of an image."""

    url: str
    width: int
    height: int


class Source(Shape):
    """The prepared sizes of an image in one media type, as a ``source`` element takes them."""

    type: str = Field(description="E.g. image/avif.")
    srcset: str
    renditions: list[Rendition]


class Picture(Shape):
    """An image in the sizes of one set, smallest type first, and the plain one for ``img``."""

    id: int
    alt: str = Field(description="Alternative text; empty for a picture that adds nothing.")
    decorative: bool
    credit: str
    width: int = Field(description="Of the original, in pixels.")
    height: int
    focal_point: FocalPoint | None
    src: str
    src_width: int
    src_height: int
    sources: list[Source] = Field(description="Empty when the picture’s file is missing: show `alt`.")


class ImageRecord(Picture):
    """An image of the library."""

    title: str
    licence: str
    created_at: datetime.datetime
    tags: list[str]


class Document(Shape):
    """A file to download."""

    id: int
    title: str
    filename: str
    size: int | None = Field(description="In bytes.")
    content_type: str
    created_at: datetime.datetime
    download_url: str
