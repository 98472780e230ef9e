"""The public site in a real browser: accessible in every state, asking nobody else, not shifting, usable small."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from pages.theme import stylesheet
from tests.pages.test_theme import HOSTILE
from tests.servers import RunningSite

pytestmark = pytest.mark.xdist_group("running_site")

TEMPLATES = [
    "/",
    "/conditions/",
    "/conditions/depression/",
    "/professionals/",
    "/professionals/referral-pack/",
    "/research/",
    "/research/feder-2014-ptsd/",
    "/what-to-expect/",
    "/about/",
    "/contact/",
    "/people/jordan-sample/",
    "/search/?q=PTSD",
    "/search/?q=zzzz",
    "/no-such-page/",
    "/schedule-a-call/",
    "/refer-a-patient/",
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
axe = Axe()


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


def violations(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    """What axe finds, one line each: rule, then the elements."""
    found = axe.run(page, options=rules).response["violations"]
    return [f"{rule['id']}: {[node['html'][:160] for node in rule['nodes']][:4]}" for rule in found]


def in_every_mode(page: Page, check: Callable[[str], None]) -> None:
    """Runs `check` on the page as it is, in light and dark, on a phone and on a desk."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            check(f"{urlsplit(page.url).path} {size} {scheme}")


@pytest.mark.parametrize("address", TEMPLATES)
def test_a_page_is_accessible_in_every_mode_and_fits_small_screens_and_large_text(tab: Page, address: str) -> None:
    tab.goto(address)
    for question in tab.locator("main details").all():
        question.evaluate("details => { details.open = true; }")
    found: dict[str, list[str]] = {}

    def look(mode: str) -> None:
        if wrong := violations(tab):
            found[mode] = wrong

    in_every_mode(tab, look)
    assert found == {}
    for width, size in ((320, "100%"), (1280, "200%"), (640, "200%")):
        tab.set_viewport_size({"width": width, "height": 800})
        tab.evaluate("size => document.documentElement.style.setProperty('font-size', size)", size)
        over = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"scrolls sideways at {width} pixels and {size} text"


def test_axe_finds_nothing_in_the_open_menu(tab: Page) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto("/conditions/ptsd/")
    tab.get_by_role("button", name="Menu", exact=True).click()
    expect(tab.get_by_role("navigation", name="Main")).to_be_visible()
    assert violations(tab) == []
    tab.get_by_role("button", name="Close menu").click()
    expect(tab.get_by_role("navigation", name="Main")).to_be_hidden()


@pytest.mark.parametrize(("brand", "accent"), HOSTILE)
def test_no_pair_of_colours_makes_text_unreadable(tab: Page, brand: str, accent: str) -> None:
    css = stylesheet(brand, accent).css
    tab.route("**/theme.*.css", lambda route: route.fulfill(body=css, content_type="text/css"))
    for address in ("/conditions/suicidal-thoughts/", "/schedule-a-call/"):
        tab.goto(address)
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            assert violations(tab, {"runOnly": ["color-contrast"]}) == [], (address, scheme)


def test_a_page_asks_only_this_site_and_not_often(tab: Page, running_site: RunningSite) -> None:
    asked: list[Request] = []
    tab.on("request", lambda request: asked.append(request))
    for address in TEMPLATES:
        asked.clear()
        tab.goto(address, wait_until="networkidle")
        assert {urlsplit(request.url).netloc for request in asked} == {urlsplit(running_site.url).netloc}, address
        assert len(asked) <= 8, [request.url for request in asked]


def test_nothing_is_refused_by_the_content_security_policy(tab: Page) -> None:
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for address in TEMPLATES:
        if address != "/no-such-page/":
            tab.goto(address)
    assert complaints == []


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
