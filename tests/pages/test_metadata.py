"""What search engines and sharing previews are told: titles, addresses, pictures, the site map, robots."""

from __future__ import annotations

import datetime
import io
import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from wagtail.models import Locale, Page, PageViewRestriction

from pages.models import ConditionPage, HomePage, Person, StandardPage
from research.models import Citation
from tests.pages import site

SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
CONDITION = "/conditions/condition-0/"
pytestmark = [pytest.mark.usefixtures("whole_site"), pytest.mark.any_database]


def head(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode().split("</head>")[0]


def said(markup: str, name: str) -> list[str]:
    return re.findall(rf'<meta (?:name|property)="{name}" content="([^"]*)">', markup)


def sitemap(client: Client) -> dict[str, str | None]:
    """Addresses with their dates, as the site map has them."""
    response = client.get("/sitemap.xml")
    assert response.status_code == 200
    urls = ElementTree.fromstring(response.content).findall("s:url", SPACES)
    return {url.findtext("s:loc", "", SPACES): url.findtext("s:lastmod", None, SPACES) for url in urls}


def test_a_page_says_what_it_is(client: Client) -> None:
    ConditionPage.objects.filter(slug="condition-0").update(
        seo_title="Signs & help", search_description='Two trials "so far"'
    )
    found = head(client, CONDITION)
    assert "<title>Signs &amp; help | Test Clinic</title>" in found
    assert said(found, "description") == ["Two trials &quot;so far&quot;"]
    assert '<link rel="canonical" href="http://localhost/conditions/condition-0/">' in found
    assert said(found, "og:url") == ["http://localhost/conditions/condition-0/"]
    assert said(found, "og:title") == ["Signs &amp; help"]
    assert said(found, "og:image:width") == ["1200"]
    assert said(found, "robots") == []


def test_a_page_without_a_description_borrows_its_summary_cut_at_a_word(client: Client) -> None:
    ConditionPage.objects.update(summary="word " * 60)
    (found,) = said(head(client, CONDITION), "description")
    assert found.endswith("word…") and len(found) <= 160


def test_the_canonical_address_has_no_query(client: Client) -> None:
    assert 'rel="canonical" href="http://localhost/"' in head(client, "/?utm_source=x")


@pytest.mark.parametrize("address", ["/search/?q=x", "/search/"])
def test_search_is_kept_out_of_search_engines(client: Client, address: str) -> None:
    assert said(head(client, address), "robots") == ["noindex"]


def test_an_editor_can_keep_a_page_out(client: Client) -> None:
    assert any(CONDITION in address for address in sitemap(client))
    ConditionPage.objects.filter(slug="condition-0").update(no_index=True)
    assert said(head(client, CONDITION), "robots") == ["noindex"]
    assert not any(CONDITION in address for address in sitemap(client))


def test_titles_are_all_different(client: Client) -> None:
    pages = [address.removeprefix("http://localhost") for address in sitemap(client)]
    titles = [re.findall("<title>(.*?)</title>", head(client, address), re.DOTALL)[0] for address in pages]
    assert len(set(titles)) == len(titles) > 8


# --- The drawn picture ------------------------------------------------------------------------------------------


def test_the_drawn_picture_is_one_and_stays_the_same(client: Client) -> None:
    (address,) = said(head(client, CONDITION), "og:image")
    response = client.get("/social/" + address.rsplit("/", 1)[1])
    assert response["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(response.content))
    assert picture.size == (1200, 630) and len(response.content) < 150_000
    assert len(picture.convert("RGB").getcolors(1_000_000) or []) > 20, "a drawing, not a blank card"
    assert client.get("/social/" + address.rsplit("/", 1)[1]).content == response.content
    assert not response.cookies


@pytest.mark.parametrize("title", ["x" * 300, "Ünïcödé “quotes” 日本語 😀", "a " * 150, "\u202eabc"])
def test_any_title_can_be_drawn(client: Client, title: str) -> None:
    ConditionPage.objects.update(title=title[:255])
    page = ConditionPage.objects.first()
    assert page and client.get(f"/social/{page.pk}.png").status_code == 200


def test_nothing_is_drawn_for_what_is_not_public(client: Client) -> None:
    page = ConditionPage.objects.get(slug="condition-0")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    draft = ConditionPage.objects.get(slug="condition-1")
    draft.unpublish()
    for gone in (page.pk, draft.pk, 1, 999_999):
        assert client.get(f"/social/{gone}.png").status_code == 404


# --- The site map -----------------------------------------------------------------------------------------------


def test_the_site_map_has_every_public_page_and_work_with_its_date(client: Client) -> None:
    ConditionPage.objects.filter(slug="condition-0").update(last_changed=datetime.date(2026, 4, 5))
    found = sitemap(client)
    assert found["http://localhost/conditions/condition-0/"] == "2026-04-05"
    assert {"http://localhost/", "http://localhost/faq/", "http://localhost/research/card/"} <= set(found)
    assert "http://localhost/people/sample/" in found
    assert len(found) == 12 + Citation.objects.count()
    Person.objects.update(demo=True)
    assert "http://localhost/people/sample/" not in sitemap(client)


def test_drafts_and_private_things_are_nowhere(client: Client) -> None:
    home = HomePage.objects.get()
    home.add_child(instance=StandardPage(title="Canary draft", slug="canary-draft", live=False))
    private = home.add_child(instance=StandardPage(title="Canary private", slug="canary-private"))
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    site.cited("canary-unconfirmed", verified_on=None)
    site.cited("canary-withheld", withheld=True)
    Page.objects.get(depth=1).add_child(instance=StandardPage(title="Canary elsewhere", slug="canary-elsewhere"))
    assert "canary" not in client.get("/sitemap.xml").content.decode()


def test_a_draft_change_moves_no_date(client: Client) -> None:
    page = ConditionPage.objects.get(slug="condition-0")
    page.save_revision().publish()
    before = sitemap(client)
    page.save_revision()
    assert sitemap(client) == before


def test_the_languages_of_a_page_point_at_each_other(client: Client) -> None:
    spanish = Locale.objects.create(language_code="es")
    page = StandardPage.objects.get(slug="faq")
    HomePage.objects.get().copy_for_translation(spanish, copy_parents=True).save_revision().publish()
    page.copy_for_translation(spanish, copy_parents=True).save_revision().publish()
    markup = head(client, "/faq/")
    assert '<link rel="alternate" hreflang="es" href="http://localhost/es/faq-es/">' in markup or (
        '<link rel="alternate" hreflang="es" href="http://localhost/es/faq/">' in markup
    )
    assert 'hreflang="en" href="http://localhost/faq/"' in markup
    urls = ElementTree.fromstring(client.get("/sitemap.xml").content).findall("s:url", SPACES)
    links = {url.findtext("s:loc", "", SPACES): len(url.findall("x:link", SPACES)) for url in urls}
    assert links["http://localhost/faq/"] == 2
    assert links["http://localhost/conditions/"] == 0


def test_the_site_map_does_not_ask_once_a_page(client: Client) -> None:
    def asked() -> int:
        client.get("/sitemap.xml")
        with CaptureQueriesContext(connection) as queries:
            client.get("/sitemap.xml")
        return len(queries)

    before = asked()
    index = Page.objects.get(slug="conditions")
    for number in range(10):
        site.condition(index, slug=f"more-{number}", facts=1)
    assert asked() == before


def test_robots_keeps_crawlers_from_the_admin_and_from_searching(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert {"Disallow: /admin/", "Disallow: /search/", "Disallow: /es/search/"} <= set(lines)
    assert lines[-1].startswith("Sitemap: http") and lines[-1].endswith("/sitemap.xml")
