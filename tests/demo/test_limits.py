"""Limits that the demo's pages hold: size, queries, valid markup, nothing inline or from elsewhere, no dead link."""

from __future__ import annotations

import gzip
import itertools
import re
from collections import Counter
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import html5lib
import pytest
from bs4 import BeautifulSoup, Tag
from django.contrib.contenttypes.models import ContentType
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from pages import serving
from pages.models import ConditionPage, HomePage
from tests.pages import site

pytestmark = pytest.mark.django_db

KIB = 1024
OTHERS = [
    "/search/",
    "/search/?q=PTSD",
    "/search/?q=zzzz",
    "/people/jordan-sample/",
    "/professionals/referral-pack/",
    "/no-such-page/",
    "/research/feder-2014-ptsd/",
    "/es/",
]
FORMS = ("/schedule-a-call/", "/refer-a-patient/")
LOADING = {"img": "src", "script": "src", "iframe": "src", "source": "srcset", "video": "src", "object": "data"}


def packed(data: bytes) -> float:
    return len(gzip.compress(data, 9)) / KIB


def static(name: str) -> bytes:
    found = finders.find(f"pages/{name}")
    assert isinstance(found, str)
    return Path(found).read_bytes()


def addresses() -> list[str]:
    return [page.get_url() for page in Page.objects.live().filter(depth__gt=1)] + OTHERS


@pytest.fixture(scope="module")
def everything(demo_rows: None) -> dict[str, BeautifulSoup]:
    """Every page of the demo, parsed."""
    return {address: BeautifulSoup(Client().get(address).content, "html5lib") for address in addresses()}


@pytest.mark.any_database
def test_sizes(client: Client) -> None:
    css, js = packed(static("site.css")), packed(static("site.js"))
    fonts = sum(
        len(static(f"fonts/{name}"))
        for name in ("newsreader-latin-500-normal.woff2", "figtree-latin-wght-normal.woff2")
    )
    assert css <= 10
    assert js <= 5
    assert fonts / KIB <= 48
    for address in addresses():
        html = packed(client.get(address).content)
        assert html <= 20, address
        assert html + css + js + fonts / KIB <= 80, address


@pytest.mark.any_database
def test_markup_is_valid(client: Client) -> None:
    strict = html5lib.HTMLParser(strict=True)
    for address in addresses():
        markup = client.get(address).content.decode()
        try:
            strict.parse(markup)
        except html5lib.html5parser.ParseError as error:
            position = strict.tokenizer.stream.position()
            pytest.fail(f"{address}: {error} near line {position[0]}, column {position[1]}")


@pytest.mark.any_database
def test_ids_are_unique_and_references_lead_to_them(everything: dict[str, BeautifulSoup]) -> None:
    for address, page in everything.items():
        ids = Counter(str(tag["id"]) for tag in page.find_all(id=True))
        assert [name for name, count in ids.items() if count > 1] == [], address
        for name in ("aria-labelledby", "aria-describedby", "for", "popovertarget"):
            for tag in page.find_all(attrs={name: True}):
                assert set(str(tag[name]).split()) <= set(ids), (address, tag)


@pytest.mark.any_database
def test_every_page_has_one_heading_landmarks_and_a_title_of_its_own(everything: dict[str, BeautifulSoup]) -> None:
    titles = Counter(page.title.string for address, page in everything.items() if page.title and address != "/es/")
    assert [title for title, count in titles.items() if count > 1] == []
    for address, page in everything.items():
        assert len(page.find_all("h1")) == 1, address
        assert page.html is not None and page.html.get("lang"), address
        for landmark in ("header", "main", "footer", "nav"):
            assert page.find(landmark), (address, landmark)
        levels = [int(tag.name[1]) for tag in page.find_all(re.compile("^h[1-6]$"))]
        assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels)), (address, levels)


@pytest.mark.any_database
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(everything: dict[str, BeautifulSoup]) -> None:
    for address, page in everything.items():
        assert page.find("style") is None, address
        assert page.find(style=True) is None, address
        for script in page.find_all("script"):
            assert script.get("src") or script.get("type") == "application/ld+json", address
        for tag in page.find_all(True):
            assert not [name for name in tag.attrs if name.startswith("on")], (address, tag)
            asked = tag.get(LOADING.get(tag.name, ""), "")
            if tag.name == "link" and tag.get("rel") != ["canonical"] and "alternate" not in tag.get("rel", []):
                asked = tag.get("href", "")
            assert not urlsplit(str(asked)).netloc, (address, tag)
        loads = page.find_all("script", src=True) + page.find_all("link", rel=["stylesheet", "preload", "icon"])
        assert 1 + len(loads) <= 8, address


@pytest.mark.any_database
def test_no_cookie_before_a_form(client: Client) -> None:
    for address in addresses():
        response = client.get(address)
        if address not in FORMS:
            assert not response.cookies, address
            assert "Cookie" not in response.get("Vary", ""), address


@pytest.mark.any_database
def test_crisis_help_stands_on_every_page(everything: dict[str, BeautifulSoup]) -> None:
    for address, page in everything.items():
        assert page.header is not None
        assert page.header.find("a", href="tel:988"), address
        assert page.header.find("a", href="sms:988"), address


@pytest.mark.any_database
def test_every_internal_link_leads_somewhere(client: Client, everything: dict[str, BeautifulSoup]) -> None:
    ids = {address: {str(tag["id"]) for tag in page.find_all(id=True)} for address, page in everything.items()}
    status: dict[str, int] = {}
    for address, page in everything.items():
        for link in page.find_all("a", href=True):
            assert isinstance(link, Tag)
            target = urlsplit(urljoin(f"http://testserver{address}", str(link["href"])))
            if target.scheme not in ("http", "https") or target.netloc != "testserver":
                continue
            path = target.path + (f"?{target.query}" if target.query else "")
            if path not in status:
                status[path] = client.get(path).status_code
            if path != "/no-such-page/":
                assert status[path] in (200, 302), (address, link)
            if target.fragment and path in ids:
                assert target.fragment in ids[path], (address, link)


def test_the_first_page_of_a_fresh_process_takes_at_most_twelve_queries(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/about/")  # another process has put the frame into the cache that they share
    ContentType.objects.clear_cache()
    monkeypatch.setattr(serving, "_types", {})
    with CaptureQueriesContext(connection) as queries:
        client.get("/conditions/ptsd/")
    assert len(queries) <= 12, "\n".join(query["sql"][:200] for query in queries)


@pytest.mark.parametrize("address", ["/", "/conditions/depression/", "/conditions/ptsd/"])
def test_a_page_takes_at_most_twelve_queries(client: Client, address: str) -> None:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(address)
    assert len(queries) <= 12, "\n".join(query["sql"][:200] for query in queries)


def counted(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.any_database
def test_queries_do_not_grow_with_what_a_page_holds(client: Client) -> None:
    index = Page.objects.get(slug="conditions").specific
    counts = []
    for number in (1, 20, 50):
        page = site.condition(index, slug=f"with-{number}", facts=number)
        counts.append((counted(client, page.get_url()), counted(client, "/"), counted(client, "/conditions/")))
    assert counts[1] == counts[2], "fewer studies than fit on the page take a query less"
    assert all(count <= 12 for three in counts for count in three)


def test_the_home_page_does_not_ask_once_a_condition(client: Client) -> None:
    index = Page.objects.get(slug="conditions").specific
    before = counted(client, "/"), counted(client, "/conditions/")
    for number in range(50):
        index.add_child(instance=ConditionPage(title=f"Condition {number}", slug=f"c-{number}", summary="One more."))
    assert (counted(client, "/"), counted(client, "/conditions/")) == before
    assert HomePage.objects.get().get_url() == "/"


def test_a_record_names_its_successor_once(client: Client) -> None:
    page = client.get("/research/larkin-2011-ed/").content.decode()
    assert page.count('href="/research/abbar-2022-suicidal-ideation/"') == 1
