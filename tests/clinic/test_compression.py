"""Pages are sent gzipped, and nothing else is touched."""

from __future__ import annotations

import gzip

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from pages.models import ClinicDocument
from tests.pages import site

pytestmark = pytest.mark.django_db
ACCEPT = {"accept-encoding": "gzip"}


@pytest.fixture(autouse=True)
def clinic() -> None:
    site.home()


def test_a_page_is_sent_gzipped_to_who_takes_it(client: Client) -> None:
    packed, plain = client.get("/", headers=ACCEPT), client.get("/")
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in packed["Vary"]


def test_the_length_tells_nothing_about_what_is_inside(client: Client) -> None:
    assert len({len(client.get("/", headers=ACCEPT).content) for _time in range(12)}) > 1


def test_files_and_the_admin_are_left_alone(client: Client) -> None:
    document = ClinicDocument.objects.create(title="List", file=ContentFile(b"a,b\n" * 500, name="list.txt"))
    for address in (document.url, "/admin/login/"):
        assert client.get(address, headers=ACCEPT, follow=True).headers.get("Content-Encoding") != "gzip", address
