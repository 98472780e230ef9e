"""Spam checks. They quarantine and never refuse: a person looks at everything that was sent."""

from __future__ import annotations

import re
from collections.abc import Iterable

FASTEST = 3.0  # seconds; nobody reads and fills in a form faster
MANY_LINKS = 4
_LINK = re.compile(r"https?://|www\.|\[url", re.IGNORECASE)


def reasons(
    *,
    trap: str,
    age: float | None,
    sendings: int,
    quarantine_after: int,
    texts: Iterable[str],
    by_page: bool,
    proof_missing: bool = False,
) -> list[str]:
    """Why a sending looks like spam; empty when it does not.

    ``trap`` is what stood in the field people cannot see; ``age`` is the time in seconds since the form was rendered,
    None when its token is missing or forged (only pages have one: ``by_page``); ``sendings`` counts this hour's
    sendings of the form from one address. ``proof_missing`` when a proof of work was asked for, and none that holds and
    is new came along.
    """
    found = []
    if trap:
        found.append("trap")
    if by_page and age is None:
        found.append("token")
    elif age is not None and age < FASTEST:
        found.append("fast")
    if sendings > quarantine_after:
        found.append("many")
    if proof_missing:
        found.append("proof")
    if sum(len(_LINK.findall(text)) for text in texts) >= MANY_LINKS:
        found.append("links")
    return found
