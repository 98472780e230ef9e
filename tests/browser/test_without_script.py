"""What a visitor does on a phone that runs no script: menu, questions, filters, search, the way to a person.

The forms are done without script in test_forms.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.barriers import PHONE
from tests.servers import RunningSite

pytestmark = pytest.mark.xdist_group("running_site")


@pytest.fixture
def tab(browser: Browser, running_site: RunningSite) -> Iterator[Page]:
    """A phone without script."""
    context = browser.new_context(base_url=running_site.url, java_script_enabled=False, viewport=PHONE)
    yield context.new_page()
    context.close()


def test_the_menu_opens_leads_on_and_closes(tab: Page) -> None:
    tab.goto("/")
    menu = tab.get_by_role("navigation", name="Main")
    expect(menu).to_be_hidden()
    tab.get_by_role("button", name="Menu", exact=True).click()
    expect(menu).to_be_visible()
    tab.get_by_role("button", name="Close menu").click()
    expect(menu).to_be_hidden()
    tab.get_by_role("button", name="Menu", exact=True).click()
    menu.get_by_role("link", name="Conditions").click()
    tab.wait_for_url("**/conditions/")
    expect(menu).to_be_hidden()


def test_questions_open_and_an_address_opens_its_own(tab: Page) -> None:
    tab.goto("/faq/")
    question = tab.locator("main details").first
    question.locator("summary").click()
    expect(question).to_have_attribute("open", "")
    answer = tab.locator("main details .rich").last
    expect(answer).to_be_hidden()
    tab.goto(f"/faq/?again#{answer.get_attribute('id')}")
    expect(answer).to_be_in_viewport()


def test_the_library_is_filtered_and_a_filter_comes_off_again(tab: Page) -> None:
    tab.goto("/research/")
    found = tab.locator("#found-h")
    everything = found.inner_text().splitlines()[0].rstrip(",")
    tab.get_by_role("checkbox", name="PTSD").check()
    tab.get_by_role("button", name="Show", exact=True).click()
    expect(found).not_to_contain_text(everything)
    assert "topic=ptsd" in tab.url
    tab.get_by_role("list", name="Filters in force").get_by_role("link", name="PTSD").click()
    expect(found).to_contain_text(everything)


def test_the_search_finds_a_page_and_somebody(tab: Page) -> None:
    tab.goto("/search/")
    tab.get_by_role("searchbox").fill("jordan")
    tab.get_by_role("searchbox").press("Enter")
    tab.get_by_role("navigation", name="Kind of result").get_by_role("link", name="People").click()
    tab.get_by_role("link", name="Jordan Sample, MD").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Jordan Sample, MD")


def test_scheduling_a_call_is_a_link_to_the_form(tab: Page) -> None:
    tab.goto("/conditions/ptsd/")
    tab.locator(".dock").get_by_role("link", name="Schedule a call").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Schedule a call")
    expect(tab.locator("main form")).to_be_visible()
    for row in tab.locator("[data-when]").all():
        expect(row).to_be_visible()
