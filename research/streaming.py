"""Answers that are made and sent piece by piece, whichever kind of server sends them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

_END: Any = object()


class PieceByPiece(StreamingHttpResponse):
    """A plain iterator's pieces as they come. Django would read it to its end first, were the server asynchronous."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Each piece, made in the thread in which views run."""
        pieces: Any = iter(self.streaming_content)  # type: ignore[arg-type]
        while (piece := await sync_to_async(_next)(pieces)) is not _END:
            yield piece


def _next(pieces: Any) -> Any:
    return next(pieces, _END)
