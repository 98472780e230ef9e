"""`seed_demo` and `start_empty`, run for real."""

import html
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings
from wagtail.contrib.search_promotions.models import Query
from wagtail.models import DraftStateMixin, Page, Site, Workflow

from clinic.demo import data, seed
from clinic.demo.addresses import page_at
from forms.access import can_read_submissions
from forms.building.screening import Screening
from forms.models import Delivery, FormPage, Submission
from forms.receiving.receive import Meta, Receipt, receive
from pages.models import ClinicSettings, ConditionFact, ConditionPage, EligibilityCriterion, HomePage, Navigation
from research.choices import Status
from research.models import Citation, Topic

pytestmark = pytest.mark.django_db

ADDRESSES = list(data.pages())


def state() -> dict[str, Any]:
    """How many rows every table holds, and when everything that has drafts was last published."""
    counts: dict[str, Any] = {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.app_label in ("pages", "research", "forms", "auth", "wagtailcore")
    }
    for model in apps.get_models():
        if issubclass(model, DraftStateMixin):
            rows = model._default_manager.values_list("pk", "last_published_at", "latest_revision_id")
            counts[f"{model._meta.label} published"] = sorted(rows)
    return counts


def published_facts() -> Iterator[ConditionFact]:
    yield from ConditionFact.objects.filter(page__live=True, draft=False)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_is_live_where_it_belongs(address: str) -> None:
    page = page_at(address)
    assert page is not None
    assert page.live
    assert not page.has_unpublished_changes
    assert page.get_url_parts()[2] == address  # type: ignore[index]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_answers(address: str, client: Client) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert data.pages()[address]["title"] in html.unescape(response.content.decode())


def test_a_second_run_changes_nothing() -> None:
    before = state()
    seed.seed(lambda _line: None)
    assert state() == before


def test_a_second_run_keeps_what_people_changed() -> None:
    page = ConditionPage.objects.get(slug="ptsd")
    page.title = "Post-traumatic stress"
    page.save_revision().publish()
    ClinicSettings.objects.update(phone="(760) 555-0199")
    User.objects.get(username="intake").delete()

    seed.seed(lambda _line: None)

    assert ConditionPage.objects.get(slug="ptsd").title == "Post-traumatic stress"
    assert ClinicSettings.objects.get().phone == "(760) 555-0199"
    assert User.objects.filter(username="intake").exists()  # what is missing comes back


def test_the_library_stands_in_its_right_states() -> None:
    assert Citation.objects.count() == 43
    live = set(Citation.objects.published().values_list("key", flat=True))
    assert live == {key for key, record in data.bibliography().items() if data.is_identified(record)}
    assert not Citation.objects.filter(live=False, verified_on__isnull=False).exists()
    assert Citation.objects.filter(has_unpublished_changes=True, live=True).count() == 0


def test_the_retracted_trial_is_marked_and_points_to_what_replaces_it() -> None:
    larkin = Citation.objects.get(key="larkin-2011-ed")
    assert larkin.status == Status.RETRACTED
    assert larkin.status_source.startswith("https://retractionwatch.com/")
    assert larkin.successor is not None
    assert larkin.successor.key == "abbar-2022-suicidal-ideation"
    assert not larkin.stands


def test_a_news_item_is_tied_to_the_trial_it_reports() -> None:
    relation = Citation.objects.get(key="slomski-2014-jama-news").relations.get()
    assert (relation.kind, relation.related.key) == ("reports-on", "feder-2014-ptsd")


def test_no_identifier_was_made_up() -> None:
    for citation in Citation.objects.all():
        record = data.bibliography()[citation.key]
        assert (citation.doi or "").lower() == record.get("DOI", "").lower()
        assert (citation.pmid or "") == record.get("PMID", "")


def test_every_published_fact_has_a_source_that_stands() -> None:
    facts = list(published_facts())
    assert len(facts) >= 15
    for fact in facts:
        sources = list(fact.sources.select_related("citation"))
        assert any(source.stance == "supports" and source.citation.stands for source in sources), fact
        assert all(source.citation.stands for source in sources), fact


def test_unsupported_facts_are_drafts_of_the_page() -> None:
    drafts = ConditionFact.objects.filter(draft=True, page__live=True)
    assert drafts.filter(page__slug="depression").count() == 4
    assert {"ptsd", "ocd", "fibromyalgia", "postpartum-depression"} <= set(drafts.values_list("page__slug", flat=True))


def test_prose_carries_citations_and_links_that_resolve() -> None:
    page = ConditionPage.objects.get(slug="depression")
    feder = Citation.objects.get(key="fda-2023-compounded-ketamine")
    assert f'<a linktype="citation" id="{feder.pk}">' in page.regulatory_note
    postpartum = ConditionPage.objects.get(slug="postpartum-depression")
    assert f'<a linktype="page" id="{page.pk}">' in postpartum.how_it_may_work
    for live in Page.objects.live().specific():
        assert "[[source" not in str(live.serializable_data()), live


def test_topics_form_a_tree_and_conditions_use_it() -> None:
    assert Topic.objects.get(slug="suicidal-thoughts").parent == Topic.objects.get(slug="depression")
    assert "CRPS" in Topic.objects.get(slug="crps").synonyms
    for page in ConditionPage.objects.all():
        assert page.topics.exists(), page


def test_settings_navigation_and_criteria_are_filled() -> None:
    clinic = ClinicSettings.objects.get()
    assert clinic.name == "Juniper Row Clinic"
    assert [line.phone for line in clinic.crisis_lines.all()][:1] == ["988"]
    navigation = Navigation.objects.get()
    assert navigation.header_links.count() >= 5
    assert EligibilityCriterion.objects.inclusion().count() == 10
    assert EligibilityCriterion.objects.exclusion().count() == 7


def test_the_site_is_served_at_the_address_the_settings_name() -> None:
    assert Site.objects.get(is_default_site=True).root_url == "http://testserver"
    page = page_at("/conditions/ptsd/")
    assert page is not None
    assert page.full_url == "http://testserver/conditions/ptsd/"


def test_crisis_words_lead_to_help_first() -> None:
    picks = Query.get("988").editors_picks.all()
    assert [pick.page.slug for pick in picks] == ["suicidal-thoughts"]


def test_reviews_are_dated_and_one_is_overdue() -> None:
    assert not ConditionPage.objects.filter(reviewer=None).exists()
    assert [page.slug for page in ConditionPage.objects.review_overdue()] == ["fibromyalgia"]


def test_condition_pages_go_through_medical_review() -> None:
    workflow = ConditionPage.objects.get(slug="ptsd").get_workflow()
    assert workflow is not None
    assert workflow.name == "Medical review"
    assert Workflow.objects.active().count() == 1


@pytest.mark.parametrize("entry", data.read("users"), ids=lambda entry: entry["username"])
def test_each_demo_log_in_works_and_none_is_superuser(entry: dict[str, str], client: Client) -> None:
    assert client.login(username=entry["username"], password=entry["password"])
    user = User.objects.get(username=entry["username"])
    assert not user.is_superuser
    assert [group.name for group in user.groups.all()] == [entry["group"]]


def test_it_refuses_on_a_production_server(settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    with pytest.raises(CommandError, match="start_empty"):
        call_command("seed_demo", verbosity=0)
    call_command("seed_demo", yes_demo=True, verbosity=0)


def test_both_forms_ask_what_the_data_says() -> None:
    for address, content in data.read("forms").items():
        page = page_at(address)
        assert isinstance(page, FormPage)
        definition = page.definition()
        assert [field.label for field in definition.fields] == [row["label"] for row in content["fields"]]
        assert len(definition.steps) == len(content.get("steps", ()))
        for field, row in zip(definition.fields, content["fields"], strict=True):
            assert (field.condition is None) is ("show_when" not in row), field.label
            if field.condition:
                assert field.condition.field in definition.by_key, field.label


def test_the_fictional_submissions_stand_at_the_desk() -> None:
    assert Submission.objects.inbox().count() == len(data.read("submissions"))
    assert set(Submission.objects.values_list("status", flat=True)) == {"new", "contacting", "scheduled", "closed"}
    assert Submission.objects.filter(crisis=True).count() == 1
    assert set(Submission.objects.exclude(screening="").values_list("screening", flat=True)) == {
        Screening.MAY_BE_SUITABLE,
        Screening.NEEDS_REVIEW,
    }
    assert Submission.objects.overdue().count() == 0
    assert Delivery.objects.count() == 0  # nobody is told about people who do not exist


def test_only_the_intake_log_in_may_read_them() -> None:
    able = {user.username for user in User.objects.all() if can_read_submissions(user)}
    assert able == {"intake"}


def test_reset_stops_where_somebody_sent_in_a_form_and_starts_over_where_that_may_go() -> None:
    page = page_at("/schedule-a-call/")
    assert isinstance(page, FormPage)
    keys = {field.label: field.key for field in page.definition().fields}
    answers = {
        keys["Your name"]: "Robin",
        keys["How should we reach you?"]: "E-mail",
        keys["E-mail address"]: "robin@visitor.example",
        keys["Consent to be contacted"]: "yes",
    }
    assert isinstance(receive(page, answers, None, Meta(token="robin", started_at=time.time() - 60)), Receipt)
    old = ConditionPage.objects.get(slug="ptsd").translation_key
    ConditionPage.objects.filter(slug="ptsd").update(summary="Changed")
    own = Citation.objects.create(key="own-2026", title="Our own", live=False)

    with pytest.raises(CommandError, match="1 form"):
        call_command("seed_demo", reset=True, verbosity=0)
    assert Submission.objects.count() == len(data.read("submissions")) + 1
    assert ConditionPage.objects.get(slug="ptsd").summary == "Changed"

    call_command("seed_demo", reset=True, with_submissions=True, verbosity=0)
    assert Submission.objects.count() == len(data.read("submissions"))
    ptsd = ConditionPage.objects.get(slug="ptsd")
    assert ptsd.translation_key != old
    assert ptsd.summary != "Changed"
    assert Page.objects.filter(slug="ptsd").count() == 1
    assert Citation.objects.filter(pk=own.pk).exists()
    assert Citation.objects.count() == 44
    assert Site.objects.get(is_default_site=True).root_page.specific == HomePage.objects.get()


def test_the_demos_own_submissions_are_in_nobodys_way() -> None:
    seed.remove(lambda _line: None)
    assert not Submission.objects.exists()
    assert not HomePage.objects.exists()


def test_start_empty_refuses_beside_a_site() -> None:
    with pytest.raises(CommandError, match="There is a site already"):
        call_command("start_empty", "Elm Street Clinic")


def test_start_empty_makes_what_a_site_needs() -> None:
    call_command("start_empty", "Elm Street Clinic", remove_demo=True, verbosity=0)

    home = HomePage.objects.get()
    assert home.live
    assert Site.objects.get(is_default_site=True).root_page_id == home.pk
    clinic = ClinicSettings.objects.get()
    assert clinic.name == "Elm Street Clinic"
    assert clinic.crisis_lines.filter(phone="988").exists()
    assert not home.get_children().live().exists()
    form = clinic.call_page.specific
    assert isinstance(form, FormPage)
    assert not form.notification_rules.exists()
    texts = [field.wording + field.label for field in form.definition().fields]
    assert any("Elm Street Clinic" in text for text in texts)
    assert not any("Juniper" in text for text in texts)
    assert home.get_children().count() >= 5
    assert not Citation.objects.exists()
    assert not User.objects.filter(username="marketing").exists()
    assert home.full_url == "http://testserver/"


def test_the_tree_is_sound() -> None:
    assert Page.find_problems() == ([], [], [], [], [])


@pytest.mark.any_database
@pytest.mark.parametrize("command", [["seed_demo"], ["seed_demo", "--reset"], ["start_empty", "--remove-demo", "Anew"]])
def test_a_site_of_ones_own_is_neither_mixed_with_the_demo_nor_taken_for_it(command: list[str]) -> None:
    call_command("start_empty", "Elm Street Clinic", remove_demo=True, verbosity=0)
    User.objects.create_superuser("admin", "robin@elm-street.example")
    before = state()

    with pytest.raises(CommandError, match=r"nothing was changed|Nothing was changed"):
        call_command(*command, verbosity=0)

    assert state() == before
