"""Uploads: what a file is by its signature, how large it may be, and an optional virus scan by clamd."""

from __future__ import annotations

import io
import re
import socket
import struct
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024
ALLOWED = {
    "application/pdf": ("pdf",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/heic": ("heic", "heif"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
}
ACCEPT = ".pdf,.png,.jpg,.jpeg,.heic,.heif,.docx"  # for the file input; the server never trusts it
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
MARKUP = re.compile(rb"<\s*(?:script|html|svg|iframe|!doctype\s+html)", re.IGNORECASE)


class UploadRefusedError(Exception):
    """The file cannot be taken; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that passed the checks."""

    name: str
    content_type: str
    content: bytes


def limit_each() -> int:
    """Largest size of one file in bytes."""
    return int(getattr(settings, "UPLOAD_MAX_BYTES", 10 * MEGABYTE))


def limit_count() -> int:
    """Most files in one submission."""
    return int(getattr(settings, "UPLOAD_MAX_FILES", 5))


def sniff(content: bytes) -> str | None:
    """The type of a file by its signature, or None if it is none of the allowed ones."""
    if content.startswith((b"%PDF-1.", b"%PDF-2.")):
        # A PDF that also reads as a web page is a polyglot and not a document.
        return None if MARKUP.search(content[:1024]) else "application/pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return "image/png"
    if content.startswith(b"\xff\xd8\xff") and content[3:4] not in (b"\x00", b""):
        return "image/jpeg"
    if content[4:8] == b"ftyp":
        (length,) = struct.unpack(">I", content[:4])
        brands = {content[8:12], *(content[i : i + 4] for i in range(16, min(length, 64), 4))}
        return "image/heic" if brands & HEIC_BRANDS else None
    if content.startswith(b"PK\x03\x04"):
        return _word_document(content)
    return None


def _word_document(content: bytes) -> str | None:
    """DOCX without macros, and small when unpacked: nothing is unpacked to find out."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    names = {entry.filename for entry in entries}
    if len(entries) > 2000 or sum(entry.file_size for entry in entries) > 200 * MEGABYTE:
        return None
    if "[Content_Types].xml" not in names or "word/document.xml" not in names:
        return None
    if any(name.lower().endswith(("vbaproject.bin", ".exe", ".js", ".html", ".svg")) for name in names):
        return None
    return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def clean_name(name: str, content_type: str) -> str:
    """A file name that is safe to show and to send back: no path, no control or direction signs, a fitting ending."""
    base = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    base = "".join(c for c in base if unicodedata.category(c)[0] != "C" and c not in '"<>:|?*')
    stem, _dot, ending = base.rpartition(".")
    allowed = ALLOWED[content_type]
    if ending.lower() not in allowed:
        stem, ending = base, allowed[0]
    return f"{(stem.strip(' .') or 'file')[:80]}.{ending.lower()}"


def check(file: UploadedFile[Any]) -> CheckedFile:
    """Read and check one file, or raise UploadRefusedError with a message for the visitor."""
    name = file.name or "file"
    size = file.size or 0
    if size > limit_each():
        raise UploadRefusedError(
            _("“%(name)s” is larger than %(limit)d MB. Send a smaller file, or bring it to the visit.")
            % {"name": name[:80], "limit": limit_each() // MEGABYTE}
        )
    if size == 0:
        raise UploadRefusedError(_("“%s” is empty. Choose the file again.") % name[:80])
    content = file.read()
    file.seek(0)
    content_type = sniff(content)
    if content_type is None:
        raise UploadRefusedError(
            _("“%s” is not a PDF, PNG, JPEG, HEIC or Word (DOCX) file. Save it as one of these and try again.")
            % name[:80]
        )
    if found := scan(content):
        raise UploadRefusedError(found)
    return CheckedFile(clean_name(name, content_type), content_type, content)


def scan(content: bytes) -> str:
    """Ask clamd (``settings.CLAMD_URL``: ``unix:/path`` or ``tcp://host:port``) about ``content``.

    Returns a message for the visitor when the file must not be taken, or an empty string. Without the setting nothing
    is asked. With it, a scanner that does not answer counts as "not taken": an unscanned file is never passed as clean.
    """
    address = str(getattr(settings, "CLAMD_URL", "") or "")
    if not address:
        return ""
    try:
        answer = _instream(address, content)
    except OSError:
        return _("We cannot check files for viruses at the moment. Send the form without the file, or try again later.")
    if answer.endswith("OK"):
        return ""
    if answer.endswith("FOUND"):
        return _("A virus scanner stopped this file. Send the form without it and tell us by phone.")
    return _("We cannot check files for viruses at the moment. Send the form without the file, or try again later.")


def _instream(address: str, content: bytes) -> str:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(20)
        link.connect(parts.path)
    else:
        link = socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 3310), timeout=20)
    with link:
        link.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), 65536):
            part = content[start : start + 65536]
            link.sendall(struct.pack(">I", len(part)) + part)
        link.sendall(struct.pack(">I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < 4096:
            got = link.recv(4096)
            if not got:
                break
            answer += got
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()
