"""Case 15: what is not public is found nowhere, whatever address of the API is read, by anyone and by any token."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import Settings
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import APIToken, Page, PageViewRestriction

from clinic.api.instance import document
from forms.models import FormPage
from pages.models import ClinicDocument, ClinicImage, ClinicSettings, HeaderLink, Navigation
from research.models import Citation, Topic
from tests.api.test_forms import send
from tests.api.world import CANARY, World
from tests.forms.build import call_page, referral_page

pytestmark = pytest.mark.django_db
ABSENT = "999999"


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
    return world


def addresses(world: World) -> Iterator[str]:
    """Every GET address of the document with every value of its parameters that there is, and their lists in full."""
    numbers = [str(pk) for pk in Page.objects.values_list("pk", flat=True)]
    values: dict[str, list[str]] = {
        "page_id": numbers,
        "slug": sorted({*Page.objects.values_list("slug", flat=True), *Topic.objects.values_list("slug", flat=True)}),
        "key": list(Citation.objects.values_list("key", flat=True)),
        "image_id": [str(pk) for pk in ClinicImage.objects.values_list("pk", flat=True)],
        "document_id": [str(pk) for pk in ClinicDocument.objects.values_list("pk", flat=True)],
        "type": ["research.Topic", "research.Citation", "pages.Person", "forms.Submission"],
        "type_name": ["pages.StandardPage"],
    }
    for path, methods in document()["paths"].items():
        if "get" not in methods:
            continue
        names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
        if not names:
            parameters = {one["name"] for one in methods["get"].get("parameters", ())}
            yield path + (MUST.get(path.rstrip("/").rpartition("/")[2], ""))
            yield from (f"{path}?{extra}" for name, extra in EXTRAS.items() if name in parameters)
            continue
        filled = [path]
        for name in names:
            filled = [one.replace(f"{{{name}}}", value) for one in filled for value in values.get(name, [ABSENT])]
        yield from filled
        if path.endswith("/pages/{page_id}/"):
            yield from (f"{one}?version=draft" for one in filled)


MUST = {"search": "?q=a", "export": "?format=csl-json"}
EXTRAS = {
    "fields": "fields=*&limit=100",
    "expand": "expand=csl&expand=relations&limit=100",
    "html_path": "html_path=/private/",
    "q": f"q={CANARY}",
    "search": f"search={CANARY}",
    "path": "path=/somewhere",
    "limit": "limit=100",
}


def crawl(client: Client, world: World, header: dict[str, str]) -> tuple[int, list[str]]:
    """How many addresses answered, and those whose answer holds the canary other than in an echo of the question."""
    read, found = 0, []
    for address in addresses(world):
        response = client.get(address, headers=header)
        assert response.status_code < 500, address
        read += response.status_code == 200
        body = b"".join(response).decode()
        if CANARY in body and not (response.status_code == 200 and f"={CANARY}" in address and '"count": 0' in body):
            found.append(address)
    return read, found


def test_case_15_anonymous_readers_find_nothing_hidden(full: World, client: Client) -> None:
    read, found = crawl(client, full, {})
    assert found == []
    assert read > 40
    for version2 in ("pages/?limit=100&fields=*", "images/", "documents/"):
        assert CANARY not in client.get(f"/api/v2/{version2}").content.decode()


@pytest.mark.any_database
@pytest.mark.parametrize("scopes", [[], ["write_pages", "write_research"], ["read_drafts"]])
def test_case_15_tokens_find_no_more_than_their_scope_and_person_allow(
    full: World, client: Client, scopes: list[str]
) -> None:
    reads_drafts = "read_drafts" in scopes
    user = User.objects.create_user("reader") if reads_drafts else User.objects.create_superuser("root")
    token, plain = APIToken.create_token(user=user, name="t")
    for scope in scopes:
        setattr(token.grant, scope, True)
    token.grant.save()
    read, found = crawl(client, full, {"Authorization": f"Bearer {plain}"})
    assert found == []
    assert read > 10


@pytest.mark.any_database
def test_no_scope_whatever_reads_submissions(full: World, client: Client) -> None:
    user = User.objects.create_superuser("root")
    user.groups.add(*Group.objects.all())
    token, plain = APIToken.create_token(user=user, name="t")
    token.grant.read_drafts = token.grant.write_pages = token.grant.write_research = True
    token.grant.save()
    header = {"Authorization": f"Bearer {plain}"}
    for address in addresses(full):
        body = b"".join(client.get(address, headers=header)).decode()
        assert f'"your_name": "{CANARY}"' not in body
        assert "7605550199" not in body
    assert client.get("/api/v3/snippets/forms.Submission/", headers=header).status_code == 404


def test_a_navigation_link_to_a_hidden_page_is_not_given(full: World, client: Client, world: World) -> None:
    site = full.home.get_site()
    navigation = Navigation.for_site(site)
    navigation.header_links.add(HeaderLink(page=world.draft))
    navigation.save()
    ClinicSettings.for_site(site).save()
    assert CANARY not in client.get("/api/v3/site/").content.decode()
