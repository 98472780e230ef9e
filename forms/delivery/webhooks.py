"""Signed webhooks (Standard Webhooks 1.0) sent to public addresses only: no way into the private network."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from forms.safekeeping.encryption import derived_keys
from research.lookup.fetch import is_public, request_target

TIMEOUT = 10.0  # seconds of silence
DEADLINE = 30.0  # seconds in all: a host that answers a letter at a time must not keep the worker from everything else


class WebhookError(Exception):
    """A webhook was not taken. The message is a kind and a code, never content."""

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


def secrets_for(purpose: str) -> list[str]:
    """Signing secrets in Standard Webhooks' notation, derived, so that nothing is stored; the active key's first.

    While BLIND_INDEX_KEY rotates there are several, and a webhook carries a signature by each.
    """
    return ["whsec_" + base64.b64encode(key).decode() for key in derived_keys(purpose)]


def page_secrets(page_id: int) -> list[str]:
    """The signing secrets of a form page's webhook, the active one first."""
    return secrets_for(f"webhook:{page_id}")


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The ``webhook-signature`` header: ``v1,`` and base64 of HMAC-SHA256 over ``id.timestamp.body``."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def public_address(host: str, port: int) -> tuple[str, int]:
    """Resolve ``host`` once and return an address that is safe to call, or raise WebhookError.

    The connection is made to exactly this address, so that a second, different DNS answer changes nothing. Hosts in
    ``settings.WEBHOOK_PRIVATE_HOSTS`` may be private.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise WebhookError("host not found") from None
    allowed_private = host in getattr(settings, "WEBHOOK_PRIVATE_HOSTS", ())
    for *_rest, where in found:
        address = str(where[0])
        if allowed_private or is_public(address):
            return address, int(where[1])
    raise WebhookError("private address refused", final=True)


class _PinnedHTTPS(http.client.HTTPSConnection):
    def __init__(self, host: str, address: tuple[str, int], timeout: float) -> None:
        super().__init__(host, address[1], timeout=timeout, context=ssl.create_default_context())
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection(self._address, self.timeout)
        secure = ssl.create_default_context().wrap_socket(
            self.sock, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock = secure
        secure.do_handshake()


def _cut(connection: http.client.HTTPConnection) -> None:
    with contextlib.suppress(OSError, AttributeError):  # closed already, or not connected yet
        connection.sock.shutdown(socket.SHUT_RDWR)


def validate_endpoint(url: str) -> None:
    """Raises ValidationError for an address that would never be called: only https is, or a host the operator named."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in getattr(settings, "WEBHOOK_PRIVATE_HOSTS", ()):
        raise ValidationError(_("Write an address that begins with https://. Nothing else is called."))


def post(url: str, body: dict[str, Any], *, secrets: Sequence[str], message_id: str) -> None:
    """Post ``body`` as JSON, signed with each of ``secrets``. Raises WebhookError unless the answer is 2xx.

    Redirects are not followed.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise WebhookError("bad address", final=True) from None
    private = host in getattr(settings, "WEBHOOK_PRIVATE_HOSTS", ())
    if not host or parts.scheme not in ("https", "http") or (parts.scheme == "http" and not private):
        raise WebhookError("only https addresses are called", final=True)
    address = public_address(host, port)
    raw = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    stamp, identity = int(time.time()), message_id.strip("<>").partition("@")[0]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Wellcited",
        "webhook-id": identity,
        "webhook-timestamp": str(stamp),
        "webhook-signature": " ".join(sign(secret, identity, stamp, raw) for secret in secrets),
    }
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = _PinnedHTTPS(host, address, TIMEOUT)
    else:
        connection = http.client.HTTPConnection(address[0], address[1], timeout=TIMEOUT)
        headers["Host"] = f"{host}:{port}"
    guard = threading.Timer(DEADLINE, _cut, [connection])
    guard.daemon = True
    guard.start()
    try:
        connection.request("POST", request_target(parts), raw, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise WebhookError(f"not reached ({type(error).__name__})") from None
    finally:
        guard.cancel()
        connection.close()
    if not 200 <= status < 300:
        # 410 Gone means the endpoint wants no more (Standard Webhooks).
        raise WebhookError(f"answered {status}", final=status == 410)
