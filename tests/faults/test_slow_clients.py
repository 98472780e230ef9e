"""Case 11: clients that send as slowly as they can keep nobody else waiting."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests.servers import RunningSite

# A server with a thread for each body, as granian's WSGI has, answers nobody any more with so many.
SLOW_HEADERS, SLOW_BODIES = 60, 640
HEADERS = b"POST /schedule-a-call/ HTTP/1.1\r\nHost: %b\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture
def crowd(running_site: RunningSite) -> Iterator[list[socket.socket]]:
    """Connections that have begun a request and let the rest wait: in the headers, or in the body."""
    address = urlsplit(running_site.url)
    assert address.hostname and address.port
    with ExitStack() as open_ones:
        found = []
        for number in range(SLOW_HEADERS + SLOW_BODIES):
            one = open_ones.enter_context(socket.create_connection((address.hostname, address.port), timeout=30))
            one.sendall(HEADERS % address.netloc.encode())
            if number >= SLOW_HEADERS:
                one.sendall(b"Content-Length: 5000\r\n\r\nyour_name=")
            found.append(one)
        yield found


def test_case_11_slow_clients_keep_nobody_waiting(running_site: RunningSite, crowd: list[socket.socket]) -> None:
    for round_ in range(3):
        for number, one in enumerate(crowd):
            one.sendall(b"X-Slow: 1\r\n" if number < SLOW_HEADERS else b"a")  # they drip
        for address in ("/", "/conditions/ptsd/", "/schedule-a-call/", "/api/v3/site/", "/healthz"):
            # Waits for ever if the server waits for the crowd, which only ends after this test.
            with urllib.request.urlopen(running_site.url + address, timeout=30) as answer:
                assert answer.status == 200, (round_, address)
    for one in crowd:
        one.setblocking(False)
        with pytest.raises(BlockingIOError):  # still in the middle of a request: none was answered, none was cut off
            one.recv(1)
