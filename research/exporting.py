"""Records on their way out: a queryset of citations as a file in any format, written piece by piece."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from research.csl import PUBLIC_CUSTOM
from research.formats.csl import CslItem
from research.formats.registry import FORMATS
from research.models import Citation
from research.streaming import PieceByPiece

CHUNK = 500
BLOCK = 64 * 1024
"""Characters sent at once: a record is small, and each write costs."""
_NOT_PUBLIC = {"abstract", "annote", "note"}
"""An abstract is its publisher's; notes are the clinic's own."""


def public_item(item: CslItem) -> CslItem:
    """The item without what only the clinic should read."""
    shown: dict[str, Any] = {key: value for key, value in item.items() if key not in _NOT_PUBLIC}
    shown["custom"] = {key: value for key, value in item.get("custom", {}).items() if key in PUBLIC_CUSTOM}
    return cast(CslItem, shown)


def items(citations: QuerySet[Citation], *, public: bool = True) -> Iterator[CslItem]:
    """The citations as CSL items, a chunk in memory at a time."""
    for citation in citations.prefetch_related(None).iterator(chunk_size=CHUNK):
        item = citation.to_csl()
        yield public_item(item) if public else item


def export(citations: QuerySet[Citation], format_name: str, *, public: bool = True) -> Iterator[str]:
    """The text of a file, a record a piece. Raises KeyError for a format that does not exist."""
    if format_name == "ama":
        return _numbered(citations)
    return FORMATS[format_name].write(items(citations, public=public))


def _numbered(citations: QuerySet[Citation]) -> Iterator[str]:
    """The references as they were formatted when they were saved."""
    for number, text in enumerate(citations.values_list("ama_text", flat=True).iterator(chunk_size=CHUNK), 1):
        yield f"{number}. {text}\n"


def export_response(
    citations: QuerySet[Citation], format_name: str, *, filename: str = "", public: bool = True
) -> PieceByPiece:
    """A download of exactly these citations, in their order. Raises Http404 for a format that does not exist."""
    if format_name not in FORMATS:
        raise Http404(_("There is no format “%(format)s”.") % {"format": format_name[:40]})
    format_ = FORMATS[format_name]
    stem = re.sub(r"[^A-Za-z0-9-]+", "-", filename).strip("-") or "research"
    response = PieceByPiece(
        _in_blocks(export(citations, format_name, public=public)), content_type=format_.content_type
    )
    response["Content-Disposition"] = (
        f'attachment; filename="{stem}-{timezone.localdate().isoformat()}{format_.extensions[0]}"'
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _in_blocks(pieces: Iterable[str]) -> Iterator[bytes]:
    waiting: list[str] = []
    length = 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= BLOCK:
            yield "".join(waiting).encode()
            waiting, length = [], 0
    if waiting:
        yield "".join(waiting).encode()
