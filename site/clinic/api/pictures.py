"""Named sets of image sizes, the same that the public site's templates use, so that both share the files."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, Literal

from django.http import HttpRequest
from wagtail.images.models import AbstractImage, AbstractRendition, SourceImageIOError

from clinic.api.links import file_link
from clinic.api.schemas.media import FocalPoint, Picture, Rendition, Source

logger = logging.getLogger(__name__)

SetName = Literal["content", "portrait", "share", "thumbnail"]
#: Media types, smallest files first; the last one is for `img` and understood everywhere.
FORMATS = ("avif", "webp", "jpeg")
SIZES: dict[str, tuple[str, ...]] = {
    "content": ("width-480", "width-800", "width-1200"),
    "portrait": ("fill-320x400", "fill-640x800"),
    "share": ("fill-1200x630",),
    "thumbnail": ("fill-160x160", "fill-320x320"),
}


def filter_specs(sizes: str) -> list[str]:
    """Wagtail's filter specs of one named set, in every format."""
    return [f"{size}|format-{kind}" for kind in FORMATS for size in SIZES[sizes]]


def picture(image: AbstractImage, request: HttpRequest, sizes: str = "content") -> Picture:
    """The image in the sizes of a named set. Sizes that are missing are made now and kept."""
    return Picture(**picture_fields(image, request, sizes))


def picture_fields(image: AbstractImage, request: HttpRequest, sizes: str) -> dict[str, Any]:
    """The fields of `Picture` for one image."""
    sources = _sources(image, request, sizes)
    # A picture whose file is gone keeps its words, and a front end shows those.
    largest = (
        sources[-1].renditions[-1]
        if sources
        else Rendition(url=file_link(image.file.url, request), width=image.width, height=image.height)
    )
    return {
        "id": image.pk,
        "alt": "" if image.is_decorative else image.description,
        "decorative": image.is_decorative,
        "credit": image.credit,
        "width": image.width,
        "height": image.height,
        "focal_point": _focal_point(image),
        "src": largest.url,
        "src_width": largest.width,
        "src_height": largest.height,
        "sources": sources,
    }


def _sources(image: AbstractImage, request: HttpRequest, sizes: str) -> list[Source]:
    """The sizes in every format; none when the image's file cannot be read."""
    try:
        made: dict[str, AbstractRendition] = image.get_renditions(*filter_specs(sizes))
    except (OSError, SourceImageIOError) as error:
        logger.error("Image %d cannot be read (%s). Upload its file again.", image.pk, type(error).__name__)
        return []
    return [
        _source(f"image/{kind}", [made[f"{size}|format-{kind}"] for size in SIZES[sizes]], request) for kind in FORMATS
    ]


def _source(media_type: str, renditions: Iterable[AbstractRendition], request: HttpRequest) -> Source:
    # A small original is never enlarged, so that two sizes may come out the same: each is listed once.
    by_width = {one.width: one for one in renditions}
    sizes = [
        Rendition(url=file_link(one.url, request), width=one.width, height=one.height) for one in by_width.values()
    ]
    return Source(type=media_type, srcset=", ".join(f"{size.url} {size.width}w" for size in sizes), renditions=sizes)


def _focal_point(image: AbstractImage) -> FocalPoint | None:
    if not image.has_focal_point() or not image.width or not image.height:
        return None
    return FocalPoint(
        x=round(image.focal_point_x / image.width, 4),
        y=round(image.focal_point_y / image.height, 4),
        width=round((image.focal_point_width or 0) / image.width, 4),
        height=round((image.focal_point_height or 0) / image.height, 4),
    )
