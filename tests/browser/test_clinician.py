"""A clinician with no page rights does the whole of their work from one menu, at a desk and on a phone.

One browser, one site, one day: what comes before in this file is the library that follows.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.staff import sign_in
from tests.servers import RunningSite, demo_site

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 1000}
KNOWN = "Ketamine versus ECT for nonpsychotic treatment-resistant major depression"
NEW = "A fictional trial that two files tell of"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, shared_folder: Any) -> Iterator[RunningSite]:
    """A demo clinic of this file's own, for it retracts a source."""
    with demo_site(tmp_path_factory.mktemp("clinician"), shared_folder) as site:
        yield site


@pytest.fixture(scope="module")
def desk(browser: Browser, site: RunningSite) -> Iterator[Page]:
    """The clinician, at work. Nothing that a button or a link leads to may be refused or break."""
    context = browser.new_context(viewport=DESK, base_url=site.url)
    page = context.new_page()
    broken: list[str] = []
    page.on("response", lambda answer: broken.append(answer.url) if answer.status in (403, 404, 500) else None)
    page.on("pageerror", lambda error: broken.append(str(error)))
    sign_in(page, site.url, "clinician")
    yield page
    context.close()
    assert broken == []


def open_from_menu(page: Page, name: str) -> None:
    """Go where the work is, by the one menu."""
    page.goto("/admin/")
    research = page.get_by_role("button", name="Research")
    if research.get_attribute("aria-expanded") != "true":
        research.click()
    page.get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_load_state()


#: What runs out of the window at the side.
TOO_WIDE = """() => {
    const parts = [...document.querySelectorAll('main select, .messages li, .importing td')];
    const out = parts.filter(one => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth);
    const whole = document.documentElement.scrollWidth > innerWidth ? ['the page'] : [];
    return [...whole, ...out.map(one => one.outerHTML)];
}"""


def fits_a_phone(page: Page) -> None:
    """Nothing runs out of the window at the side, and no choice out of its box, once the menu has folded away."""
    page.set_viewport_size(PHONE)
    until = time.monotonic() + 5
    while (wide := page.evaluate(TOO_WIDE)) and time.monotonic() < until:
        page.wait_for_timeout(100)
    page.set_viewport_size(DESK)
    assert wide == [], page.url


def publish(page: Page) -> None:
    page.get_by_role("button", name="More actions").last.click()
    page.locator("[name=action-publish]").click()


def look_over(page: Page, data: str, name: str = "") -> None:
    """Bring a file, or a paste, as far as the page that shows each record."""
    open_from_menu(page, "Import")
    if name:
        file: Any = {"name": name, "mimeType": "text/plain", "buffer": data.encode()}
        page.get_by_label("File", exact=True).set_input_files(file)
    else:
        page.get_by_label("Or paste the records").fill(data)
    page.get_by_role("button", name="Look the records over").click()


def test_what_the_library_holds_is_known_again_in_each_format(desk: Page, site: RunningSite) -> None:
    for name, ending in (("ris", "ris"), ("bibtex", "bib"), ("nbib", "nbib"), ("csl-json", "json")):
        library = desk.request.get(f"{site.url}/admin/research/import/export/{name}/").text()
        look_over(desk, library, f"library.{ending}")
        expect(desk.locator(".importing-lead")).to_contain_text("43 records were found")
        expect(desk.get_by_role("link", name="In the library (43)")).to_be_visible()
        expect(desk.get_by_role("button", name="Import 0 records")).to_be_disabled()
        desk.get_by_role("button", name="Discard").click()
    expect(desk.get_by_text("43 records were discarded. Nothing was imported.")).to_be_visible()


def test_an_import_with_a_duplicate_is_looked_over_resolved_and_carried_out(desk: Page, site: RunningSite) -> None:
    known = {"id": "x", "type": "article-journal", "title": KNOWN, "DOI": "10.1056/nejmoa2302399", "volume": "389"}
    known["abstract"] = "Words that the library did not have."
    new = {"id": "y", "type": "article-journal", "title": NEW, "DOI": "10.5555/fictional.new"}
    look_over(desk, json.dumps([known, new, new | {"id": "z", "volume": "3"}]))
    expect(desk.get_by_text("The same as record 2 of this file.")).to_be_visible()
    fits_a_phone(desk)
    record = desk.get_by_role("article", name=re.compile(KNOWN))
    expect(record.get_by_label("Further fields")).to_be_checked()  # empty in the library, so filled
    expect(record.get_by_label("Volume")).not_to_be_checked()  # never overwritten unless somebody says so
    expect(record.get_by_role("row", name=re.compile("Volume"))).to_contain_text("388")
    record.get_by_label("Volume").check()
    desk.get_by_role("button", name="Import 2 records").click()
    expect(desk.get_by_text("All 3 records have been dealt with.", exact=False)).to_be_visible()
    fits_a_phone(desk)
    desk.get_by_role("link", name=NEW).first.click()
    expect(desk.locator("#id_doi")).to_have_value("10.5555/fictional.new")
    assert "388" in desk.request.get(f"{site.url}/research/?q=ECT").text(), "what is public waits for publishing"


def test_a_row_of_a_report_leads_to_its_fix(desk: Page, site: RunningSite) -> None:
    open_from_menu(desk, "Reports")
    fits_a_phone(desk)
    desk.get_by_role("link", name="To confirm or review").click()
    for ending, start in (("csv", b"What,"), ("xlsx", b"PK")):
        answer = desk.request.get(f"{desk.url}?export={ending}")
        assert answer.status == 200 and answer.body().lstrip(b"\xef\xbb\xbf").startswith(start)
    desk.get_by_role("link", name=re.compile(NEW)).click()
    desk.locator("#id_authors").fill("Example, Rae\nvan Sample, Kit")
    desk.locator("#id_issued_year").fill("2026")
    desk.get_by_role("tab", name="What it found").click()
    desk.get_by_label("Headline in plain words").fill("A fictional trial found nothing that lasted")
    desk.get_by_role("button", name="Add Topic").click()
    desk.locator("#id_topics-0-topic-chooser").get_by_role("button", name="Choose").click()
    desk.get_by_role("dialog").get_by_role("link", name="PTSD").click()
    desk.get_by_role("tab", name="Standing and care").click()
    expect(desk.get_by_text("Nobody yet")).to_be_visible()
    desk.get_by_label("I have checked title, authors and identifier").check()
    publish(desk)
    expect(desk.get_by_text("updated and published", exact=False)).to_be_visible()
    open_from_menu(desk, "Reports")
    desk.get_by_role("link", name="To confirm or review").click()
    expect(desk.get_by_role("link", name=re.compile(NEW))).to_have_count(0)
    assert "A fictional trial found nothing that lasted" in site.get("/conditions/ptsd/")[1]


def test_retracting_a_source_says_what_it_touches_and_deleting_it_is_refused(desk: Page, site: RunningSite) -> None:
    open_from_menu(desk, "Citations")
    fits_a_phone(desk)
    desk.get_by_role("link", name=re.compile("^Feder 2014")).click()
    record = desk.url
    fits_a_phone(desk)
    desk.get_by_role("tab", name="Standing and care").click()
    desk.locator("#id_status").select_option(label="Retracted")
    publish(desk)
    field = desk.locator("#panel-child-standing_and_care-does_it_still_stand-section")
    expect(field.get_by_text("Say since when, or where the notice stands.")).to_have_count(1)
    desk.get_by_role("tab", name="Standing and care").click()
    desk.locator("#id_status_source").fill("https://example.org/notice")
    publish(desk)
    expect(desk.get_by_text("One page uses it and shows the notice", exact=False)).to_be_visible()
    fits_a_phone(desk)
    assert "retracted" in site.get("/conditions/ptsd/")[1].lower()

    open_from_menu(desk, "Reports")
    desk.get_by_role("link", name="Statements on doubtful sources").click()
    desk.locator("main tbody").get_by_role("link").first.click()  # no right to change the page: to the record, then
    assert desk.url == record
    desk.goto(record.replace("/edit/", "/delete/"))
    expect(desk.get_by_text("cannot be deleted while it is used: Condition page “PTSD”", exact=False)).to_be_visible()
    desk.goto(record.replace("/edit/", "/history/"))
    expect(desk.get_by_text("Live version")).to_be_visible()


def test_a_record_is_scheduled_and_locked(desk: Page) -> None:
    open_from_menu(desk, "Citations")
    desk.get_by_role("link", name=re.compile("^McIntyre 2020")).click()
    record = desk.url
    desk.get_by_role("button", name="Toggle status").click()
    desk.get_by_role("button", name="Set schedule").click()
    desk.get_by_label("Go live date/time").fill("2031-03-01 09:00")
    # By the keyboard: the calendar that opened may still lie over the button.
    desk.get_by_role("dialog").get_by_role("button", name="Save schedule").press("Enter")
    publish(desk)
    expect(desk.get_by_text("scheduled for publishing", exact=False)).to_be_visible()
    desk.goto(record)
    desk.get_by_role("button", name="Toggle status").click()
    desk.get_by_role("switch", name="Lock").or_(desk.get_by_label("Lock")).first.click(force=True)
    expect(desk.get_by_text(re.compile("locked", re.IGNORECASE)).first).to_be_visible()
