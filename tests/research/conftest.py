"""Fixtures of the library's tests."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client


@pytest.fixture
def clinician(client: Client) -> User:
    """A clinician who is logged in: keeps the library, has no rights on pages."""
    user = User.objects.create_user("clinician", "c@example.org", "x")
    user.groups.add(Group.objects.get(name="Clinicians"))
    client.force_login(user)
    return user
