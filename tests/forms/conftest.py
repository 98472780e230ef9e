"""Fixtures of the tests of forms."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from tests.forms.build import person


@pytest.fixture(autouse=True)
def fresh(fresh_forms: Path) -> Path:
    """Fresh counters, and the folder where attachments are kept: every test of forms begins like this."""
    return fresh_forms


@pytest.fixture
def desk(client: Client) -> Client:
    """A browser in which somebody of the intake role is logged in."""
    client.force_login(person("inez", intake=True))
    return client
