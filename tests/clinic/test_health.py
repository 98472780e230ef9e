"""`/healthz` and `/readyz`."""

import pytest
from django.test import Client


def test_healthz_answers_without_database(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db
def test_readyz_is_well_when_migrated(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200, response.content
