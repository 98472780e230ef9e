"""The site of a request: the same that Wagtail finds, in one short query."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, Site

from pages.sites import site_of

HOSTS = ["one.example", "one.example:8000", "two.example", "two.example:8000", "other.example", "127.0.0.1:9000"]


@pytest.mark.django_db
@pytest.mark.parametrize("default", ["one.example", "two.example", "third.example", None])
@pytest.mark.parametrize("host", HOSTS)
def test_it_is_the_one_that_wagtail_finds(host: str, default: str | None) -> None:
    Site.objects.all().delete()
    root = Page.objects.order_by("depth")[0]
    for name, port in (("one.example", 80), ("two.example", 80), ("two.example", 8000), ("third.example", 8000)):
        Site.objects.create(hostname=name, port=port, root_page=root, is_default_site=name == default and port != 8000)
    if default == "third.example":
        Site.objects.filter(hostname=default).update(is_default_site=True)
    port = host.partition(":")[2] or "80"
    asked, wagtails = (RequestFactory().get("/", HTTP_HOST=host, SERVER_PORT=port) for _ in range(2))
    with CaptureQueriesContext(connection) as queries:
        found = site_of(asked)
    assert found == Site.find_for_request(wagtails)
    assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        assert Site.find_for_request(asked) == site_of(asked) == found
        assert found is None or found.root_page == root
    assert not queries


@pytest.mark.django_db
def test_a_change_of_a_site_holds_for_the_next_request() -> None:
    before = site_of(RequestFactory().get("/"))
    assert before is not None
    Site.objects.filter(pk=before.pk).update(site_name="Another name")
    after = site_of(RequestFactory().get("/"))
    assert after is not None
    assert after.site_name == "Another name"
