"""Documents and films from the local disk, sent in the parts that readers and players ask for (RFC 9110, section 14).

Safari plays no film whose server can't send a part of it. An object store does this by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from wagtail.documents.views import serve as wagtail_view

from research.streaming import PieceByPiece

#: Read at a time, whatever is asked for: a long film never stands in memory.
CHUNK = 256 * 1024
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")

VALIDATORS = ("ETag", "Last-Modified")
#: What Wagtail says of a file that has no encoding, and of one whose hash nobody has taken yet.
UNTRUE = {("content-encoding", "None"), ("etag", '""')}


class UnsatisfiableError(Exception):
    """The part asked for begins behind the end of the file."""


def serve(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponseBase:
    """What Wagtail answers, who may see it and what has not changed included; a file leaves in parts when asked for."""
    response: HttpResponseBase = wagtail_view.serve(request, document_id, document_filename)
    file = getattr(response, "file_to_stream", None)
    if isinstance(response, FileResponse) and response.status_code == 200 and file:
        file.close()  # not the response: that would end the request
        return _in_parts(request, response, Path(file.name))
    return response


def part_asked_for(headers: Mapping[str, Any], size: int, known_by: tuple[str, ...]) -> tuple[int, int] | None:
    """The first and the last byte asked for, or None for the whole file.

    ``known_by`` are the validators that If-Range may name. Several ranges at once, other units and ranges of a file
    that has changed since get the whole file. Raises UnsatisfiableError for a part that begins behind the end.
    """
    asked = ONE_RANGE.fullmatch(headers.get("Range", "").strip())
    if (
        not asked
        or not any(asked.groups())
        or ("If-Range" in headers and headers["If-Range"] not in {*known_by} - {'""', ""})
    ):
        return None
    first, last = asked.groups()
    if not first:  # so many bytes at the end
        if not int(last) or not size:
            raise UnsatisfiableError
        return max(size - int(last), 0), size - 1
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None  # not a range
    if start >= size:
        raise UnsatisfiableError
    return start, end


def _in_parts(request: HttpRequest, whole: FileResponse, path: Path) -> HttpResponseBase:
    size = path.stat().st_size
    part: tuple[int, int] | None = None
    response: HttpResponseBase
    try:
        part = part_asked_for(request.headers, size, tuple(whole.get(name, "") for name in VALIDATORS))
    except UnsatisfiableError:
        response = HttpResponse(status=416)
        response.headers["Content-Range"] = f"bytes */{size}"
    else:
        start, end = part or (0, size - 1)
        response = PieceByPiece(_chunks(path, start, end - start + 1))
        response.headers["Content-Length"] = str(end - start + 1)
        if part:
            response.status_code = 206
            response.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    for name, value in whole.items():
        if (name.lower(), value) not in UNTRUE:
            response.headers.setdefault(name, value)
    response.headers["Content-Type"] = whole.headers["Content-Type"]
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _chunks(path: Path, start: int, remaining: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while remaining > 0 and (data := file.read(min(CHUNK, remaining))):
            remaining -= len(data)
            yield data
