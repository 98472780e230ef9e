"""Whatever changes, the next answer of every address is the one made from nothing: no memory outlives what it holds."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import PIL.Image
import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction, Site
from wagtail.models.view_restrictions import BaseViewRestriction

from pages.models import ClinicImage, ClinicSettings, ConditionPage, CrisisLine, StandardPage
from research import edition
from research.edition import forget_at_hand
from research.models import Citation, Topic
from research.retractions import Notice
from research.status import take_notice
from tests.api.world import World

ADDRESSES = (
    *("/", "/conditions/", "/conditions/ptsd/", "/research/", "/research/?topic=ptsd", "/research/feder-2014-ptsd/"),
    *("/people/rae/", "/what-to-expect/", "/search/?q=ptsd", "/sitemap.xml", "/research/?q=trial&sort=oldest"),
    *(
        f"/api/v3/{path}"
        for path in (
            *("conditions/", "conditions/?fields=*&topic=ptsd", "conditions/ptsd/", "pages/find/?html_path=/"),
            *("pages/?limit=100", "pages/find/?html_path=/what-to-expect/", "research/citations/"),
            *("research/citations/?topic=ptsd&finding=benefit", "research/citations/?expand=relations&q=trial"),
            *("research/citations/feder-2014-ptsd/", "research/topics/", "research/topics/ptsd/"),
            *("research/export/?format=ris&topic=ptsd", "site/", "people/", "search/?q=ptsd", "sitemap/"),
        )
    ),
)
#: What differs from one answer to the next by itself.
PASSING = re.compile(rb'csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"')


def trial() -> Citation:
    return Citation.objects.get(key="feder-2014-ptsd")


def condition() -> ConditionPage:
    return ConditionPage.objects.get(slug="ptsd")


def save(record: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(record, name, value)
    record.save()


def edit(page: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision().publish()


def make_private() -> None:
    PageViewRestriction.objects.create(
        page=condition(), restriction_type=BaseViewRestriction.PASSWORD, password="secret"
    )


def move() -> None:
    StandardPage.objects.get(slug="what-to-expect").move(condition().get_parent(), "last-child")


def copy() -> None:
    page = condition()
    page.copy(update_attrs={"slug": "ptsd-again", "title": "Again"}, keep_live=True)


def merge_topics() -> None:
    """As an editor does who has two topics of one matter: everything to the one, the other is deleted."""
    old, new = Topic.objects.get(slug="ptsd"), Topic.objects.get(slug="depression")
    for link in old.citation_links.all():
        if link.citation.topics.filter(topic=new).exists():
            link.delete()
        else:
            link.topic = new
            link.save()
    page = condition()
    page.topics.set([new])
    page.save()
    old.delete()


CHANGES: dict[str, Callable[[], Any]] = {
    "retracted by a notice": lambda: take_notice(trial(), Notice("retracted", url="https://journal.example/r")),
    "retracted by an update": lambda: Citation.objects.filter(key=trial().key).update(
        status="retracted", status_date=datetime.date(2026, 1, 1)
    ),
    "edited": lambda: edit(trial(), title="Another title of the trial"),
    "unpublished": lambda: Citation.objects.get(key="abdallah-2022-veterans-ptsd").unpublish(),
    "withheld": lambda: Citation.objects.filter(key=trial().key).update(withheld=True),
    "published": lambda: edit(Citation.objects.get(key="draft-2020")),
    "deleted": lambda: Citation.objects.get(key="mice-2019").delete(),
    "a topic renamed": lambda: save(Topic.objects.get(slug="ptsd"), name="Trauma"),
    "a topic with another address": lambda: save(Topic.objects.get(slug="ptsd"), slug="trauma"),
    "topics merged": merge_topics,
    "a page edited": lambda: edit(condition(), title="Post-traumatic stress"),
    "a page unpublished": lambda: condition().unpublish(),
    "a page deleted": lambda: condition().delete(),
    "a page made private": make_private,
    "a page moved": move,
    "a page copied": copy,
    "a section with another address": lambda: edit(condition().get_parent().specific, slug="what-we-treat"),
    "a person renamed": lambda: save(condition().reviewer, name="Robin Example"),
    "a crisis line": lambda: save(CrisisLine.objects.get(), phone="1-800-273-8255"),
    "the logo's picture deleted": lambda: ClinicImage.objects.get(title="The logo").delete(),
    "the logo's file replaced": lambda: replace_logo(),
    "another host name": lambda: save(Site.objects.get(), hostname="clinic.example"),
}


def png(width: int) -> bytes:
    buffer = io.BytesIO()
    PIL.Image.new("RGB", (width, 40)).save(buffer, "PNG")
    return buffer.getvalue()


def replace_logo() -> None:
    image = ClinicImage.objects.get(title="The logo")
    image.renditions.all().delete()
    save(image, file=ContentFile(png(90), "another.png"))


def answers(client: Client) -> dict[str, tuple[int, bytes]]:
    found = {}
    for address in ADDRESSES:
        response = client.get(address)
        body = b"".join(response) if response.streaming else response.content
        found[address] = response.status_code, PASSING.sub(b"", body)
    return found


def assert_fresh(client: Client) -> dict[str, tuple[int, bytes]]:
    """What is shown now, which must be what is made without any memory."""
    shown = answers(client)
    cache.clear()
    forget_at_hand()
    made = answers(client)
    assert [address for address in ADDRESSES if shown[address] != made[address]] == []
    return shown


@dataclass(frozen=True)
class Remembered:
    """What a process that has answered everything has in its cache and at hand, and what it answered."""

    answers: dict[str, tuple[int, bytes]]
    cached: dict[str, Any]
    expires: dict[str, Any]
    at_hand: dict[str, Any]

    def put_back(self) -> None:
        """Have this process remember it."""
        local = caches["default"]
        assert isinstance(local, LocMemCache)
        local._cache.update(self.cached)  # type: ignore[attr-defined]
        local._expire_info.update(self.expires)  # type: ignore[attr-defined]
        edition._at_hand.update(self.at_hand)


@pytest.fixture(scope="module")
def remembered(built: World) -> Remembered:
    """Every answer of the clinic with a logo, asked for once for all changes."""
    clinic = ClinicSettings.objects.get()
    clinic.logo = ClinicImage.objects.create(title="The logo", file=ContentFile(png(80), "logo.png"))
    clinic.save()
    cache.clear()
    forget_at_hand()
    found = answers(Client())
    assert {status for status, _body in found.values()} == {200}, {a: s for a, (s, _b) in found.items() if s != 200}
    local: Any = caches["default"]
    return Remembered(found, dict(local._cache), dict(local._expire_info), dict(edition._at_hand))


@pytest.mark.any_database  # what the library's changes leave in each is in tests/research/test_edition.py
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_no_answer_is_of_before_a_change(
    remembered: Remembered, world: World, client: Client, change: Callable[[], Any]
) -> None:
    forget_at_hand()
    remembered.put_back()
    change()
    assert assert_fresh(client) != remembered.answers


@pytest.mark.any_database
def test_what_is_remembered_is_answered_from_memory(remembered: Remembered, world: World, client: Client) -> None:
    """Or the changes above would be tried on a process that remembers nothing."""
    with CaptureQueriesContext(connection) as anew:
        assert answers(client) == remembered.answers
    forget_at_hand()
    cache.clear()
    remembered.put_back()
    with CaptureQueriesContext(connection) as again:
        assert answers(client) == remembered.answers
    assert len(again) < len(anew)


def test_what_was_seen_of_a_change_that_is_rolled_back_is_shown_to_nobody(world: World, client: Client) -> None:
    before = answers(client)
    try:
        with transaction.atomic():
            CHANGES["retracted by a notice"]()
            CHANGES["a topic renamed"]()
            CHANGES["a crisis line"]()
            assert answers(client) != before
            raise RuntimeError
    except RuntimeError:
        pass
    assert answers(client) == before
    assert_fresh(client)
