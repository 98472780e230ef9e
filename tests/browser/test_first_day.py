"""A new installation's first day: one command, then each role does its main job in a real browser.

Nothing is prepared and nothing is mocked: `manage.py serve` (what `make run` calls) starts on an empty folder.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import addresses
from tests.browser.staff import sign_in
from tests.servers import RunningSite, demo_site

CANARY = "Zebulon Quillfeather"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Iterator[RunningSite]:
    """The demo clinic, served by the command itself; it must stop cleanly afterwards."""
    with demo_site(tmp_path_factory.mktemp("var"), shared_folder, anew=True) as site:
        yield site
    assert site.process.returncode == 0
    with pytest.raises(ConnectionRefusedError):  # nobody answers any more
        socket.create_connection(("127.0.0.1", urlsplit(site.url).port))


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    """A person without cookies."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def member(browser: Browser, site: RunningSite) -> Iterator[Page]:
    """A browser of somebody who will log in."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("address", addresses.FIXED)
def test_every_fixed_address_serves_real_content(site: RunningSite, address: str) -> None:
    status, text = site.get(address)
    assert status == 200
    assert len(text) > 10
    if address.endswith("/") and not address.startswith(("/admin", "/api")):
        assert "988" in text, "crisis help is on every page"


def test_sources_of_facts_resolve_to_the_reference_list(site: RunningSite, visitor: Page) -> None:
    visitor.goto(f"{site.url}/conditions/ptsd/")
    numbers = visitor.locator(".facts .cite a")
    assert numbers.count() >= 3
    for link in numbers.all():
        target = (link.get_attribute("href") or "").removeprefix("#")
        entry = visitor.locator(f"[id='{target}']")
        expect(entry).to_have_count(1)
        assert re.fullmatch(r"source-\d+", target)
        assert target == f"source-{link.inner_text().strip()}"
        assert len(entry.inner_text()) > 40
    first = visitor.locator(".src").first
    expect(first).to_contain_text("Feder A")


def test_marketing_changes_a_fact_and_a_visitor_sees_it(site: RunningSite, member: Page) -> None:
    sign_in(member, site.url, "marketing")
    member.goto(f"{site.url}/admin/conditions/")
    member.get_by_role("row", name=re.compile("^PTSD")).get_by_role("link", name="PTSD").click()
    statement = member.locator("#id_facts-0-statement")
    statement.fill("compared ketamine with another treatment; their answers differ, which is worth knowing.")
    publish(member)
    expect(member.get_by_text("published", exact=False).first).to_be_visible()
    assert "their answers differ, which is worth knowing" in site.get("/conditions/ptsd/")[1]


def publish(page: Page) -> None:
    """Open the menu of the footer's button and publish, as Wagtail's editors do."""
    page.get_by_role("button", name="More actions").last.click()
    page.locator("[name=action-publish]").click()


def test_a_clinician_adds_a_citation_to_ptsd_and_visitors_find_it(site: RunningSite, member: Page) -> None:
    sign_in(member, site.url, "clinician")
    member.get_by_role("button", name="Research").click()
    member.get_by_role("link", name="Citations", exact=True).click()
    member.get_by_role("link", name="Add citation").first.click()
    member.locator("#id_title").fill("A fictional follow-up of ketamine in post-traumatic stress disorder")
    member.locator("#id_authors").fill("Example, Rae\nvan Sample, Kit")
    member.locator("#id_key").fill("example-2026-follow-up")
    member.locator("#id_issued_year").fill("2026")
    member.get_by_role("tab", name="What it found").click()
    member.get_by_label("Study design").select_option(label="Randomized trial")
    member.get_by_label("Headline in plain words").fill("A fictional trial found no lasting difference")
    member.get_by_label("What it doesn’t tell us").fill("Anything at all, for it is made up.")
    member.get_by_role("button", name="Add Topic").click()
    member.locator("#id_topics-0-topic-chooser").get_by_role("button", name="Choose").click()
    member.get_by_role("dialog").get_by_role("link", name="PTSD").click()
    member.locator("#id_topics-0-finding").select_option(label="No benefit")
    member.get_by_role("tab", name="Standing and care").click()
    member.get_by_label("Identity confirmed on").fill("2026-11-20")
    calendar = member.locator(".xdsoft_datetimepicker").locator("visible=true")
    expect(calendar).to_have_count(1)  # it opens a moment after the field is entered, and would lie over the button
    member.keyboard.press("Tab")
    expect(calendar).to_have_count(0)
    publish(member)
    # The admin may have saved a draft by itself a moment earlier: then the same press says "updated".
    expect(member.get_by_text(re.compile("(created|updated) and published"))).to_be_visible()
    for address in ("/conditions/ptsd/", "/research/"):
        assert "A fictional trial found no lasting difference" in site.get(address)[1], address


def in_any_file(folder: Path, *words: str) -> list[Path]:
    """Files below the folder that hold any of the words in the clear, in any of the usual encodings."""
    spelled = {word.lower().encode(code) for word in words for code in ("utf-8", "utf-16-le", "utf-16-be")}
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file for file in files if any(map(file.read_bytes().lower().__contains__, spelled))]


def test_a_call_request_and_a_referral_reach_intake_and_nobody_else(
    site: RunningSite, visitor: Page, member: Page, browser: Browser
) -> None:
    visitor.goto(f"{site.url}/schedule-a-call/")
    visitor.get_by_label("Your name").fill(f"{CANARY} Caller")
    visitor.get_by_label("Phone", exact=True).check()
    visitor.get_by_label("Phone number").fill("760 555 0199")
    visitor.get_by_role("checkbox", name=re.compile("may contact me")).check()
    time.sleep(3)  # a form sent at once is kept aside as possible spam
    visitor.get_by_role("button", name="Ask for a call").click()
    expect(visitor.get_by_text(re.compile(r"[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}")).first).to_be_visible()
    assert CANARY not in visitor.url

    visitor.goto(f"{site.url}/refer-a-patient/")
    visitor.get_by_label("Your name").fill(f"{CANARY} Referrer")
    time.sleep(3)
    visitor.get_by_label("Practice or organization").fill("Example Family Practice")
    visitor.get_by_label("Your phone number").fill("760 555 0198")
    visitor.get_by_role("button", name="Continue").click()
    visitor.get_by_label("Patient’s name").fill(f"{CANARY} Patient")
    for part, value in (("Month", "3"), ("Day", "27"), ("Year", "1980")):
        visitor.get_by_label(part).fill(value)
    visitor.get_by_label("Patient’s phone number").fill("760 555 0197")
    visitor.get_by_label("No voicemail").check()
    visitor.get_by_role("button", name="Continue").click()
    visitor.get_by_label("PTSD").first.check()
    visitor.get_by_role("textbox", name=re.compile("What has been tried")).fill("Two medicines and a year of therapy.")
    visitor.get_by_label("Routine").check()
    for box in visitor.get_by_role("checkbox", name=re.compile("agree|consent|knows", re.IGNORECASE)).all():
        box.check()
    visitor.get_by_role("button", name="Continue").click()
    expect(visitor.get_by_role("heading", name=re.compile("Check"))).to_be_visible()
    visitor.get_by_role("button", name="Send referral").click()
    expect(visitor.get_by_text(re.compile(r"[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}")).first).to_be_visible()

    sign_in(member, site.url, "intake")
    member.goto(f"{site.url}/admin/intake/")
    expect(member.get_by_text(f"{CANARY} Caller")).to_be_visible()
    expect(member.get_by_text(f"{CANARY} Patient")).to_be_visible()
    member.get_by_role("link", name=f"{CANARY} Caller").click()
    detail = member.url
    expect(member.get_by_text("(760) 555-0199").first).to_be_visible()

    for name in ("marketing", "clinician", "admin"):
        context = browser.new_context()
        other = context.new_page()
        sign_in(other, site.url, name)
        for url in (detail, f"{site.url}/admin/intake/"):
            response = other.goto(url)
            assert response is not None and response.status in (403, 404), (name, url)
            assert CANARY not in other.content()
        context.close()

    # SQLite's file and its write-ahead log, mail spool, uploads, logs: everything this installation wrote.
    assert any(file.stat().st_size > 100_000 for file in site.data.glob("db.sqlite3*"))
    assert in_any_file(site.data, "juniper row"), "and it would be seen there"
    assert in_any_file(site.data, CANARY, "555-0199", "7605550199") == []
