"""The public site in a real browser: menu and slide-over in any colours, paper, keys, and nothing that moves.

Axe over every template is in test_templates.py, what a visit asks for in test_limits.py.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize, expect

from pages.theme import stylesheet
from tests.browser.barriers import COLOURS, DESKTOP, PHONE, barriers
from tests.browser.palettes import paint
from tests.pages.test_theme import HOSTILE
from tests.servers import RunningSite


@pytest.fixture(scope="module")
def visitor(browser: Browser, running_site: RunningSite) -> Iterator[BrowserContext]:
    """A visitor of the demo; motion reduced, so that nothing is measured halfway."""
    context = browser.new_context(base_url=running_site.url, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def tab(visitor: BrowserContext) -> Iterator[Page]:
    page = visitor.new_page()
    yield page
    page.close()


def test_axe_finds_nothing_in_the_open_menu_whatever_the_colours(tab: Page) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto("/conditions/ptsd/")
    tab.get_by_role("button", name="Menu", exact=True).click()
    expect(tab.get_by_role("navigation", name="Main")).to_be_visible()
    assert barriers(tab) == []
    assert unreadable(tab, "header") == []
    tab.get_by_role("button", name="Close menu").click()
    expect(tab.get_by_role("navigation", name="Main")).to_be_hidden()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_no_pair_of_colours_makes_the_slide_over_or_its_errors_unreadable(tab: Page, size: ViewportSize) -> None:
    tab.set_viewport_size(size)
    tab.goto("/conditions/ptsd/")
    tab.locator("[data-slide]:visible").first.click()
    dialog = tab.get_by_role("dialog", name="Schedule a call")
    expect(dialog).to_be_visible()
    assert unreadable(tab, "dialog") == []
    dialog.locator("form [type=submit]").click()
    expect(dialog.get_by_role("alert")).to_be_focused()
    assert unreadable(tab, "dialog") == []


def unreadable(tab: Page, within: str) -> list[str]:
    """What axe finds in a part of the page, light and dark, in hostile colours."""
    found: list[str] = []
    for (brand, accent), scheme in product(HOSTILE, ("light", "dark")):
        paint(tab, stylesheet(brand, accent).css)
        tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found += [f"{brand} {accent}, {scheme}: {barrier}" for barrier in barriers(tab, COLOURS, within)]
    return found


def test_nothing_shifts_while_a_page_loads(visitor: BrowserContext) -> None:
    page = visitor.new_page()
    page.add_init_script(
        "window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => {"
        "if (!entry.hadRecentInput) window.shifted += entry.value; })).observe({type: 'layout-shift', buffered: true});"
    )

    def slow_fonts(route: Route) -> None:
        time.sleep(0.1)
        route.continue_()

    page.route("**/*.woff2", slow_fonts)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        for address in ("/", "/conditions/depression/", "/schedule-a-call/"):
            page.goto(address, wait_until="networkidle")
            page.wait_for_timeout(100)
            assert page.evaluate("window.shifted") <= 0.01, (address, width)
    page.close()


def test_paper_gets_the_content_with_crisis_help_and_no_controls(tab: Page) -> None:
    tab.goto("/conditions/depression/")
    tab.emulate_media(media="print")
    expect(tab.locator(".head")).to_be_hidden()
    expect(tab.locator(".dock")).to_be_hidden()
    expect(tab.get_by_text("Printed from")).to_be_visible()
    expect(tab.locator(".top")).to_contain_text("988")
    expect(tab.locator(".top")).to_be_visible()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_the_form_of_the_referral_pack_is_one_sheet_of_paper(tab: Page) -> None:
    millimetre = 96 / 25.4
    # US Letter, 216 by 279 mm, less the margins of @page: what a practice puts through its fax machine
    tab.set_viewport_size({"width": int((216 - 32) * millimetre), "height": 900})
    tab.goto("/professionals/referral-pack/")
    tab.emulate_media(media="print")
    sheet = tab.locator(".sheet").bounding_box()
    assert sheet and 0 < sheet["height"] <= (279 - 38) * millimetre
    assert "Juniper Row Clinic" in tab.locator(".sheet").inner_text(), "a sheet alone says whose it is"


def test_a_phone_reaches_the_referral_form_from_the_menu(tab: Page) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto("/")
    tab.get_by_role("button", name="Menu", exact=True).click()
    tab.get_by_role("navigation", name="Main").get_by_role("link", name="Refer a patient").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Refer a patient")


def test_every_task_is_done_with_the_keyboard(tab: Page) -> None:
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.goto("/conditions/depression/")
    tab.keyboard.press("Tab")
    expect(tab.locator(".skip")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.locator("#main")).to_be_focused()
    summary = tab.locator("#questions summary").first
    summary.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#questions details").first).to_have_attribute("open", "")


def test_a_reference_is_copied_with_one_click(visitor: BrowserContext) -> None:
    visitor.grant_permissions(["clipboard-read", "clipboard-write"])
    tab = visitor.new_page()
    tab.goto("/research/feder-2014-ptsd/")
    tab.get_by_role("button", name="Copy the reference").click()
    expect(tab.get_by_role("button", name="Copied")).to_be_visible()
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Feder A, Parides MK") and copied.endswith("doi:10.1001/jamapsychiatry.2014.62")
