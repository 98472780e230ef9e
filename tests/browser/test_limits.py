"""The limits that the public site holds, measured on the demo clinic as it is served.

The demo is built and served once, Chromium is started once; each page is loaded once for all that is asked of it.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page

from pages.theme import stylesheet
from tests.browser.demo import Demo, Reply, served

# One process for all of it, also when the tests run side by side.
pytestmark = pytest.mark.xdist_group("limits")

KB = 1024
HTML, CSS, JS, FONTS, TOTAL = 20 * KB, 10 * KB, 5 * KB, 48 * KB, 80 * KB  # gzipped
REQUESTS = 8
SHIFT = 0.01
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL_RULES = {"runOnly": {"type": "tag", "values": RULES}}
# A page in other colours is the same document: only the rules about colours can answer differently.
COLOUR_RULES = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}

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
    "research, nothing found": "/research/?q=zzzzzz",
    "citation": "/research/feder-2014-ptsd/",
    "standard": "/about/",
    "questions": "/faq/",
    "contact": "/contact/",
    "person": "/people/jordan-sample/",
    "search": "/search/",
    "search, found": "/search/?q=PTSD",
    "search, nothing found": "/search/?q=dapression",
    "not found": "/no-such-page/",
    "call form": "/schedule-a-call/",
    "referral form": "/refer-a-patient/",
}
FORMS = {"call form", "referral form"}
#: Adds up every layout shift (https://web.dev/articles/cls), also those after an input.
SHIFTS = (
    "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => "
    "{ window.shift += entry.value; })).observe({type: 'layout-shift', buffered: true});"
)
HOSTILE_COLOURS = [
    ("#ffff00", "#00ffff"),
    ("#ffffff", "#ffffff"),
    ("#000000", "#000000"),
    ("#ff0000", "#00ff00"),
    ("#808080", "#7f7f7f"),
    ("#fdfdfb", "#0e1a18"),
]


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with served() as running:
        yield running


@pytest.fixture(scope="module")
def replies(demo: Demo) -> dict[str, Reply]:
    """The reply to every address of TEMPLATES."""
    return {name: demo.get(path) for name, path in TEMPLATES.items()}


@pytest.fixture(scope="module")
def crawled(demo: Demo) -> dict[str, Reply]:
    """Every address of the site that a link, a picture or a form names, reached from the home page."""
    found: dict[str, Reply] = {}
    waiting = ["/", "/sitemap.xml"]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found[path] = reply = demo.get(path)
        if "text/html" in reply.headers.get("content-type", ""):
            links = {urldefrag(urljoin(demo.root + path, link))[0] for link in _links(reply)}
            waiting += [link.removeprefix(demo.root) or "/" for link in links if link.startswith(demo.root)]
        elif path == "/sitemap.xml":
            waiting += [urlsplit(address).path for address in re.findall("<loc>(.*?)</loc>", reply.text)]
    return found


@pytest.fixture(scope="module")
def context(browser: Browser, demo: Demo) -> Iterator[BrowserContext]:
    """A visitor's browser, without motion, so that no colour is measured on its way."""
    visiting = browser.new_context(base_url=demo.root, viewport=PHONE, reduced_motion="reduce")
    yield visiting
    visiting.close()


@pytest.fixture(scope="module")
def tab(context: BrowserContext) -> Page:
    return context.new_page()


# --- Without a browser ------------------------------------------------------------------------------------------


def test_every_template_is_there(replies: dict[str, Reply]) -> None:
    wrong = {name: reply.status for name, reply in replies.items() if reply.status != 200}
    assert wrong == {"not found": 404}


def test_every_link_of_the_site_leads_somewhere(demo: Demo, crawled: dict[str, Reply]) -> None:
    broken = {path: reply.status for path, reply in crawled.items() if reply.status != 200}
    assert broken == {}
    assert len(crawled) > 60, "the crawl saw the site"
    anchors = {path: _ids(reply) for path, reply in crawled.items() if _is_html(reply)}
    astray = {
        f"{path} -> {link}"
        for path, reply in crawled.items()
        if _is_html(reply)
        for link in _links(reply)
        if "#" in link and not link.startswith(("tel:", "sms:", "mailto:"))
        for target, fragment in [urldefrag(urljoin(demo.root + path, link))]
        if target.startswith(demo.root)
        and fragment not in {"", "top"}
        and fragment not in anchors.get(target.removeprefix(demo.root) or "/", set())
    }
    assert astray == set()


def test_titles_are_all_different(crawled: dict[str, Reply]) -> None:
    titles = Counter(
        re.findall("<title>(.*?)</title>", reply.text, re.DOTALL)[0]
        for path, reply in crawled.items()
        if _is_html(reply) and "?" not in path
    )
    assert [title for title, times in titles.items() if times > 1] == []


def test_every_page_has_crisis_help_and_its_language(crawled: dict[str, Reply]) -> None:
    for path, reply in crawled.items():
        if _is_html(reply):
            assert 'href="tel:988"' in reply.text and 'href="sms:988"' in reply.text, path
            assert '<html lang="en-US">' in reply.text, path


def test_every_page_is_strict_html(crawled: dict[str, Reply], replies: dict[str, Reply]) -> None:
    for path, reply in [*crawled.items(), *replies.items()]:
        if _is_html(reply):
            parser = html5lib.HTMLParser(strict=False)
            parser.parse(reply.text)
            assert [(error[0], error[1]) for error in parser.errors] == [], path
            repeated = [
                found for found, times in Counter(re.findall(r'\sid="([^"]*)"', reply.text)).items() if times > 1
            ]
            assert repeated == [], path
            assert " style=" not in reply.text and "<style" not in reply.text, path
            assert not re.search(r"<script(?![^>]*(src=|ld\+json))", reply.text), path


def test_every_template_passes_html_validate(replies: dict[str, Reply], tmp_path: Path) -> None:
    program = os.environ.get("HTML_VALIDATE") or shutil.which("html-validate")
    if program is None:
        pytest.skip("html-validate is not on this machine: npm install -g html-validate, or name it in HTML_VALIDATE")
    rules = {"extends": ["html-validate:standard"], "rules": {"long-title": "off", "no-trailing-whitespace": "off"}}
    (tmp_path / ".htmlvalidate.json").write_text(json.dumps({"root": True, **rules}))
    for name, reply in replies.items():
        (tmp_path / f"{re.sub(r'[^a-z]+', '-', name)}.html").write_bytes(reply.body)
    run = subprocess.run(
        [program, "--formatter", "text", "."], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_pages_weigh_little(demo: Demo, replies: dict[str, Reply]) -> None:
    sizes: dict[str, int] = {}

    def weight(path: str) -> int:
        if path not in sizes:
            reply = demo.get(path)
            # fonts are compressed already
            sizes[path] = len(reply.body) if path.endswith(".woff2") else len(gzip.compress(reply.body, 6))
        return sizes[path]

    for name, reply in replies.items():
        html = len(gzip.compress(reply.body, 6))
        parts = {kind: [path for path in _parts(reply) if path.endswith(kind)] for kind in (".css", ".js", ".woff2")}
        css, js, fonts = (sum(map(weight, parts[kind])) for kind in (".css", ".js", ".woff2"))
        assert css and js and fonts, name
        assert html <= HTML, f"{name}: {html} bytes of HTML"
        assert css <= CSS, f"{name}: {css} bytes of CSS"
        assert js <= JS, f"{name}: {js} bytes of script"
        assert fonts <= FONTS, f"{name}: {fonts} bytes of fonts"
        assert html + css + js + fonts <= TOTAL, name


def test_what_is_sent_is_compressed(demo: Demo) -> None:
    page = demo.get("/")
    for path in [path for path in _parts(page) if re.match(r"/static/.*\.(css|js)$", path)]:
        request = urllib.request.Request(demo.root + path, headers={"Accept-Encoding": "br, gzip"})
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Content-Encoding"] in {"br", "gzip"}, path


# --- In Chromium ------------------------------------------------------------------------------------------------


def test_a_visit_asks_little_and_nobody_else_and_nothing_moves(browser: Browser, demo: Demo) -> None:
    wrong: dict[str, Any] = {}
    for name, path in TEMPLATES.items():
        visiting = browser.new_context(base_url=demo.root, viewport=PHONE)
        visiting.add_init_script(SHIFTS)
        page = visiting.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, said=said: said.append(message.text))
        page.goto(path)
        page.evaluate("document.fonts.ready.then(() => new Promise(done => setTimeout(done, 150)))")
        found = {
            "asks others": [address for address in asked if not address.startswith(demo.root)],
            "asks too often": asked if len([one for one in asked if not _is_picture(one)]) > REQUESTS else [],
            # a missing page says so in the console; anything else there is our fault
            "complains": [text for text in said if "404" not in text],
            "sets cookies": visiting.cookies() if name not in FORMS else [],
            "moves": [shift] if (shift := page.evaluate("window.shift")) > SHIFT else [],
        }
        if any(found.values()):
            wrong[name] = {what: details for what, details in found.items() if details}
        visiting.close()
    assert wrong == {}


def test_every_template_is_accessible_in_light_and_dark_on_phone_and_desktop(tab: Page) -> None:
    wrong: list[str] = []
    for name, path in TEMPLATES.items():
        tab.emulate_media(color_scheme="light")
        tab.set_viewport_size(PHONE)
        tab.goto(path)
        _open_questions(tab)
        for size in (PHONE, DESKTOP):
            tab.set_viewport_size(size)
            tab.emulate_media(color_scheme="light")
            wrong += _barriers(tab, f"{name}, light, {size['width']}")
            tab.emulate_media(color_scheme="dark")
            wrong += _barriers(tab, f"{name}, dark, {size['width']}", COLOUR_RULES)
    assert wrong == []


def test_states_are_accessible(tab: Page) -> None:
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        tab.set_viewport_size(PHONE)
        tab.goto("/")
        tab.get_by_role("button", name="Menu", exact=True).click()
        assert tab.locator("#nav").is_visible()
        assert _barriers(tab, f"menu open, {scheme}") == []
        for size in (PHONE, DESKTOP):
            tab.set_viewport_size(size)
            tab.goto("/conditions/ptsd/")
            tab.locator("a[data-slide]:visible").first.click()
            tab.locator("dialog h1").wait_for()
            assert _barriers(tab, f"slide-over, {scheme}, {size['width']}") == []
            tab.locator("dialog button[type=submit]").last.click()
            tab.locator("dialog .errs").wait_for()
            assert _barriers(tab, f"slide-over with errors, {scheme}, {size['width']}") == []
        for path in ("/schedule-a-call/", "/refer-a-patient/"):
            tab.goto(path)
            tab.locator("main form button[type=submit]").last.click()
            tab.locator(".errs").wait_for()
            assert tab.title().startswith("Error: ")
            assert _barriers(tab, f"errors at {path}, {scheme}") == []


@pytest.mark.parametrize("colours", HOSTILE_COLOURS, ids=" ".join)
def test_no_choice_of_colours_takes_the_contrast_away(tab: Page, colours: tuple[str, str]) -> None:
    sheet = stylesheet(*colours).css
    tab.route("**/theme.*.css", lambda route: route.fulfill(body=sheet, content_type="text/css"))
    try:
        for path in ("/", "/conditions/ptsd/", "/schedule-a-call/"):
            tab.set_viewport_size(PHONE)
            tab.goto(path)
            for scheme in ("light", "dark"):
                tab.emulate_media(color_scheme=scheme)
                assert _barriers(tab, f"{colours} {path} {scheme}", COLOUR_RULES) == []
    finally:
        tab.unroute("**/theme.*.css")


def test_nothing_scrolls_sideways_and_everything_prints(tab: Page) -> None:
    tab.emulate_media(color_scheme="light")
    for name, path in TEMPLATES.items():
        tab.set_viewport_size({"width": 320, "height": 640})
        tab.goto(path)
        _open_questions(tab)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320, f"{name} at 320 pixels"
        tab.emulate_media(media="print")
        assert tab.locator("text=988").locator("visible=true").count() > 0, f"{name} prints no crisis line"
        assert not tab.locator("#nav").is_visible(), name
        assert not tab.locator(".dock").is_visible(), name
        tab.emulate_media(media="screen")
    tab.goto("/professionals/referral-pack/")
    assert tab.pdf(format="Letter").startswith(b"%PDF")


def test_text_at_twice_the_size_stays_inside_the_page(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], demo: Demo
) -> None:
    larger = [*browser_type_launch_args["args"], "--blink-settings=defaultFontSize=32"]
    browser = browser_type.launch(**browser_type_launch_args | {"args": larger})
    page = browser.new_page(base_url=demo.root, viewport={"width": 640, "height": 900})
    for name, path in TEMPLATES.items():
        page.goto(path)
        _open_questions(page)
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 30, name
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, name
    browser.close()


def test_every_task_works_without_script(browser: Browser, demo: Demo) -> None:
    visiting = browser.new_context(base_url=demo.root, viewport=PHONE, java_script_enabled=False)
    page = visiting.new_page()
    page.goto("/conditions/ptsd/")
    page.get_by_role("button", name="Menu", exact=True).click()
    page.locator("#nav").get_by_role("link", name="Search", exact=True).click()
    page.get_by_label("Search this site").fill("ptsd")
    page.get_by_role("search").get_by_role("button").click()
    page.get_by_role("link", name="PTSD", exact=True).first.click()
    assert page.url.endswith("/conditions/ptsd/")
    page.locator("a[data-slide]:visible").first.click()
    assert page.url.endswith("/schedule-a-call/")
    page.locator("main form button[type=submit]").last.click()
    assert page.locator(".errs a").count() > 0
    visiting.close()


# --- How it is asked --------------------------------------------------------------------------------------------


def _is_html(reply: Reply) -> bool:
    return "text/html" in reply.headers.get("content-type", "")


def _is_picture(address: str) -> bool:
    return urlsplit(address).path.endswith((".avif", ".webp", ".jpg", ".jpeg", ".png", ".gif"))


def _tree(reply: Reply) -> Any:
    return html5lib.parse(reply.body, treebuilder="etree", namespaceHTMLElements=False)


def _links(reply: Reply) -> set[str]:
    """Everything that a page names: links, pictures, styles, scripts, and forms that ask."""
    found: set[str] = set()
    for element in _tree(reply).iter():
        if not isinstance(element.tag, str):
            continue
        for name in ("href", "src", "poster"):
            if value := element.get(name):
                found.add(value)
        for candidate in (element.get("srcset") or "").split(","):
            if candidate.strip():
                found.add(candidate.split()[0])
        if element.tag == "form" and (element.get("method") or "get").lower() == "get" and element.get("action"):
            found.add(element.get("action"))
        if element.tag == "meta" and element.get("property") == "og:image":
            found.add(urlsplit(element.get("content")).path)
    return {link for link in found if not link.startswith(("mailto:", "data:"))}


def _ids(reply: Reply) -> set[str]:
    return {element.get("id") for element in _tree(reply).iter() if element.get("id")}


def _parts(reply: Reply) -> set[str]:
    """Stylesheets, scripts and fonts that a page loads."""
    found = set()
    for element in _tree(reply).iter():
        if element.tag == "link" and element.get("rel") in {"stylesheet", "preload"}:
            found.add(element.get("href"))
        if element.tag == "script" and element.get("src"):
            found.add(element.get("src"))
    return found


def _open_questions(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")


def _barriers(page: Page, where: str, rules: dict[str, Any] = ALL_RULES) -> list[str]:
    """Runs axe and returns what it found, in words."""
    found = Axe().run(page, options=rules | {"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{where}: {violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"][:4]
    ]
