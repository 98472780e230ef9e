"""Chromium reaches a page of this site."""

from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer
from wagtail.models import Page as WagtailPage


def test_robots_is_served(page: Page, live_server: LiveServer) -> None:
    response = page.goto(f"{live_server.url}/robots.txt")
    assert response is not None and response.status == 200
    assert WagtailPage.objects.filter(depth=1).exists()


def test_first_rows_survive_a_committing_test(transactional_db: None) -> None:
    assert WagtailPage.objects.filter(depth=1).exists()
