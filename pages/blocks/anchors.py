"""Places that links can point to: headings, groups and questions of a page's streams, each with the words it shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.fields import StreamField
from wagtail.models import Page

from pages.blocks.prose import anchor


def headings_of(body: Iterable[Any]) -> list[tuple[str, str]]:
    """Anchors and words of the headings of a body, for “On this page”."""
    return [(place, words) for kind, place, words in _places(body) if kind == "heading"]


def refuse_twins(page: Page) -> None:
    """Raises ValidationError at the stream where two places have the same words: a link could reach only one."""
    seen: set[str] = set()
    for field in page._meta.get_fields():
        if not isinstance(field, StreamField):
            continue
        for _kind, place, words in _places(getattr(page, field.name)):
            if place in seen:
                raise ValidationError(
                    {
                        field.name: _("“%(words)s” stands on this page twice. Word one of them differently.")
                        % {"words": words}
                    }
                )
            seen.add(place)


def _places(stream: Iterable[Any]) -> Iterator[tuple[str, str, str]]:
    for block in stream:
        match block.block_type:
            case "heading":
                yield "heading", anchor(str(block.value)), str(block.value)
            case "questions":
                yield from (("question", row.anchor, row["question"]) for row in block.value)
            case "group":
                yield "heading", block.value.anchor, block.value["heading"]
                yield from (("question", row.anchor, row["question"]) for row in block.value["questions"])
