"""Limits that show only on the demo as it is served: every link over HTTP, a first visit, states of forms.

What a page may weigh and its queries are in tests/demo/test_limits.py; markup and axe over every template in
test_templates.py; the clinic's colours in test_public_site.py.
"""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import html5lib
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.barriers import DESKTOP, PHONE, barriers
from tests.servers import RunningSite

REQUESTS = 8
SHIFT = 0.01
#: Adds up every layout shift, also those after an input (https://web.dev/articles/cls).
SHIFTS = (
    "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => "
    "{ window.shift += entry.value; })).observe({type: 'layout-shift', buffered: true});"
)
#: One address for every template.
TEMPLATES = {
    "home": "/",
    "list of conditions": "/conditions/",
    "condition with crisis call-out": "/conditions/ptsd/",
    "condition": "/conditions/fibromyalgia/",
    "for professionals": "/professionals/",
    "referral pack": "/professionals/referral-pack/",
    "research": "/research/",
    "research, narrowed": "/research/?topic=ptsd",
    "citation": "/research/feder-2014-ptsd/",
    "standard": "/what-to-expect/",
    "team": "/about/",
    "questions": "/faq/",
    "contact": "/contact/",
    "person": "/people/jordan-sample/",
    "search, found": "/search/?q=PTSD",
    "search, words of danger": "/search/?q=I+want+to+kill+myself",
    "not found": "/no-such-page/",
    "call form": "/schedule-a-call/",
    "referral form": "/refer-a-patient/",
}
FORMS = {"call form", "referral form"}


@dataclass(frozen=True)
class Reply:
    """What the server answered; the names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_html(self) -> bool:
        """Whether it is a page."""
        return "text/html" in self.headers.get("content-type", "")


def get(address: str, **headers: str) -> Reply:
    """Asks over HTTP, following redirects; an error status is a reply too."""
    try:
        answer = urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=60)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return Reply(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read())


@pytest.fixture(scope="module")
def crawled(running_site: RunningSite) -> dict[str, Reply]:
    """Every address of the site that a link, a picture or a form names, reached from the home page and the site map."""
    root = running_site.url
    found: dict[str, Reply] = {}
    waiting = ["/", "/sitemap.xml"]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found[path] = reply = get(root + path)
        if reply.is_html:
            links = {urldefrag(urljoin(root + path, link))[0] for link in links_of(reply)}
            waiting += [link.removeprefix(root) or "/" for link in links if link.startswith(root)]
        elif path == "/sitemap.xml":
            waiting += [urlsplit(address).path for address in re.findall("<loc>(.*?)</loc>", reply.body.decode())]
    return found


def test_every_link_of_the_site_leads_to_a_page_and_a_place_in_it(
    running_site: RunningSite, crawled: dict[str, Reply]
) -> None:
    root = running_site.url
    assert {path: reply.status for path, reply in crawled.items() if reply.status != 200} == {}
    assert len(crawled) > 80, "the crawl saw the site"
    places = {
        path: {element.get("id") for element in tree(reply).iter() if element.get("id")}
        for path, reply in crawled.items()
        if reply.is_html
    }
    astray = {
        f"{path} -> {link}"
        for path, reply in crawled.items()
        if reply.is_html
        for link in links_of(reply)
        for target, place in [urldefrag(urljoin(root + path, link))]
        if target.startswith(root) and place and place not in places.get(target.removeprefix(root) or "/", set())
    }
    assert astray == set()


def test_what_a_visit_loads_is_sent_compressed(running_site: RunningSite) -> None:
    page = get(running_site.url).body.decode()
    parts = set(re.findall(r'(?:href|src)="(/(?:static/[^"]+|theme[^"]+)\.(?:css|js))"', page))
    assert len(parts) == 3
    for path in {"/", "/sitemap.xml", *parts}:
        assert get(running_site.url + path, **{"Accept-Encoding": "br, gzip"}).headers["content-encoding"], path


def test_a_first_visit_asks_little_and_nobody_else_keeps_still_and_prints_crisis_help(
    browser: Browser, running_site: RunningSite
) -> None:
    wrong: dict[str, Any] = {}
    for name, path in TEMPLATES.items():
        visiting = browser.new_context(base_url=running_site.url, viewport=PHONE)
        visiting.add_init_script(SHIFTS)
        page = visiting.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, said=said: said.append(message.text))
        page.goto(path)
        page.evaluate("document.fonts.ready.then(() => new Promise(done => setTimeout(done, 150)))")
        found = {
            "asks others": [address for address in asked if not address.startswith(running_site.url)],
            "asks too often": asked if len(asked) > REQUESTS else [],
            # a missing page says so in the console; anything else there is our fault
            "complains": [text for text in said if "404" not in text],
            "sets cookies": visiting.cookies() if name not in FORMS else [],
            "moves": [shift] if (shift := page.evaluate("window.shift")) > SHIFT else [],
        }
        page.emulate_media(media="print")
        if not page.locator("text=988").locator("visible=true").count():
            found["prints no crisis help"] = [path]
        if any(found.values()):
            wrong[name] = {what: details for what, details in found.items() if details}
        visiting.close()
    assert wrong == {}


@pytest.fixture(scope="module")
def tab(browser: Browser, running_site: RunningSite) -> Iterator[Page]:
    """A visitor's tab, without motion, so that no colour is measured on its way."""
    visiting = browser.new_context(base_url=running_site.url, reduced_motion="reduce")
    yield visiting.new_page()
    visiting.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_slide_over_is_accessible_in_its_states(tab: Page, scheme: Any) -> None:
    tab.emulate_media(color_scheme=scheme)
    for size in (PHONE, DESKTOP):
        tab.set_viewport_size(size)
        tab.goto("/conditions/ptsd/")
        tab.locator("a[data-slide]:visible").first.click()
        tab.locator("dialog h1").wait_for()
        assert barriers(tab) == [], f"slide-over, {size['width']}"
        tab.locator("dialog button[type=submit]").last.click()
        tab.locator("dialog .errs").wait_for()
        assert barriers(tab) == [], f"slide-over with errors, {size['width']}"


def test_rows_that_wait_for_an_answer_appear_when_the_script_does_not_come(tab: Page) -> None:
    tab.route("**/site*.js", lambda route: route.abort())
    try:
        tab.goto("/schedule-a-call/")
        tab.locator("[data-when]").first.wait_for(state="visible", timeout=10_000)
    finally:
        tab.unroute("**/site*.js")
    tab.goto("/schedule-a-call/")
    assert not tab.locator("[data-when]").first.is_visible()


def tree(reply: Reply) -> Any:
    """The page as elements."""
    return html5lib.parse(reply.body, treebuilder="etree", namespaceHTMLElements=False)


def links_of(reply: Reply) -> set[str]:
    """Everything that a page names: links, pictures, styles, scripts, sharing pictures, and forms that ask."""
    found: set[str] = set()
    for element in tree(reply).iter():
        if not isinstance(element.tag, str):
            continue
        found |= {value for name in ("href", "src", "poster") if (value := element.get(name))}
        found |= {part.split()[0] for part in (element.get("srcset") or "").split(",") if part.strip()}
        if element.tag == "form" and (element.get("method") or "get").lower() == "get" and element.get("action"):
            found.add(element.get("action"))
        if element.tag == "meta" and element.get("property") == "og:image":
            found.add(urlsplit(element.get("content")).path)
    return found
