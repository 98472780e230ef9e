"""Every template of the public site, and every state of it, as a validator and a browser with axe see it.

The pages are made beside the running site, from its data, by a process that knows the templates they are made of
(`tests.takes`); the browser shows them at the running site's address, where their styles and fonts are.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import html5lib
import pytest
from playwright.sync_api import Browser, Page

from pages.theme import stylesheet
from tests import npm
from tests.browser.barriers import COLOURS, DESKTOP, PHONE, STRUCTURE, barriers
from tests.browser.palettes import UNSEEN, borderless, mark_unseen, paint
from tests.pages.test_theme import HOSTILE
from tests.servers import RunningSite
from tests.takes import Take, public_templates, takes_from

MARKUP = Path(__file__).parent / "markup"


@pytest.fixture(scope="module")
def taken(running_site: RunningSite, tmp_path_factory: pytest.TempPathFactory) -> list[Take]:
    """All takes, made once."""
    return takes_from(running_site.data, tmp_path_factory.mktemp("takes") / "takes.json")


@pytest.fixture(scope="module")
def tab(browser: Browser, running_site: RunningSite) -> Iterator[Page]:
    """A visitor's tab; motion reduced, so that nothing is measured halfway."""
    context = browser.new_context(base_url=running_site.url, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_no_template_goes_unseen(taken: list[Take]) -> None:
    assert len({take.name for take in taken}) == len(taken)
    assert public_templates() - {name for take in taken for name in take.templates} == set(), "add a take that uses it"


def test_every_state_is_what_it_is_called(taken: list[Take]) -> None:
    status = {take.name: take.status for take in taken}
    for name, code in status.items():
        assert code == (422 if name.endswith("-errors") else code), name
    assert {status["call-thanks"], status["referral-thanks"], status["referral-4"]} == {200}
    said = {take.name: take.html for take in taken}
    assert "Your reference number" in said["call-thanks"] and "Your reference number" in said["referral-thanks"]
    assert (status["too-large"], status["kept"], status["stale"], status["server-error"]) == (413, 503, 403, 500)


def test_markup_is_strict_html5_with_ids_of_its_own(taken: list[Take]) -> None:
    strict = html5lib.HTMLParser(strict=True)
    for take in taken:
        try:
            strict.parse(take.html)
        except html5lib.html5parser.ParseError as error:
            line, column = strict.tokenizer.stream.position()
            pytest.fail(f"{take.name}: {error} near line {line}, column {column}")
        ids = re.findall(r'\sid="([^"]+)"', take.html)
        assert sorted(ids) == sorted(set(ids)), take.name


def test_html_validate_finds_nothing(taken: list[Take], tmp_path: Path) -> None:
    shutil.copytree(MARKUP, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    npm.install(tmp_path)
    for take in taken:
        (tmp_path / f"{take.name}.html").write_text(take.html, encoding="utf-8")
    command = ["node", "node_modules/html-validate/bin/html-validate.mjs", "--formatter", "text", "*.html"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, (run.stdout + run.stderr)[:6000]


def shown(tab: Page, take: Take) -> None:
    """Opens the page in the browser, at its own address, with its own policy."""
    headers = {name: value for name, value in take.headers.items() if name != "Content-Length"}
    tab.unroute_all()
    address = f"/{take.name}/"
    tab.route(
        lambda url: url.endswith(address), lambda route: route.fulfill(status=200, body=take.html, headers=headers)
    )
    tab.goto(address)
    assert tab.evaluate("document.styleSheets.length"), f"{take.name} came without its styles"
    tab.evaluate("document.querySelectorAll('main details').forEach(details => { details.open = true; })")


@dataclass
class Findings:
    """What is wrong with the takes, one line each."""

    axe: list[str] = field(default_factory=list)
    hostile: list[str] = field(default_factory=list)
    borderless: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def found(tab: Page, taken: list[Take]) -> Findings:
    """One walk over all takes, since showing them costs more than looking at them.

    What can be read is the same wherever text and grounds have the same colours (`palettes`): each such combination is
    measured once, in the clinic's own colours and in hostile ones.
    """
    found = Findings()
    seen: dict[str, set[str]] = {"light": set(), "dark": set()}
    for take in taken:
        shown(tab, take)
        for size in (PHONE, DESKTOP):
            tab.set_viewport_size(size)
            where = f"{take.name}, {size['width']}"
            found.axe += [f"{where}: {barrier}" for barrier in barriers(tab, STRUCTURE)]
            for scheme in ("light", "dark"):
                tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                if not mark_unseen(tab, seen[scheme]):
                    continue
                paint(tab, "")
                found.axe += [f"{where}, {scheme}: {barrier}" for barrier in barriers(tab, COLOURS, UNSEEN)]
                for brand, accent in HOSTILE:
                    paint(tab, stylesheet(brand, accent).css)
                    found.hostile += [
                        f"{where}, {scheme}, {brand} {accent}: {it}" for it in barriers(tab, COLOURS, UNSEEN)
                    ]
            paint(tab, "")
        found.borderless += [f"{take.name}: {element}" for element in borderless(tab)]
        for width, text in ((320, "100%"), (1280, "200%"), (640, "200%")):
            tab.set_viewport_size({"width": width, "height": 800})
            tab.evaluate("size => document.documentElement.style.setProperty('font-size', size)", text)
            if tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") > 0:
                found.sideways.append(f"{take.name} at {width} pixels and {text} text")
    assert all(len(looks) > 100 for looks in seen.values()), "hostile colours were tried on next to nothing"
    return found


def test_axe_finds_nothing(found: Findings) -> None:
    assert found.axe == []


def test_no_pair_of_colours_makes_text_unreadable(found: Findings) -> None:
    assert found.hostile == []


def test_what_stands_out_by_its_ground_has_a_border_where_colours_are_forced(found: Findings) -> None:
    assert found.borderless == []


def test_a_film_is_loaded_when_it_is_played_and_not_before(tab: Page, taken: list[Take]) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    shown(tab, next(take for take in taken if take.name == "every-block"))
    tab.locator("video").scroll_into_view_if_needed()
    tab.wait_for_load_state("networkidle")
    assert [url for url in asked if ".mp4" in url or "video.example" in url] == []
    with tab.expect_request("**/*.mp4"):
        tab.locator("video").evaluate("film => { film.play().catch(() => 0); }")


def test_nothing_scrolls_sideways(found: Findings) -> None:
    assert found.sideways == []
