"""How often one network may ask. A lost cache means neither "no limit" nor "nobody may read": see `count_asking`."""

from __future__ import annotations

import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from clinic.api.problems import problem
from forms.receiving.limits import LocalCounters, network_of
from forms.safekeeping.encryption import keyed_digest

WINDOW = 60  # seconds
local = LocalCounters()


def refusal(request: HttpRequest) -> HttpResponse | None:
    """A 429 when the request's network has asked as much this minute as API_READS_PER_MINUTE allows; 0 is no limit."""
    most = settings.API_READS_PER_MINUTE
    if not most or count_asking(request.META.get("REMOTE_ADDR", "")) <= most:
        return None
    wait = max(1, int(WINDOW - time.time() % WINDOW) + 1)
    return problem(429, headers={"Retry-After": str(wait)})


def count_asking(address: str) -> int:
    """Counts one request from the network of ``address`` and says how many there were in this minute.

    All processes count together in the cache. Each counts by itself, too, and goes by that while the cache is away.
    The address itself is kept nowhere.
    """
    key = (
        "api-asking:" + keyed_digest("api-asking", f"{network_of(address)}|{int(time.time() // WINDOW)}".encode())[:32]
    )
    here = local.increase(key)
    try:
        cache.add(key, 0, timeout=WINDOW * 2)
        return max(here, int(cache.incr(key)))
    except Exception:  # whatever the cache's client raises when it is away
        return here
