"""The servers that other tests stand on are the real ones."""

import psycopg
import redis


def test_postgres_is_18(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.info.server_version // 10_000 >= 18


def test_valkey_is_9(valkey_url: str) -> None:
    client = redis.Redis.from_url(valkey_url.replace("valkey://", "redis://"))
    assert int(client.info("server")["valkey_version"].split(".")[0]) >= 9
