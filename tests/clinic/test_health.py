"""`/healthz` and `/readyz`."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from clinic import health


@pytest.fixture(autouse=True)
def _unknown_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)


def test_healthz_answers_without_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response.headers["Cache-Control"] == "no-store"


def test_a_probe_needs_neither_https_nor_our_host_name(client: Client, settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.django_db
def test_readyz_is_well_when_migrated(client: Client, django_assert_max_num_queries) -> None:
    assert client.get("/readyz").status_code == 200
    with django_assert_max_num_queries(1):
        assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_readyz_names_waiting_migrations(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'pages'")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "manage.py migrate" in response.json()["reason"]


@pytest.mark.django_db
def test_readyz_tells_a_database_that_is_gone(client: Client) -> None:
    def gone(*args, **kwargs):
        raise OperationalError("gone")

    with connection.execute_wrapper(gone):
        response = client.get("/readyz")
    assert response.status_code == 503
