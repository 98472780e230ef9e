"""The demo's people."""

from django.test import Client


def log_in(username: str) -> Client:
    """A browser in which one of the demo's people has logged in."""
    client = Client()
    assert client.login(username=username, password=f"demo-{username}")
    return client
