"""A cache on Redis or Valkey whose loss costs speed and nothing else."""

import logging
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

Result = TypeVar("Result")


def or_lost(lost: Result, action: Callable[[], Result]) -> Result:
    """What `action` answers, or `lost` when the server cannot be reached."""
    try:
        return action()
    except (RedisError, OSError) as error:
        logger.warning("The cache server does not answer (%s); going on without it.", type(error).__name__)
        return lost


class OneClient(RedisCacheClient):
    """Django makes a new client for every command, which takes longer than the command."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._client: Any = cache(redis.Redis)  # one for each pool of connections


class ForgivingRedisCache(RedisCache):
    """Django's own backend; with the server gone every look-up misses and nothing is kept.

    `add` then says that nothing was added and `incr` raises ValueError, as for a key that is not there: whoever
    counts with them needs an answer to a cache that is gone.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._class = OneClient

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Set the key unless it is there; False too when the server is gone."""
        return or_lost(False, lambda: super(ForgivingRedisCache, self).add(key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or `default` when it is not there or the server is gone."""
        return or_lost(default, lambda: super(ForgivingRedisCache, self).get(key, default, version))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep the value, if the server is there."""
        or_lost(None, lambda: super(ForgivingRedisCache, self).set(key, value, timeout, version))

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Prolong the key; False when it or the server is not there."""
        return or_lost(False, lambda: super(ForgivingRedisCache, self).touch(key, timeout, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Drop the key; False when it or the server is not there."""
        return or_lost(False, lambda: super(ForgivingRedisCache, self).delete(key, version))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Whether the key is there; False when the server is gone."""
        return or_lost(False, lambda: super(ForgivingRedisCache, self).has_key(key, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Count up; ValueError when the key or the server is not there."""
        count = or_lost(None, lambda: super(ForgivingRedisCache, self).incr(key, delta, version))
        if count is None:
            raise ValueError("The cache server does not answer.")
        return count

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        """Those of the keys that are there; none when the server is gone."""
        return or_lost({}, lambda: super(ForgivingRedisCache, self).get_many(keys, version))

    def set_many(self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[Any]:
        """Keep the values; names those that were not kept, as Django's interface asks."""
        return or_lost(list(data), lambda: super(ForgivingRedisCache, self).set_many(data, timeout, version))

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        """Drop the keys, if the server is there."""
        or_lost(None, lambda: super(ForgivingRedisCache, self).delete_many(keys, version))

    def clear(self) -> None:
        """Drop everything, if the server is there."""
        or_lost(None, lambda: super(ForgivingRedisCache, self).clear())
