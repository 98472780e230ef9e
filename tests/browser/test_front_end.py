"""The example front end of docs/clients/astro: built from a running site's API alone, and used in Chromium."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.staff import sign_in
from tests.servers import STARTING_SECONDS, RunningSite

CLIENTS = Path(__file__).resolve().parents[2] / "docs" / "clients"
NOT_COPIED = ("node_modules", "dist", ".astro")


def run(folder: Path, *command: str, seconds: int, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a command in this folder answered, whether it succeeded or not."""
    env = os.environ | environment
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=seconds, env=env)


@pytest.fixture(scope="module")
def project(pytestconfig: pytest.Config) -> Path:
    """A copy of the example with its packages, which stay in pytest's cache. Skips where they cannot be had."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("The example front end is tried where Node.js and npm are installed.")
    assert pytestconfig.cache is not None
    copy = pytestconfig.cache.mkdir("example-front-end")
    for name in ("typescript", "astro"):
        for old in (copy / name).glob("*"):
            if old.name != "node_modules":
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        shutil.copytree(CLIENTS / name, copy / name, ignore=shutil.ignore_patterns(*NOT_COPIED), dirs_exist_ok=True)
    project = copy / "astro"
    lock = hashlib.sha256((project / "package-lock.json").read_bytes()).hexdigest()
    installed = project / "node_modules" / ".installed"
    if not installed.exists() or installed.read_text() != lock:
        install = (npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=0")
        try:
            done = run(project, *install, seconds=120)
        except subprocess.TimeoutExpired:
            pytest.skip("npm could not install the example's packages within two minutes.")
        assert "EUSAGE" not in done.stderr, f"package-lock.json does not fit package.json:\n{done.stderr}"
        if done.returncode:
            pytest.skip(f"npm could not install the example's packages: {done.stderr.strip()[:300]}")
        installed.write_text(lock)
    return project


@pytest.fixture(scope="module")
def front_end(project: Path, running_site: RunningSite) -> Iterator[str]:
    """The address of the example, built from the running demo and served by Node."""
    quiet = {"PUBLIC_CLINIC_SITE": running_site.url, "ASTRO_TELEMETRY_DISABLED": "1", "NO_COLOR": "1"}
    built = run(project, "npm", "run", "build", seconds=120, **quiet)
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
    address = urlsplit(running_site.front_end)
    server = subprocess.Popen(
        ["node", "dist/server/entry.mjs"],
        cwd=project,
        env=os.environ | {"HOST": str(address.hostname), "PORT": str(address.port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + STARTING_SECONDS
        while True:
            try:
                urllib.request.urlopen(running_site.front_end, timeout=5).close()
                break
            except urllib.error.URLError:
                assert server.poll() is None and time.monotonic() < until, "The front end did not start."
                time.sleep(0.1)
        yield running_site.front_end
    finally:
        server.terminate()
        server.wait(10)


def test_it_shows_the_clinic_without_scripts(browser: Browser, front_end: str, running_site: RunningSite) -> None:
    context = browser.new_context(base_url=front_end, java_script_enabled=False)
    page = context.new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Careful ketamine treatment, explained honestly")
    expect(page.locator(".crisis a").first).to_have_attribute("href", "tel:988")
    page.get_by_role("link", name="PTSD").click()
    expect(page).to_have_url(f"{front_end}/conditions/ptsd/")
    fact = page.locator(".cards section").first
    number = fact.locator(".cite a").first
    number.click()
    expect(page.locator("li:target")).to_contain_text("Feder A")
    page.get_by_role("link", name="Costs", exact=True).click()
    expect(page.get_by_role("columnheader", name="Price")).to_be_visible()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Research").click()
    every = int(str(page.get_by_role("status").text_content()).split()[0])
    page.get_by_label("Topic").select_option("ptsd")
    page.get_by_label("Finding").select_option("no-benefit")
    page.get_by_role("button", name="Show").click()
    assert "topic=ptsd" in page.url
    expect(page.get_by_role("status")).to_have_text("1 record")
    assert every > 1
    expect(page.locator("#abdallah-2022-veterans-ptsd")).to_contain_text("PTSD: No benefit")
    page.goto("/schedule-a-call/")
    expect(page.locator("noscript a")).to_have_attribute("href", f"{running_site.url}/schedule-a-call/")
    assert asked == {urlsplit(front_end).netloc}
    context.close()


def test_a_call_is_asked_for(page: Page, front_end: str, running_site: RunningSite) -> None:
    page.goto(f"{front_end}/schedule-a-call/")
    page.get_by_label("Your name").fill("Ada Lovelace")
    expect(page.get_by_label("Phone number")).to_be_hidden()
    page.get_by_label("Phone", exact=True).check()
    page.get_by_label("Phone number").fill("12")
    page.get_by_role("button", name="Ask for a call").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("#phone_number-error")).not_to_be_empty()
    expect(page.locator("#consent_to_be_contacted-error")).not_to_be_empty()
    expect(page.get_by_label("Your name")).to_have_value("Ada Lovelace")
    page.get_by_label("Phone number").fill("760 555 0142")
    page.get_by_label("Juniper Row Clinic may contact me").check()
    page.get_by_role("button", name="Ask for a call").click()
    receipt = page.get_by_role("status")
    expect(receipt).to_be_focused()
    (reference,) = re.findall(r"Your reference: ([0-9A-Z]{3}(?:-[0-9A-Z]{3}){2})", str(receipt.text_content()))
    with sqlite3.connect(running_site.data / "db.sqlite3") as database:
        stored = database.execute("select channel from forms_submission where reference = ?", [reference]).fetchall()
    assert stored == [("api",)]


def test_an_editor_sees_what_is_not_saved_yet(page: Page, front_end: str, running_site: RunningSite) -> None:
    sign_in(page, running_site.url, "marketing")
    number = page.request.get(f"{running_site.url}/api/v3/pages/?slug=terms").json()["items"][0]["id"]
    page.goto(f"{running_site.url}/admin/pages/{number}/edit/")
    page.locator("#id_title").fill("Terms that nobody has published")
    page.get_by_role("tab", name="Promote").click()
    page.locator("#id_search_description").fill("")
    page.locator("[data-side-panel-toggle=preview]").click()
    shown = page.frame_locator("#w-preview-iframe")
    expect(shown.get_by_role("heading", level=1)).to_have_text("Terms that nobody has published")
    assert any(frame.url.startswith(f"{front_end}/preview/?token=") for frame in page.frames)
    assert "nobody has published" not in page.request.get(f"{front_end}/terms/").text()
    # Wagtail's checks look into the front end, which is another site to the browser, at every change.
    counter = page.locator("[data-side-panel-toggle=checks] [data-side-panel-toggle-counter]")
    expect(counter).to_have_text("1")
    for _attempt in range(10):  # Wagtail does not notice a change that comes while it still saves the last one
        page.locator("#id_search_description").press_sequentially("What we promise. ")
        page.wait_for_timeout(1000)
        if counter.text_content() == "0":
            break
    expect(counter).to_have_text("0")
    page.goto(f"{running_site.url}/admin/pages/{number}/view_draft/")
    assert page.url.startswith(f"{front_end}/preview/?token=")
    page.get_by_role("button", name="View Wagtail quick actions").click()
    edit = page.get_by_role("menuitem", name="Edit this page")
    assert urlsplit(str(edit.get_attribute("href"))).netloc == urlsplit(running_site.url).netloc
