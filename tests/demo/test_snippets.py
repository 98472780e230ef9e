"""People and the eligibility list, kept in the admin by those whose work it is."""

import pytest
from django.test import Client
from django.urls import reverse

from pages.models import EligibilityCriterion, Person

pytestmark = pytest.mark.django_db


def log_in(username: str) -> Client:
    client = Client()
    assert client.login(username=username, password=f"demo-{username}")
    return client


def edit_url(thing: Person | EligibilityCriterion) -> str:
    return reverse(type(thing).snippet_viewset.get_url_name("edit"), args=[thing.pk])


def test_a_clinician_rewords_a_criterion_and_referrers_read_it() -> None:
    criterion = EligibilityCriterion.objects.get(key="chronic-migraine")
    fields = {"kind": "inclusion", "key": "chronic-migraine", "note": "", "sort_order": "6", "active": "on"}

    response = log_in("clinician").post(edit_url(criterion), {**fields, "text": "Chronic migraine, 15 days a month"})

    assert response.status_code == 302
    assert "Chronic migraine, 15 days a month" in Client().get("/professionals/").content.decode()


def test_marketing_edits_people_and_reads_the_criteria_only() -> None:
    marketing = log_in("marketing")
    person = Person.objects.get(slug="riley-placeholder")
    fields = {"name": "Riley Placeholder", "slug": person.slug, "role": "Lead infusion nurse", "sort_order": "1"}

    assert marketing.post(edit_url(person), {**fields, "on_team_page": "on"}).status_code == 302
    assert "Lead infusion nurse" in Client().get("/about/").content.decode()

    criterion = EligibilityCriterion.objects.get(key="chronic-migraine")
    listing = reverse(EligibilityCriterion.snippet_viewset.get_url_name("list"))
    assert marketing.get(listing).status_code == 200
    refused = marketing.get(edit_url(criterion))
    assert refused.status_code == 302
    assert refused["Location"] == reverse("wagtailadmin_home")


def test_the_criteria_stand_in_the_research_menu() -> None:
    page = log_in("clinician").get(reverse("wagtailadmin_home")).content.decode()
    assert reverse(EligibilityCriterion.snippet_viewset.get_url_name("list")) in page
    assert reverse(Person.snippet_viewset.get_url_name("list")) not in page


def test_a_reviewer_of_pages_cannot_be_deleted() -> None:
    person = Person.objects.get(slug="jordan-sample")
    url = reverse(Person.snippet_viewset.get_url_name("delete"), args=[person.pk])

    log_in("marketing").post(url)

    assert Person.objects.filter(pk=person.pk).exists()


@pytest.mark.parametrize("username", ["marketing", "clinician"])
def test_the_menu_names_every_snippet_once(username: str) -> None:
    menu = log_in(username).get(reverse("wagtailadmin_home")).content.decode()
    assert "People" in menu or username == "clinician"
    assert f'"{reverse("wagtailsnippets:index")}"' not in menu
