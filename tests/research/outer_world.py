"""A real HTTP server that stands for the outer world: Crossref, PubMed, OpenAlex, and sites that links lead to."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """What the server says to one path."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0
    """Seconds before the first byte."""
    drip: float = 0
    """Seconds between single bytes of the body."""
    raw: bytes | None = None
    """Sent in place of everything, when it is no HTTP."""


class World:
    """Answers by path (without the query), in order; the last one repeats. ``asked`` holds every request line."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def says(self, path: str, *answers: Answer | bytes | str) -> str:
        """Set what a path answers; returns its address."""
        self.answers[path] = [
            answer if isinstance(answer, Answer) else Answer(answer.encode() if isinstance(answer, str) else answer)
            for answer in answers
        ]
        return self.url + path


@contextmanager
def outer_world() -> Iterator[World]:
    """A world on a free port of this machine, gone afterwards."""
    world = World(0)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            world.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
            queue = world.answers.get(path, [Answer(b"", 404)])
            answer = queue.pop(0) if len(queue) > 1 else queue[0]
            time.sleep(answer.delay)
            if answer.raw is not None:
                self.wfile.write(answer.raw)
                self.close_connection = True
                return
            self.send_response(answer.status)
            headers = {"Content-Length": str(len(answer.body))} | answer.headers
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "HEAD":
                return
            if answer.drip:
                for byte in answer.body:
                    time.sleep(answer.drip)
                    self.wfile.write(bytes([byte]))
                return
            self.wfile.write(answer.body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *args: Any) -> None:
            pass

        def handle(self) -> None:
            with suppress(OSError):  # the client hung up, as it should
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    world.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()
