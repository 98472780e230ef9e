"""Scheduling a call over any page: the same form, the same answers, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.barriers import barriers
from tests.servers import RunningSite


@pytest.fixture
def tab(browser: Browser, running_site: RunningSite) -> Iterator[Page]:
    context = browser.new_context(
        base_url=running_site.url, reduced_motion="reduce", viewport={"width": 1280, "height": 900}
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(browser: Browser, running_site: RunningSite) -> Iterator[Page]:
    """A browser that runs no script."""
    context = browser.new_context(base_url=running_site.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def opened(tab: Page) -> None:
    tab.goto("/conditions/ptsd/")
    tab.locator(".hero").get_by_role("link", name="Schedule a call").click()
    expect(tab.get_by_role("dialog", name="Schedule a call")).to_be_visible()


def test_it_opens_over_the_page_and_gives_the_focus_back(tab: Page) -> None:
    opened(tab)
    expect(tab.get_by_role("dialog").get_by_role("heading", level=1)).to_be_focused()
    assert tab.url.endswith("/conditions/ptsd/")
    assert barriers(tab) == []
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("dialog")).to_be_hidden()
    expect(tab.locator(".hero").get_by_role("link", name="Schedule a call")).to_be_focused()


def test_errors_come_back_into_it_with_what_was_typed(tab: Page) -> None:
    opened(tab)
    dialog = tab.get_by_role("dialog")
    dialog.get_by_label("Your name").fill("Ada Example")
    with tab.expect_response(lambda response: response.request.method == "POST") as answer:
        dialog.locator("form [type=submit]").click()
    assert answer.value.status == 422
    expect(dialog.get_by_role("alert")).to_be_focused()
    expect(dialog.get_by_label("Your name")).to_have_value("Ada Example")
    assert barriers(tab) == []


def test_what_was_typed_survives_a_stray_tap_and_closing(tab: Page) -> None:
    opened(tab)
    dialog = tab.get_by_role("dialog")
    dialog.get_by_label("Your name").fill("Ada Example")
    tab.mouse.click(20, 400)
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    tab.locator(".hero").get_by_role("link", name="Schedule a call").click()
    expect(dialog.get_by_label("Your name")).to_have_value("Ada Example")


def test_a_failing_server_leaves_a_plain_link(tab: Page) -> None:
    tab.goto("/conditions/ptsd/")
    tab.route(
        "**/schedule-a-call/",
        lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_(),
    )
    tab.locator(".hero").get_by_role("link", name="Schedule a call").click()
    tab.wait_for_url("**/schedule-a-call/")
    expect(tab.get_by_role("heading", level=1, name="Schedule a call")).to_be_visible()


def test_without_script_the_link_goes_to_the_form(plain: Page) -> None:
    plain.goto("/conditions/ptsd/")
    plain.locator(".hero").get_by_role("link", name="Schedule a call").click()
    expect(plain.get_by_role("heading", level=1, name="Schedule a call")).to_be_visible()
    plain.locator("form.form [type=submit]").click()
    expect(plain.get_by_role("alert")).to_be_visible()
    assert plain.title().startswith("Error:")


def test_without_script_the_menu_opens_and_search_works(plain: Page) -> None:
    plain.set_viewport_size({"width": 390, "height": 844})
    plain.goto("/")
    plain.get_by_role("button", name="Menu", exact=True).click()
    plain.get_by_role("navigation", name="Main").get_by_role("link", name="Search", exact=True).click()
    plain.get_by_label("Search this site").fill("flashbacks")
    plain.locator("form.finder [type=submit]").click()
    expect(plain.get_by_role("link", name="PTSD").first).to_be_visible()
