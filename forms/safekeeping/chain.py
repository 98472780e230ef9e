"""The hash chain that makes a removed or altered audit entry show. Pure functions."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

GENESIS = "0" * 64
CHANGED = "content was changed, or its key is no longer in BLIND_INDEX_KEY"


Entry = tuple[int, str, str, Mapping[str, object]]  # number, digest of the one before, own digest, content


def link(key: bytes, previous: str, content: Mapping[str, object]) -> str:
    """The digest of an entry: HMAC-SHA256 over the digest before it and the entry's content as canonical JSON."""
    return hmac.new(key, previous.encode() + b"\n" + _body(content), hashlib.sha256).hexdigest()


def _body(content: Mapping[str, object]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold: number of the entry and what is wrong."""

    number: int
    reason: str


def verify(keys: Sequence[bytes], entries: Iterable[Entry]) -> tuple[int, str, Break | None]:
    """Walk entries in order; each must be linked by one of ``keys``, or stand before a seal that is.

    Returns the count of good entries, the digest of the last good one, and the first break or None.
    """
    expected, count = GENESIS, 0
    doubt: tuple[int, str] | None = None  # the last good entry before one that no key at hand proves
    whole = hashlib.sha256()
    for number, previous, digest, content in entries:
        if number != count + 1:
            broken = Break(count + 1, "entry is missing")
            break
        if previous != expected:
            broken = Break(number, "does not follow the entry before it")
            break
        if any(hmac.compare_digest(link(key, previous, content), digest) for key in keys):
            if doubt is not None and seal_in(content) == whole.hexdigest():
                doubt = None
        elif doubt is None:
            doubt = count, expected
        _add(whole, digest, content)
        expected, count = digest, number
    else:
        if doubt is None:
            return count, expected, None
        broken = Break(doubt[0] + 1, CHANGED)
    if doubt is not None and doubt[0] + 1 <= broken.number:
        return *doubt, Break(doubt[0] + 1, CHANGED)
    return count, expected, broken


def seal_of(entries: Iterable[Entry]) -> str:
    """SHA-256 over all entries. Held in a later entry, it proves them when the key that linked them is gone."""
    whole = hashlib.sha256()
    for _number, _previous, digest, content in entries:
        _add(whole, digest, content)
    return whole.hexdigest()


def seal_in(content: Mapping[str, object]) -> str:
    """The seal that an entry holds; empty when it holds none."""
    details = content.get("details")
    return str(details.get("seal", "")) if isinstance(details, Mapping) else ""


def _add(whole: Hash, digest: str, content: Mapping[str, object]) -> None:
    whole.update(digest.encode() + b"\n" + _body(content) + b"\n")
