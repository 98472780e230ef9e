"""People and the eligibility list, kept in the admin by those whose work it is."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import PreviewableMixin
from wagtail.snippets.models import get_snippet_models

from pages.models import ConditionPage, EligibilityCriterion, Person
from research.models import Citation, Topic
from tests.demo.people import log_in

pytestmark = pytest.mark.django_db


#: For each snippet that editors publish: who edits it, what they type, and what the preview then shows.
TYPED = {
    Person: (
        "marketing",
        {"name": "Ada Example", "slug": "ada", "role": "Nurse", "biography": "Kind\nand calm.", "sort_order": "3"},
        ("<h1>Ada Example</h1>", "Kind<br>and calm."),
    ),
    EligibilityCriterion: (
        "clinician",
        {"kind": "exclusion", "key": "ada", "text": "A new criterion", "note": "Ask us.", "sort_order": "0"},
        ("<title>A new criterion |", "This criterion is not in use"),
    ),
    Topic: (
        "clinician",
        {"name": "Migraine", "slug": "migraine", "synonyms": "Hemicrania", "introduction": "null", "sort_order": "9"},
        ("Migraine</h2>", "Hemicrania", "filed here."),
    ),
}


def previewed(client: Client, model: type[Any], instance: Any | None, fields: dict[str, str]) -> str:
    """What the preview panel shows for what stands in the form."""
    mode, args = ("edit", [instance.pk]) if instance else ("add", [])
    address = reverse(model.snippet_viewset.get_url_name(f"preview_on_{mode}"), args=args)
    assert client.post(address, fields).json() == {"is_valid": True, "is_available": True}
    return client.get(address).content.decode()


def test_everything_that_editors_publish_has_a_preview_for_phone_and_desk() -> None:
    assert set(get_snippet_models()) == {*TYPED, Citation}
    for model in get_snippet_models():
        assert issubclass(model, PreviewableMixin), model
        widths = [size["device_width"] for size in model().preview_sizes]
        assert min(widths) < 400 and max(widths) > 1200, model


@pytest.mark.parametrize("model", TYPED)
def test_the_preview_shows_what_stands_in_the_form_and_saves_nothing(model: type[Any]) -> None:
    username, fields, words = TYPED[model]
    client = log_in(username)
    before = list(model.objects.values())
    for instance in (None, model.objects.first()):
        shown = previewed(client, model, instance, fields)
        for word in (*words, "988", 'content="noindex"'):
            assert word in shown, word
    assert list(model.objects.values()) == before


def test_the_preview_of_a_person_names_the_pages_they_checked() -> None:
    person = Person.objects.get(slug="jordan-sample")
    page = ConditionPage.objects.live().filter(reviewer=person).first()
    assert page is not None
    fields = {"name": "Ada Example", "slug": person.slug, "role": "Nurse", "sort_order": "0"}
    assert page.title in previewed(log_in("marketing"), Person, person, fields)


def test_a_criterion_in_use_is_previewed_once_and_in_its_place() -> None:
    criterion = EligibilityCriterion.objects.get(key="chronic-migraine")
    fields = {"kind": "inclusion", "key": criterion.key, "note": "", "sort_order": "0", "active": "on"}
    shown = previewed(log_in("clinician"), EligibilityCriterion, criterion, {**fields, "text": "A new wording"})
    assert shown.count("A new wording") == 2, "in the title and in one list"
    assert criterion.text not in shown
    for other in EligibilityCriterion.objects.active().inclusion().exclude(pk=criterion.pk):
        assert other.text in shown


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
