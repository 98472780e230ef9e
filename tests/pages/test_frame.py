"""The frame around every page: an edit is seen at once, nothing that fails takes it away, crisis help least of all."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageViewRestriction, Site

from pages import frame_cache, views
from pages.frame import Line, Phone
from pages.models import Announcement, ClinicSettings, CrisisLine, HeaderLink, Navigation, StandardPage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clinic(whole_site: None) -> ClinicSettings:
    return ClinicSettings.objects.get()


def shown(client: Client, address: str = "/faq/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    page: str = response.content.decode()
    return page


def test_an_edit_is_on_the_next_page(client: Client, clinic: ClinicSettings) -> None:
    assert "Test Clinic" in shown(client)
    clinic.name = "Maple Row Clinic"
    clinic.save()
    assert "Maple Row Clinic" in shown(client)
    navigation = Navigation.objects.create(site=clinic.site)
    page = StandardPage.objects.get(slug="faq")
    HeaderLink.objects.create(navigation=navigation, page=page, text="Ask us")
    assert "Ask us" in shown(client, "/")
    page.unpublish()
    assert "Ask us" not in shown(client, "/"), "no link to what is no longer there"


def test_the_announcement_keeps_its_times(client: Client, clinic: ClinicSettings) -> None:
    now = timezone.now()
    hour = datetime.timedelta(hours=1)
    notice = Announcement.objects.create(
        site=clinic.site, text="Closed on Friday", starts_at=now - hour, ends_at=now + hour
    )
    assert "Closed on Friday" in shown(client)
    for starts, ends in ((now + hour, None), (None, now - hour)):
        notice.starts_at, notice.ends_at = starts, ends
        notice.save()
        assert "Closed on Friday" not in shown(client)


@pytest.mark.parametrize("address", ["/", "/faq/", "/search/?q=x", "/conditions/condition-0/"])
def test_the_site_stays_up_without_its_cache(client: Client, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    class Away:
        """A cache that never answers. What Wagtail keeps in the cache is clinic.cache's to forgive."""

        def get(self, *_args: Any) -> None:
            raise ConnectionError("The cache is away.")

        set = get

    monkeypatch.setattr(frame_cache, "cache", Away())
    assert 'href="tel:988"' in shown(client, address)


def test_crisis_help_survives_an_emptied_list(client: Client) -> None:
    CrisisLine.objects.all().delete()
    assert 'href="tel:988"' in shown(client)
    ClinicSettings.objects.all().delete()
    assert 'href="tel:988"' in shown(client)


def test_crisis_help_survives_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: Any, **_kwargs: Any) -> None:
        raise DatabaseError("The database is gone.")

    monkeypatch.setattr(frame_cache, "frame_for", gone)
    monkeypatch.setattr(frame_cache, "_last_known", {})
    client = Client(raise_request_exception=False)
    monkeypatch.setattr("pages.serving.page_at", gone)
    response = client.get("/faq/")
    assert response.status_code == 500
    assert 'href="tel:988"' in response.content.decode()
    monkeypatch.setattr(views, "render_to_string", gone)
    assert 'href="tel:988"' in client.get("/faq/").content.decode()


def test_the_palette_is_kept_for_ever_under_its_own_name_only(client: Client, clinic: ClinicSettings) -> None:
    page = shown(client)
    address = page.split('href="/theme.')[1].split('"')[0]
    kept = client.get(f"/theme.{address}")
    assert "immutable" in kept["Cache-Control"]
    assert kept["Content-Type"].startswith("text/css")
    clinic.brand_colour = "#7a1f5c"
    clinic.save()
    late = client.get(f"/theme.{address}")
    assert "immutable" not in late["Cache-Control"]
    assert "#7a1f5c" in late.content.decode()
    assert address not in shown(client)


def test_a_link_to_a_page_that_is_gone_leaves_its_words(client: Client) -> None:
    home = Page.objects.get(depth=2)
    target = home.add_child(instance=StandardPage(title="Costs", slug="costs"))
    text = f'<p>See <a linktype="page" id="{target.pk}">what it costs</a>.</p>'
    home.add_child(instance=StandardPage(title="Money", slug="money", body=[("text", text)]))
    assert '<a href="/costs/">what it costs</a>' in shown(client, "/money/")
    target.unpublish()
    page = shown(client, "/money/")
    assert "what it costs" in page
    assert "/costs/" not in page


def test_a_restricted_page_asks_first_and_is_listed_nowhere(client: Client) -> None:
    page = Page.objects.get(slug="condition-0")
    PageViewRestriction.objects.create(page=page.get_parent(), restriction_type=PageViewRestriction.LOGIN)
    assert client.get("/conditions/condition-0/").status_code == 302
    assert "/conditions/condition-0/" not in shown(client, "/")
    assert client.get("/faq/").status_code == 200


def test_an_editor_s_redirect_is_followed(client: Client) -> None:
    Redirect.add_redirect("/old-page", redirect_to="/faq/", is_permanent=True)
    response = client.get("/old-page/")
    assert (response.status_code, response["Location"]) == (301, "/faq/")


def test_another_site_has_its_own_frame(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "second.example"]
    second = Site.objects.create(hostname="second.example", root_page=Page.objects.get(slug="conditions"))
    ClinicSettings.objects.create(site=second, name="Second Clinic")
    page = client.get("/condition-0/", headers={"host": "second.example"}).content.decode()
    assert "Second Clinic" in page
    assert "Test Clinic" not in page


@pytest.mark.parametrize(
    ("written", "dialled"),
    [("760-555-0142", "tel:+17605550142"), ("+44 20 7946 0000", "tel:+442079460000"), ("988", "tel:988")],
)
def test_numbers_are_dialled_as_they_must_be(written: str, dialled: str) -> None:
    phone = Phone.read(written)
    assert phone is not None
    assert (phone.text, phone.href) == (written, dialled)
    assert Line("x", "988", "838255", "").sms_href == "sms:838255"
