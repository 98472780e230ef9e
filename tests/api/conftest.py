"""Fixtures of the API's tests."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.api.world import World, build


@pytest.fixture(scope="module")
def built(module_transaction: None) -> World:
    """The clinic, made once for a module's tests."""
    return build()


@pytest.fixture
def world(built: World, db: None) -> World:
    """A small clinic with something of everything; what a test changes is taken back after it."""
    cache.clear()
    return copy.deepcopy(built)


@pytest.fixture
def get(client: Client) -> Callable[..., Any]:
    """Reads an address under /api/v3/ and gives its JSON; fails unless the status is the one expected."""

    def read(path: str, status: int = 200, **headers: str) -> Any:
        response = client.get(f"/api/v3/{path}", headers=headers)
        assert response.status_code == status, response.content[:2000]
        return response.json()

    return read
