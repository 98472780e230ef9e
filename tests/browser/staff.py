"""People of the clinic in a browser."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import BrowserContext, Page


def sign_in(page: Page, site: str, name: str) -> None:
    """Logs in at a running demo, as a person does."""
    page.goto(f"{site}/admin/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(f"demo-{name}")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site}/admin/")


def let_in(context: BrowserContext, site: str, user: User) -> None:
    """Gives a browser the session of somebody who has logged in to the tests' own server."""
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
