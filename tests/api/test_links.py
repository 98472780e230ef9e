"""Addresses in answers: the same that Django and Wagtail find, without asking them for each."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.urls import reverse
from wagtail.models import Locale, Page, Site

from clinic.api.links import api_link, page_link
from pages.models import StandardPage
from tests.api.world import World
from tests.research.builders import home_page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("host", ["localhost", "other.example"])
def test_a_page_opens_where_wagtail_says(world: World, host: str) -> None:
    spanish = home_page().copy_for_translation(Locale.objects.get_or_create(language_code="es")[0])
    spanish.save_revision().publish()
    spanish.add_child(instance=StandardPage(title="Qué esperar", slug="qué-esperar", summary="."))
    Site.objects.create(hostname="other.example", port=8080, root_page=world.standard)
    world.standard.add_child(instance=StandardPage(title="Below", slug="below", summary="."))
    request = RequestFactory().get("/", HTTP_HOST=host)
    found = set()
    for page in Page.objects.specific():
        parts = page.get_url_parts(request)
        found.add(page_link(page, request))
        assert page_link(page, request) == (parts and f"{parts[1]}{parts[2]}")
    assert {None, "http://localhost/", "http://localhost/es/", "http://localhost/es/qu%C3%A9-esperar/"} < found


def test_an_operation_is_where_django_says(world: World) -> None:
    request = RequestFactory().get("/")
    for name, parameter in (
        ("citation_detail", {"key": "feder-2014-ptsd"}),
        ("citation_detail", {"key": "another"}),
        ("detail_page", {"page_id": 7}),
        ("detail_page", {"page_id": 9876543210}),
        ("form_detail", {"slug": "schedule-a-call"}),
        ("form_detail", {"slug": "qué-pedir"}),
    ):
        assert api_link(request, name, **parameter) == "http://localhost" + reverse(
            f"wagtailapi_v3:{name}", kwargs=parameter
        )
