"""Since when an answer reads as it does: an honest Last-Modified for pages that stand on sources.

A page's own date is none. When a source is retracted, a person leaves or a picture's text changes, the answer changes,
and the page does not: a client that asks by date would go on showing what no longer holds.
"""

from __future__ import annotations

import hashlib
import time

from django.core.cache import cache
from django.http import HttpRequest

KEPT = 7 * 24 * 3600  # seconds


def first_given(request: HttpRequest, etag: str) -> int:
    """When the request's address was first answered with the content that ``etag`` names, in seconds since 1970.

    Now, if nobody remembers: a date may be too late, and costs one answer more, but never too early.
    """
    address = f"{request.META.get('HTTP_HOST', '')}{request.get_full_path()}"
    key = f"api-first-given:{hashlib.blake2b(address.encode('utf-8', 'replace'), digest_size=16).hexdigest()}"
    now = int(time.time())
    try:
        if known := cache.get(key):
            if known[0] == etag:
                return int(known[1])
            now = max(now, known[1] + 1)  # two contents within one second must not have one date
        cache.set(key, (etag, now), KEPT)
    except Exception:  # whatever the cache's client raises when it is away
        return now
    return now
