"""Case 15: what is not public is found nowhere, whatever address of the API is read, by anyone and by any token."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from wagtail.contrib.redirects.models import Redirect
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import (
    APIToken,
    Collection,
    CollectionViewRestriction,
    Locale,
    Page,
    PageViewRestriction,
    Revision,
    Site,
)

from clinic.api.instance import document
from clinic.api.models import WebhookEndpoint
from forms.models import FormPage
from pages.models import (
    Announcement,
    ClinicDocument,
    ClinicImage,
    ClinicSettings,
    HeaderLink,
    Navigation,
    Person,
)
from research.models import Citation, Topic
from tests.api.asking import send
from tests.api.world import CANARY, World
from tests.forms.build import call_page, referral_page

pytestmark = pytest.mark.django_db
Reads = tuple[set[str], list[str]]


@pytest.fixture
def full(world: World, client: Client, settings: Settings) -> World:
    """The clinic with a submission, secrets in settings and rules, and links to what is hidden."""
    settings.FORMS_REFUSE_AFTER = 10_000
    page = call_page(webhook_url=f"https://{CANARY}.example/", rules=[{"recipients": f"{CANARY}@clinic.example"}])
    referral_page()
    answers = {"your_name": CANARY, "phone_number": "760 555 0199", "consent": True}
    assert send(client, answers, key=f"{CANARY}-1").status_code == 201
    assert FormPage.objects.filter(pk=page.pk).exists()
    Redirect.objects.create(old_path="/somewhere", redirect_page=world.draft)
    secret = call_page(slug="hidden-form", title=f"Form {CANARY}")
    PageViewRestriction.objects.create(page=secret, restriction_type="login")
    hidden = {"type": "cta", "value": {"title": "Go", "text": "", "label": "Go", "page": world.private.pk}}
    world.home.body = [hidden, hidden | {"value": hidden["value"] | {"page": world.draft.pk}}]
    world.home.save()
    settings.SECRET_KEY_FALLBACKS = [CANARY]
    locked = Collection.get_first_root_node().add_child(name=CANARY)
    CollectionViewRestriction.objects.create(collection=locked, restriction_type="login")
    for collection, words in ((locked, CANARY), (Collection.get_first_root_node(), "Shown")):
        picture = get_test_image_file(f"{words}.png")
        ClinicImage.objects.create(title=words, description=words, file=picture, collection=collection)
        ClinicDocument.objects.create(title=words, file=ContentFile(b"%PDF", f"{words}.pdf"), collection=collection)
    Person.objects.create(name=CANARY, slug=CANARY, biography=CANARY, on_team_page=False)
    ended = world.standard.copy(update_attrs={"slug": "ended", "title": CANARY}, keep_live=True)
    ended.expire_at = timezone.now() - datetime.timedelta(minutes=5)
    ended.save_revision().publish()
    call_command("publish_scheduled", verbosity=0)
    WebhookEndpoint.objects.create(url=f"https://{CANARY}.example/hook")
    site = world.home.get_site()
    later = Announcement.for_site(site)
    later.text, later.starts_at = CANARY, timezone.now() + datetime.timedelta(days=2)
    later.save()
    return world


#: Addresses that give a draft to its own token alone: test_previews.py.
OF_ONE_DRAFT = {"/api/v3/previews/", "/api/v3/previews/userbar/"}
#: What else is asked of an address with a parameter, so that it gives all it can.
EXTRAS = {
    "fields": "fields=*&limit=100",
    "expand": "expand=csl&expand=relations&limit=100",
    "html_path": "html_path=/private/",
    "q": f"q={CANARY}",
    "search": f"search={CANARY}",
    "path": "path=/somewhere",
    "limit": "limit=100",
    "set": "set=share",
    "locale": "locale=es",
    "version": "version=draft",
    "key": "key=draft-2020&key=withheld-2020",
    "slug": "slug=draft&slug=private",
    "status": "status=retracted",
}
#: Parameters that choose among the same rows. Whoever adds one says here, or above, what it can show.
NARROWING = {
    *("approved_go_live_at_from", "approved_go_live_at_to", "child_of", "created_at_from", "created_at_to"),
    *("descendant_of", "finding", "format", "kind", "min_sample_size", "object_str", "ocebm_level", "offset"),
    *("open_access", "order", "research", "show_in_menus", "species", "study_design", "tag", "topic", "type"),
    *("user_id", "year_from", "year_to"),
}
MUST = {
    "/api/v3/search/": "q=a",
    "/api/v3/research/export/": "format=csl-json",
    "/api/v3/pages/find/": "html_path=/",
}


def addresses() -> Iterator[tuple[str, str]]:
    """Every GET address of the document: its template, and what to ask, with every value there is in the database.

    A parameter that nobody has thought of here is a KeyError, so that a new address cannot go unread.
    """
    values: dict[str, list[str]] = {
        "page_id": [str(pk) for pk in Page.objects.values_list("pk", flat=True)],
        "slug": sorted({*Page.objects.values_list("slug", flat=True), *Topic.objects.values_list("slug", flat=True)}),
        "key": list(Citation.objects.values_list("key", flat=True)),
        "image_id": [str(pk) for pk in ClinicImage.objects.values_list("pk", flat=True)],
        "document_id": [str(pk) for pk in ClinicDocument.objects.values_list("pk", flat=True)],
        "revision_id": [str(pk) for pk in Revision.page_revisions.values_list("pk", flat=True)],
        "site_id": [str(pk) for pk in Site.objects.values_list("pk", flat=True)],
        "locale_id": [str(pk) for pk in Locale.objects.values_list("pk", flat=True)],
        "type_name": ["pages.StandardPage", "forms.CallRequestPage", "forms.Submission", "pages.ClinicImage"],
    }
    for path, methods in document()["paths"].items():
        if "get" not in methods or path in OF_ONE_DRAFT:
            continue
        filled = [path]
        for name in re.findall(r"{(\w+)}", path):
            filled = [one.replace(f"{{{name}}}", value) for one in filled for value in values[name]]
        parameters = {one["name"] for one in methods["get"].get("parameters", ()) if one["in"] == "query"}
        assert parameters <= EXTRAS.keys() | NARROWING, f"{path}: say what the new parameter can show"
        must = MUST.get(path, "")
        for one in filled:
            yield path, f"{one}?{must}"
            yield from ((path, f"{one}?{must}&{EXTRAS[name]}") for name in sorted(parameters & EXTRAS.keys()))


def crawl(client: Client, header: dict[str, str]) -> Reads:
    """Which addresses answered, and what was asked where an answer holds the canary other than as an echo."""
    read: set[str] = set()
    found = []
    for path, asked in addresses():
        response = client.get(asked, headers=header)
        assert response.status_code < 500, asked
        if response.status_code == 200:
            read.add(path)
        body = b"".join(response).decode()
        echo = response.status_code == 200 and f"={CANARY}" in asked and '"count":0' in body
        if CANARY in body and not echo:
            found.append(asked)
    return read, found


def token_of(user: User, *scopes: str) -> dict[str, str]:
    """The header of a token of the user with the scopes."""
    token, plain = APIToken.create_token(user=user, name=CANARY)
    for scope in scopes:
        setattr(token.grant, scope, True)
    token.grant.save()
    return {"Authorization": f"Bearer {plain}"}


#: Addresses that need a token.
FOR_TOKENS = {
    *("/api/v3/whoami/", "/api/v3/sites/", "/api/v3/sites/{site_id}/", "/api/v3/locales/"),
    *("/api/v3/locales/{locale_id}/", "/api/v3/schema/", "/api/v3/schema/{type_name}/"),
}
OF_DRAFTS = {"/api/v3/pages/{page_id}/revisions/", "/api/v3/pages/{page_id}/revisions/{revision_id}/"}
#: Answers only where a form asks for a proof of work: test_forms.py.
SELDOM = {"/api/v3/forms/{slug}/proof/"}


def test_case_15_anonymous_readers_find_nothing_hidden(full: World, client: Client) -> None:
    read, found = crawl(client, {})
    assert found == []
    every = {path for path, methods in document()["paths"].items() if "get" in methods}
    assert every - read == FOR_TOKENS | OF_DRAFTS | OF_ONE_DRAFT | SELDOM
    for rows in ("pages", "images", "documents"):
        for query in ("limit=100&fields=*", f"search={CANARY}", "search=a"):
            assert CANARY not in client.get(f"/api/v2/{rows}/?{query}").content.decode()
    for model, rows in ((Page, "pages"), (ClinicImage, "images"), (ClinicDocument, "documents")):
        for pk in model.objects.values_list("pk", flat=True):
            assert CANARY not in client.get(f"/api/v2/{rows}/{pk}/?fields=*").content.decode()


@pytest.mark.any_database
@pytest.mark.parametrize("scopes", [[], ["write_pages", "write_research"], ["read_drafts"]])
def test_case_15_tokens_find_no_more_than_their_scope_and_person_allow(
    full: World, client: Client, scopes: list[str]
) -> None:
    reads_drafts = "read_drafts" in scopes
    user = User.objects.create_user("reader") if reads_drafts else User.objects.create_superuser("root")
    read, found = crawl(client, token_of(user, *scopes))
    assert {asked for asked in found if not asked.startswith("/api/v3/whoami/")} == set()  # its own name it may know
    assert reads_drafts or read >= FOR_TOKENS  # a person without rights is not told of sites and languages


@pytest.mark.any_database
def test_no_scope_whatever_reads_submissions(full: World, client: Client) -> None:
    user = User.objects.create_superuser("root")
    user.groups.add(*Group.objects.all())
    header = token_of(user, "read_drafts", "write_pages", "write_research")
    read: set[str] = set()
    for path, asked in addresses():
        response = client.get(asked, headers=header)
        body = b"".join(response).decode()
        assert f'"your_name":"{CANARY}"' not in body.replace('": ', '":')
        assert "7605550199" not in body
        assert f"{CANARY}@clinic.example" not in body
        if response.status_code == 200:
            read.add(path)
    assert read >= OF_DRAFTS
    assert client.get("/api/v3/snippets/forms.Submission/", headers=header).status_code == 404


def test_a_navigation_link_to_a_hidden_page_is_not_given(full: World, client: Client, world: World) -> None:
    site = full.home.get_site()
    navigation = Navigation.for_site(site)
    navigation.header_links.add(HeaderLink(page=world.draft))
    navigation.save()
    ClinicSettings.for_site(site).save()
    assert CANARY not in client.get("/api/v3/site/").content.decode()
