"""The hash chain that makes a removed or altered audit entry show. Pure functions."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

GENESIS = "0" * 64


def link(key: bytes, previous: str, content: Mapping[str, object]) -> str:
    """The digest of an entry: HMAC-SHA256 over the digest before it and the entry's content as canonical JSON."""
    body = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hmac.new(key, previous.encode() + b"\n" + body.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold: number of the entry and what is wrong."""

    number: int
    reason: str


def verify(key: bytes, entries: Iterable[tuple[int, str, str, Mapping[str, object]]]) -> tuple[int, str, Break | None]:
    """Walk entries ``(number, previous, digest, content)`` in order.

    Returns the count of good entries, the digest of the last good one, and the first break or None.
    """
    expected, count = GENESIS, 0
    for number, previous, digest, content in entries:
        if number != count + 1:
            return count, expected, Break(count + 1, "entry is missing")
        if previous != expected:
            return count, expected, Break(number, "does not follow the entry before it")
        if not hmac.compare_digest(link(key, previous, content), digest):
            return count, expected, Break(number, "content was changed")
        expected, count = digest, number
    return count, expected, None
