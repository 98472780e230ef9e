"""Limits on how often one address may send one form; a lost cache never means "no limit" nor "nobody may send".

Not django-ratelimit: it either raises or, with RATELIMIT_FAIL_OPEN, stops counting when the cache is away, and it
decides to refuse where this product first quarantines.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict

from django.conf import settings
from django.core.cache import cache

from forms.safekeeping.encryption import keyed_digest

WINDOW = 3600  # seconds
# Hospitals and practices send many people's mail through one address, so quarantine comes long before refusal.
QUARANTINE_AFTER = 15
REFUSE_AFTER = 120
MEMORY = 10_000  # counters kept in this process


class LocalCounters:
    """Counters of this process, used beside the shared cache so that losing it never loses the count entirely."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def increase(self, key: str) -> int:
        """Count one more and return the count. Bounded: the oldest counters go first."""
        with self._lock:
            count = self._counts.pop(key, 0) + 1
            self._counts[key] = count
            while len(self._counts) > MEMORY:
                self._counts.popitem(last=False)
            return count

    def clear(self) -> None:
        """Forget all counts (tests)."""
        with self._lock:
            self._counts.clear()


local = LocalCounters()


def network_of(address: str) -> str:
    """What is counted as one sender: an IPv4 address, or the /64 that is given to one IPv6 customer at least."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if ip.version == 4:
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))


def count_sending(address: str, form: int) -> int:
    """Count one sending of ``form`` from the network of ``address`` and return how many there were in this hour.

    The address itself is kept nowhere: the counter's name is a keyed digest of it.
    """
    window = int(time.time() // WINDOW)
    key = "sending:" + keyed_digest("sending", f"{network_of(address)}|{form}|{window}".encode())[:32]
    here = local.increase(key)
    try:
        cache.add(key, 0, timeout=WINDOW * 2)
        return max(here, int(cache.incr(key)))
    except Exception:  # whatever the cache's client raises when it is away
        return here


def seconds_left() -> int:
    """Seconds until the counters start anew, for Retry-After."""
    return max(1, int(WINDOW - time.time() % WINDOW))


def quarantine_after() -> int:
    """From which count on sendings are quarantined."""
    return int(getattr(settings, "FORMS_QUARANTINE_AFTER", QUARANTINE_AFTER))


def refuse_after() -> int:
    """From which count on sendings are refused for the rest of the hour."""
    return int(getattr(settings, "FORMS_REFUSE_AFTER", REFUSE_AFTER))
