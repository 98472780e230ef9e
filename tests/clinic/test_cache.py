"""The cache on Valkey: it works, and without it everything goes on."""

import pytest

from clinic.cache import ForgivingRedisCache
from tests.servers import free_port


def cache_at(url: str) -> ForgivingRedisCache:
    return ForgivingRedisCache(
        url.replace("valkey://", "redis://"),
        {"OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}, "KEY_PREFIX": "test_cache"},
    )


def test_values_are_kept(valkey_url: str) -> None:
    cache = cache_at(valkey_url)
    cache.set("greeting", "hello", 30)
    assert cache.get("greeting") == "hello"
    assert cache.add("count", 1, 30)
    assert cache.incr("count") == 2
    assert cache.get_many(["greeting", "count"]) == {"greeting": "hello", "count": 2}
    cache.delete_many(["greeting", "count"])
    assert not cache.has_key("greeting")


def test_a_lost_server_costs_only_speed() -> None:
    cache = cache_at(f"redis://127.0.0.1:{free_port()}/0")
    cache.set("greeting", "hello")
    assert cache.get("greeting", "lost") == "lost"
    assert cache.get_or_set("greeting", lambda: "made anew") == "made anew"
    assert cache.get_many(["greeting"]) == {}
    assert cache.set_many({"greeting": "hello"}) == ["greeting"]
    assert not cache.add("greeting", "hello")
    assert not cache.touch("greeting")
    assert not cache.delete("greeting")
    assert not cache.has_key("greeting")
    cache.delete_many(["greeting"])
    cache.clear()
    with pytest.raises(ValueError, match="does not answer"):
        cache.incr("greeting")
