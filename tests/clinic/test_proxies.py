"""The client's address behind proxies: only what our own proxies wrote is believed."""

import pytest

from clinic.proxies import client_address


@pytest.mark.parametrize(
    ("forwarded_for", "proxy_count", "expected"),
    [
        ("203.0.113.9", 0, "10.0.0.1"),  # no proxy of ours: the header is the client's own word
        ("203.0.113.9", 1, "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", 1, "203.0.113.9"),  # the client wrote the first one itself
        ("203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("203.0.113.9", 2, "10.0.0.1"),  # it came around a proxy
        ("", 1, "10.0.0.1"),
        ("not an address", 1, "10.0.0.1"),
        ("[2001:db8::1]", 1, "2001:db8::1"),
    ],
)
def test_client_address(forwarded_for: str, proxy_count: int, expected: str) -> None:
    assert client_address("10.0.0.1", forwarded_for, proxy_count) == expected
