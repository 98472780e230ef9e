"""A page on which submissions stand is not deleted: not by the admin, in bulk, by the API, nor with a page above it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from forms.models import FormPage, Submission
from forms.safekeeping.purging import erase
from tests.api.asking import bearer, make_token, problem
from tests.forms.build import answers, call_page, home, person

pytestmark = pytest.mark.django_db
KINDLY = "submissions stand on this form"


@pytest.fixture
def form(client: Client) -> FormPage:
    """A form with one submission."""
    page = call_page()
    assert client.post("/schedule-a-call/", answers(page)).status_code == 303
    return page


@pytest.fixture
def admin() -> Client:
    """Somebody who may delete any page."""
    client = Client()
    client.force_login(person("root", superuser=True))
    return client


def nothing_is_gone(form: FormPage) -> bool:
    return FormPage.objects.filter(pk=form.pk).exists() and Submission.objects.count() == 1


def above(form: FormPage) -> Page:
    """A page above the form, not the home page itself."""
    return Page.objects.get(pk=home().pk)


@pytest.mark.parametrize("which", ["the form", "a page above it"])
def test_case_12_the_admin_says_why_and_what_to_do_instead(form: FormPage, admin: Client, which: str) -> None:
    target = form if which == "the form" else above(form)
    html = admin.post(reverse("wagtailadmin_pages:delete", args=[target.pk]), follow=True).content.decode()
    assert KINDLY in html
    assert "Unpublish the page instead" in html
    assert nothing_is_gone(form)


@pytest.mark.parametrize("which", ["the form", "a page above it"])
def test_case_12_in_bulk_as_well(form: FormPage, admin: Client, which: str) -> None:
    other = call_page(slug="other")
    target = form if which == "the form" else above(form)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    html = admin.post(f"{url}?id={target.pk}&id={other.pk}", follow=True).content.decode()
    assert KINDLY in html
    assert nothing_is_gone(form)
    assert FormPage.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize("which", ["the form", "a page above it"])
def test_case_12_the_api_answers_409_with_a_reason(form: FormPage, client: Client, settings: Any, which: str) -> None:
    settings.API_WRITE_ENABLED = True
    target = form if which == "the form" else above(form)
    plain = make_token("read_drafts", "write_pages", user=User.objects.create_superuser("api"))
    answer = client.delete(f"/api/v3/pages/{target.pk}/", headers=bearer(plain))
    assert KINDLY in problem(answer, 409)["detail"]
    assert nothing_is_gone(form)


def test_case_12_code_that_deletes_is_stopped_by_the_database_layer(form: FormPage) -> None:
    for target in (form, Page.objects.get(pk=form.pk), above(form)):
        with pytest.raises(ProtectedError), transaction.atomic():
            target.delete()
    assert nothing_is_gone(form)


def test_case_12_when_what_came_in_is_gone_the_page_may_go(form: FormPage, admin: Client) -> None:
    erase(Submission.objects.get())
    admin.post(reverse("wagtailadmin_pages:delete", args=[form.pk]))
    assert not FormPage.objects.filter(pk=form.pk).exists()
