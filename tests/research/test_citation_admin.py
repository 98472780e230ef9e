"""A clinician without rights on pages does the whole of their work from one menu."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from wagtail.test.utils.form_data import querydict_from_html

from research.authors import as_lines, from_lines
from research.models import Citation
from tests.research.builders import citation, condition_page, fact, topic

pytestmark = pytest.mark.django_db


def _url(name: str, *args: object) -> str:
    return reverse(Citation.snippet_viewset.get_url_name(name), args=args)


def _form(client: Client, address: str, **changes: str) -> QueryDict:
    page = client.get(address)
    assert page.status_code == 200
    data = querydict_from_html(
        page.content.decode(), form_id="w-editor-form" if "w-editor-form" in page.content.decode() else None
    )
    for name, value in changes.items():
        data[name] = value
    return data


def test_one_menu_holds_the_work(client: Client, clinician: User) -> None:
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    for address in (_url("list"), reverse("research_reports:index"), reverse("research_import:start")):
        assert address in home
        assert client.get(address).status_code == 200
    assert client.get(reverse("wagtailadmin_explore_root")).status_code == 302  # no rights on pages


NEW = {
    "key": "feder-2014-ptsd",
    "title": "Efficacy of intravenous ketamine",
    "authors": "Feder, Adriana\nvan Velzen, Monique\n{Smith, Jones and Partners}\nUS Food and Drug Administration",
    "kind": "journal-article",
    "species": "human",
    "status": "current",
    "language": "en",
    "issued_year": "2014",
    "doi": "https://doi.org/10.1001/JAMAPSYCHIATRY.2014.62",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/24740528/",
    "confirm": "on",
    "topics-TOTAL_FORMS": "1",
    "topics-0-finding": "benefit",
    "topics-0-ORDER": "1",
}


def test_adding_confirming_and_publishing(client: Client, clinician: User) -> None:
    ptsd = topic("ptsd")
    data = _form(client, _url("add"), **NEW, **{"topics-0-topic": str(ptsd.pk), "action-publish": "1"})
    answer = client.post(_url("add"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    made = Citation.objects.get(key="feder-2014-ptsd")
    assert made.live and made.is_published
    assert made.doi == "10.1001/jamapsychiatry.2014.62" and made.pmid == "24740528"
    assert (made.verified_by, made.verified_on) == (clinician, timezone.localdate())
    assert made.authors == [
        {"family": "Feder", "given": "Adriana"},
        {"non-dropping-particle": "van", "family": "Velzen", "given": "Monique"},
        {"literal": "Smith, Jones and Partners"},
        {"literal": "US Food and Drug Administration"},
    ]
    assert [(link.topic, link.finding) for link in made.topics.all()] == [(ptsd, "benefit")]


def test_a_mistake_is_shown_at_its_field_and_nothing_typed_is_lost(client: Client, clinician: User) -> None:
    citation("owner", doi="10.1001/taken.1")
    for changes, words in (
        ({"doi": "see the journal"}, "is not a DOI"),
        ({"doi": "10.1001/TAKEN.1"}, "already exists"),
        ({"issued_month": "13"}, "from 1 to 12"),
        ({"status": "retracted"}, "where the notice stands"),
        ({"status": "superseded"}, "Choose the record that replaces"),
    ):
        data = _form(client, _url("add"), **{**NEW, "topics-TOTAL_FORMS": "0", **changes, "action-publish": "1"})
        answer = client.post(_url("add"), data)
        text = answer.content.decode()
        assert answer.status_code == 200 and words in text, (changes, answer.context["form"].errors)
        assert "van Velzen, Monique" in text and "{Smith, Jones and Partners}" in text
    assert Citation.objects.count() == 1


def test_a_key_is_made_for_who_writes_none_and_stays(client: Client, clinician: User) -> None:
    citation("feder-2014-efficacy")
    for wanted in ("feder-2014-efficacy-2", "feder-2014-efficacy-3"):
        new = {**NEW, "key": "", "doi": "", "pmid": "", "topics-TOTAL_FORMS": "0"}
        answer = client.post(_url("add"), _form(client, _url("add"), **new))
        assert answer.status_code == 302, answer.context["form"].errors
        assert Citation.objects.latest("pk").key == wanted
    made = Citation.objects.latest("pk")
    client.post(_url("edit", made.pk), _form(client, _url("edit", made.pk), key="", title="Renamed"))
    made.refresh_from_db()
    assert made.key == wanted

    untitled = {**NEW, "key": "", "title": "", "topics-TOTAL_FORMS": "0"}
    answer = client.post(_url("add"), _form(client, _url("add"), **untitled))
    assert "Write the title first" in answer.content.decode()


def test_publishing_a_record_that_nobody_has_confirmed_says_that_it_is_not_shown(
    client: Client, clinician: User
) -> None:
    for confirm, held_back in (("", True), ("on", False)):
        new = {**NEW, "key": f"new{confirm}", "doi": "", "pmid": "", "topics-TOTAL_FORMS": "0", "action-publish": "1"}
        data = _form(client, _url("add"), **new)
        if not confirm:
            del data["confirm"]
        response = client.post(_url("add"), data, follow=True)
        assert response.redirect_chain, response.context["form"].errors
        answer = response.content.decode()
        assert ("is not on the public site yet" in answer) is held_back
    assert "Not shown yet" in client.get(_url("list")).content.decode()


def test_the_list_marks_what_does_not_stand_or_is_overdue(client: Client, clinician: User) -> None:
    fine = citation("fine")
    assert "w-status--critical" not in client.get(_url("list")).content.decode()
    fine.next_review = timezone.localdate() - datetime.timedelta(days=1)
    fine.save()
    citation("gone", status="retracted", status_date="2017-08-28")
    marked = client.get(_url("list")).content.decode().split("w-status--critical")
    assert len(marked) == 3 and "Overdue" in "".join(marked) and "Retracted" in "".join(marked)


def test_editing_keeps_the_parts_of_names_that_were_not_touched(client: Client, clinician: User) -> None:
    names = [
        {"family": "de la Cruz", "given": "Ana"},  # an import that took the particle into the family name
        {"family": "Beethoven", "given": "Ludwig", "dropping-particle": "van", "suffix": "Jr"},
    ]
    one = citation(authors=names)
    data = _form(client, _url("edit", one.pk), **{"title": "A better title", "action-publish": "1"})
    assert data["authors"].strip() == "de la Cruz, Ana\nBeethoven, Ludwig van, Jr"
    answer = client.post(_url("edit", one.pk), data)
    assert answer.status_code == 302, answer.context["form"].errors
    one.refresh_from_db()
    assert one.title == "A better title"
    assert one.authors == names


def test_a_draft_of_a_live_record_is_not_public(client: Client, clinician: User) -> None:
    one = citation()
    data = _form(client, _url("edit", one.pk), title="Not yet")
    assert client.post(_url("edit", one.pk), data).status_code == 302
    one.refresh_from_db()
    assert one.title != "Not yet" and one.has_unpublished_changes
    assert "Not yet" in client.get(_url("edit", one.pk)).content.decode()
    assert client.get(_url("history", one.pk)).status_code == 200


def test_where_it_is_used_is_said_with_links_and_deletion_refused(client: Client, clinician: User) -> None:
    one = citation()
    page = condition_page(live=False)
    fact(page, "A fact", one)
    page.save()
    editor = client.get(_url("edit", one.pk)).content.decode()
    assert "PTSD" in editor
    assert "Key fact" in editor and "Fact source" not in editor  # the row that holds it says nothing to a clinician
    assert client.get(_url("usage", one.pk)).status_code == 200
    answer = client.post(_url("delete", one.pk), follow=True)
    assert "cannot be deleted while it is used" in answer.content.decode()
    assert Citation.objects.filter(pk=one.pk).exists()
    free = citation("free")
    assert client.post(_url("delete", free.pk)).status_code == 302
    assert not Citation.objects.filter(pk=free.pk).exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=abdallah", {"abdallah"}),
        ("status=retracted", {"gone"}),
        ("care=unverified", {"unconfirmed"}),
        ("care=overdue", {"late"}),
        ("care=unfiled", {"late", "unconfirmed", "gone"}),
        ("finding=no-benefit", {"abdallah"}),
        ("study_design=consensus&kind=journal-article", {"late"}),
        ("status=nonsense&topic=99999&care=x", None),
    ],
)
def test_the_list_filters_and_searches(client: Client, clinician: User, query: str, found: set[str] | None) -> None:
    citation("abdallah", topics={"ptsd": "no-benefit"})
    citation("gone", status="retracted", status_date="2017-08-28")
    citation("unconfirmed", verified_on=None)
    citation("late", next_review="2020-01-01", study_design="consensus")
    answer = client.get(f"{_url('list')}?{query}")
    assert answer.status_code == 200
    if found is not None:
        assert {row.key for row in answer.context["object_list"]} == found


def test_the_preview_shows_the_public_page(client: Client, clinician: User) -> None:
    one = citation()
    data = _form(client, _url("edit", one.pk), headline="Seen before it is public")
    address = _url("preview_on_edit", one.pk)
    assert client.post(address, data).json()["is_valid"] is True
    page = client.get(address)
    assert page.status_code == 200 and "Seen before it is public" in page.content.decode()


def test_the_chooser_finds_by_words_key_and_identifier(client: Client, clinician: User) -> None:
    citation("feder-2014-ptsd", title="Ketamine for chronic PTSD", doi="10.1000/feder", pmid="24740528")
    citation("other-2020", title="Ketamine for pain", live=False)
    address = reverse(Citation.snippet_viewset.chooser_viewset.get_url_name("choose_results"))
    for words in ("ketamine ptsd", "FEDER-2014", "10.1000/feder", "24740528"):
        text = client.get(address, {"q": words}).content.decode()
        assert "chronic PTSD" in text and "for pain" not in text, words
    assert "for pain" in client.get(address, {"q": "ketamine"}).content.decode()
    assert "no " in client.get(address, {"q": "zzz"}).content.decode().lower()


def test_the_chooser_hands_back_what_stands_in_text(client: Client, clinician: User) -> None:
    one = citation(status="retracted", status_date="2017-08-28")
    chooser = Citation.snippet_viewset.chooser_viewset
    answer = json.loads(client.get(reverse(chooser.get_url_name("chosen"), args=[one.pk])).content)
    assert answer["result"]["short_name"] == "Feder 2014" and answer["result"]["status"] == "Retracted"


def test_topics_are_kept_here_too(client: Client, clinician: User) -> None:
    from research.models import Topic

    address = reverse(Topic.snippet_viewset.get_url_name("list"))
    depression = topic("depression")
    topic("trd", parent=depression)
    citation(topics={"depression": "benefit"})
    html = client.get(address).content.decode()
    assert "TRD" in html
    assert f'href="{_url("list")}?topic={depression.pk}"' in html  # its records, one click away


def test_a_name_writes_the_address_of_what_is_new_alone(client: Client, clinician: User) -> None:
    from research.models import Topic

    known = topic("depression")
    for address, writes in (
        (reverse(Topic.snippet_viewset.get_url_name("add")), True),
        (reverse(Topic.snippet_viewset.get_url_name("edit"), args=[known.pk]), False),
    ):
        assert ("w-sync#apply" in client.get(address).content.decode()) is writes


PARTS = st.text(st.characters(whitelist_categories=("Lu", "Ll"), max_codepoint=0x24F), min_size=1, max_size=8)


@given(st.lists(st.tuples(PARTS.map(str.capitalize), PARTS.map(str.capitalize)), max_size=6))
def test_lines_and_names_are_inverse(pairs: list[tuple[str, str]]) -> None:
    names: list[Any] = [{"family": family, "given": given} for family, given in pairs]
    assert from_lines(as_lines(names)) == names


@given(st.text(max_size=200))
def test_any_text_becomes_names(text: str) -> None:
    names = from_lines(text)
    assert from_lines(as_lines(names)) == from_lines(as_lines(from_lines(as_lines(names))))


def test_publishing_says_that_nobody_sees_what_nobody_confirmed(client: Client, clinician: User) -> None:
    one = citation("unconfirmed", verified_on=None)
    data = _form(client, _url("edit", one.pk), **{"action-publish": "1"})
    answer = client.post(_url("edit", one.pk), data, follow=True).content.decode()
    assert "nobody has confirmed it" in answer and "Not shown yet: nobody has confirmed it" in answer
    data = _form(client, _url("edit", one.pk), **{"confirm": "on", "action-publish": "1"})
    answer = client.post(_url("edit", one.pk), data, follow=True).content.decode()
    assert "nobody has confirmed it" not in answer and "Not shown yet: nobody has confirmed it" not in answer


def test_retracting_lists_the_affected_pages_at_once(client: Client, clinician: User) -> None:
    one = citation("feder-2014-ptsd")
    page = condition_page(title="PTSD <b>", live=False)
    fact(page, "Symptoms were lower.", one)
    page.save_revision().publish()
    data = _form(client, _url("edit", one.pk), status="retracted", status_date="2026-08-28", **{"action-publish": "1"})
    answer = client.post(_url("edit", one.pk), data, follow=True).content.decode()
    assert "is now marked “Retracted”. One page uses it" in answer
    assert "PTSD &lt;b&gt;" in answer
