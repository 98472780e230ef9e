"""Local servers that stand in for the outside world: a mail server and a webhook receiver, with faults on demand."""

from __future__ import annotations

import asyncio
import email
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller

from tests.servers import free_port


class MailServer:
    """Keeps what it was given. ``refuse`` makes it answer with that reply; ``hang`` keeps it from answering."""

    def __init__(self, port: int = 0) -> None:
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.refuse = ""
        self.hang = threading.Event()
        self.port = port or free_port()

    @property
    def messages(self) -> list[Message]:
        """The mails, parsed."""
        return [email.message_from_bytes(raw) for raw in self.raw]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a mail; hang after taking it when told so, as a server does whose answer is lost."""
        if self.refuse:
            return self.refuse
        self.raw.append(bytes(envelope.content))
        self.recipients.append(list(envelope.rcpt_tos))
        while self.hang.is_set():
            await asyncio.sleep(0.05)
        return "250 taken"


@contextmanager
def mail_server(port: int = 0) -> Iterator[MailServer]:
    """A mail server for as long as the block lasts, on a free port unless one is given."""
    handler = MailServer(port)
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    try:
        yield handler
    finally:
        handler.hang.clear()
        controller.stop()


class WebhookReceiver:
    """Keeps the requests it was sent; ``status`` is what it answers."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.port = free_port()

    @property
    def bodies(self) -> list[Any]:
        """The bodies, parsed."""
        return [json.loads(body) for _headers, body in self.requests]


@contextmanager
def webhook_receiver() -> Iterator[WebhookReceiver]:
    """A receiver on a free port for as long as the block lasts."""
    kept = WebhookReceiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kept.requests.append(({key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(kept.status)
            if kept.status in (301, 302, 307):
                self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", kept.port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
