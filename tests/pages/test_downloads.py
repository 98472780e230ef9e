"""Films and documents are sent in the parts that players ask for, and to those alone who may see them."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.models import Collection, CollectionViewRestriction

from pages.models import ClinicDocument

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

DATA = bytes(range(256)) * 4  # 1024 bytes


@pytest.fixture
def film() -> ClinicDocument:
    made: ClinicDocument = ClinicDocument.objects.create(title="Walk", file=ContentFile(DATA, name="walk.mp4"))
    made.get_file_hash()  # as the admin does when it stores an upload
    return made


def asked(film: ClinicDocument, method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str]]:
    response = Client().generic(method, film.url, headers=headers)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, body, dict(response.headers)


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-1", (0, 1)),  # Safari's first question
        ("bytes=0-", (0, 1023)),
        ("bytes=1000-5000", (1000, 1023)),
        ("bytes=-24", (1000, 1023)),
        ("bytes=-5000", (0, 1023)),
        ("bytes=1023-1023", (1023, 1023)),
    ],
)
def test_a_part_of_a_film(film: ClinicDocument, wanted: str, part: tuple[int, int]) -> None:
    status, body, headers = asked(film, range=wanted)
    first, last = part
    assert (status, body) == (206, DATA[first : last + 1])
    assert headers["Content-Range"] == f"bytes {first}-{last}/1024"
    assert headers["Content-Length"] == str(last - first + 1)
    assert headers["Content-Type"] == "video/mp4"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Encoding" not in headers


@pytest.mark.parametrize(
    "wanted", ["bytes=0-1,5-9", "bytes=9-2", "bytes=-", "items=0-1", "bytes=x-y", "bytes=" + "9" * 40]
)
def test_anything_else_is_answered_with_the_whole_film(film: ClinicDocument, wanted: str) -> None:
    status, body, headers = asked(film, range=wanted)
    assert (status, body) == (200, DATA)
    assert headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("wanted", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_part_behind_the_end_is_refused(film: ClinicDocument, wanted: str) -> None:
    status, _body, headers = asked(film, range=wanted)
    assert (status, headers["Content-Range"]) == (416, "bytes */1024")


def test_a_film_that_has_changed_since_is_sent_whole(film: ClinicDocument) -> None:
    _status, _body, headers = asked(film)
    for known in (headers["ETag"], headers["Last-Modified"]):
        assert asked(film, range="bytes=0-1", **{"if-range": known})[0] == 206
    for other in ('"another"', f"W/{headers['ETag']}", "Mon, 01 Jan 2001 00:00:00 GMT"):
        assert asked(film, range="bytes=0-1", **{"if-range": other})[:2] == (200, DATA)
    assert asked(film, range="bytes=0-1", **{"if-none-match": headers["ETag"]})[0] == 304


def test_a_film_of_a_closed_collection_is_closed_in_parts_too(film: ClinicDocument) -> None:
    closed = Collection.get_first_root_node().add_child(name="Closed")
    CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
    film.collection = closed
    film.save()
    assert asked(film, range="bytes=0-1")[0] == 302


def test_a_film_whose_file_is_gone_is_a_helpful_404(film: ClinicDocument) -> None:
    film.file.storage.delete(film.file.name)
    status, body, _headers = asked(film, range="bytes=0-1")
    assert status == 404
    assert b"988" in body
