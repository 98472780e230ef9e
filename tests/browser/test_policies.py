"""The content security policies in a real browser: nothing is broken by them, and nothing asks a third party."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, expect

from tests.browser.staff import sign_in
from tests.servers import RunningSite

PUBLIC = ("/", "/conditions/ptsd/", "/research/", "/professionals/", "/refer-a-patient/", "/schedule-a-call/")
ADMIN = ("/admin/", "/admin/pages/", "/admin/images/", "/admin/reports/site-history/")


class Watch:
    """Notes what a page complains about, and whom it asks."""

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self.request)

    def console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"}:
            self.hosts.add(parts.netloc)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_keeps_to_its_policy(running_site: RunningSite, page: Page, address: str) -> None:
    watch = Watch(page)
    page.goto(running_site.url + address, wait_until="networkidle")
    assert not watch.complaints, "\n".join(watch.complaints)
    assert watch.hosts == {urlsplit(running_site.url).netloc}


def test_the_admin_keeps_to_its_policy(running_site: RunningSite, page: Page) -> None:
    watch = Watch(page)
    sign_in(page, running_site.url, "marketing")
    for address in ADMIN:
        page.goto(running_site.url + address, wait_until="networkidle")
    found = page.request.get(f"{running_site.url}/api/v3/pages/?slug=ptsd").json()["items"][0]["id"]
    page.goto(f"{running_site.url}/admin/pages/{found}/edit/", wait_until="networkidle")
    # The site's own preview; the front end's is tried with the example front end.
    page.locator("#id_preview_mode").evaluate("select => { select.value = '' }")
    page.get_by_role("button", name="Toggle preview").first.click()
    page.wait_for_load_state("networkidle")
    assert not watch.complaints, "\n".join(watch.complaints)
    assert watch.hosts == {urlsplit(running_site.url).netloc}


def test_the_documentation_of_the_api_shows_its_operations_and_asks_nobody_else(
    running_site: RunningSite, page: Page
) -> None:
    watch = Watch(page)
    page.goto(f"{running_site.url}/api/v3/docs/")
    page.locator(".opblock").first.wait_for()
    paths = page.request.get(f"{running_site.url}/api/v3/openapi.json").json()["paths"]
    assert page.locator(".opblock").count() == sum(len(methods) for methods in paths.values())
    page.locator("#operations-conditions-conditions_detail").get_by_role("button").first.click()
    expect(page.get_by_text("A condition page by its slug.")).to_be_visible()
    assert not watch.complaints, "\n".join(watch.complaints)
    assert watch.hosts == {urlsplit(running_site.url).netloc}
