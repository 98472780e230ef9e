"""Search: what is read from the box, what is found, and what nobody must ever find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from wagtail.contrib.search_promotions.models import Query, QueryDailyHits, SearchPromotion
from wagtail.models import Locale, Page, PageViewRestriction, Site

from pages.models import ConditionFact, ConditionQuestion, Person, StandardPage
from pages.search.counting import count
from pages.search.fulltext import fts5, tsquery
from pages.search.reading import cleaned, read, stem
from pages.search.results import PAGES, PEOPLE, RESEARCH, Results, find, shown
from pages.search.snippets import pattern, snippet
from tests.research.builders import citation, condition_page, home_page, topic

PTSD = ["PTSD", "post-traumatic stress disorder", "trauma"]

# --- Reading ----------------------------------------------------------------------------------------------------


def test_a_name_and_its_abbreviation_stand_for_each_other() -> None:
    short, long = read("ptsd", [PTSD]), read("Post-Traumatic stress disorder", [PTSD])
    assert short.groups == long.groups
    assert short.groups[0] == {("ptsd",), ("post", "traumatic", "stress", "disorder"), ("trauma",)}


def test_abbreviations_of_treatments_need_no_topic() -> None:
    assert ("electroconvulsive", "therapy") in read("ECT").groups[0]
    assert ("iv",) in read("intravenous").groups[0]


def test_the_longest_name_is_read_first() -> None:
    names = [["Depression", "MDD"], ["Treatment-resistant depression", "TRD"]]
    groups = read("treatment-resistant depression sleep", names).groups
    assert [("trd",) in group for group in groups] == [True, False]
    assert groups[1] == {("sleep",)}


def test_small_words_count_only_when_there_is_nothing_else() -> None:
    assert read("Does ketamine help with pain?").groups == ({("ketamine",)}, {("pain",)})
    assert read("what is it").groups == ({("what",)}, {("is",)}, {("it",)})


@pytest.mark.parametrize(
    ("word", "expected"),
    [("depression", "depress"), ("depressed", "depress"), ("infusions", "infus"), ("treatment", "treat"), ("iv", "iv")],
)
def test_forms_of_a_word_share_a_stem(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_the_box_keeps_what_was_typed_in_one_safe_line() -> None:
    assert cleaned("  pain\x00 and\n\u202esleep\u200b ") == "pain and sleep"
    assert len(cleaned("x" * 10_000)) == 200


def test_no_operator_survives() -> None:
    groups = read('") OR (title:* NEAR(a b) -x ^"').groups
    assert groups == ({("title",)}, {("near",)}, {("a",)}, {("b",)}, {("x",)})
    assert fts5(read("a* OR b").groups) == '{title body} : (("a") AND ("b"))'
    assert tsquery(read("a:* | !b & 'c").groups) == "((a)) & ((b)) & ((c))"


@pytest.mark.parametrize(
    ("text", "urgent"),
    [("suicidal thoughts", True), ("I want to kill myself", True), ("self-harm", True), ("pain", False)],
)
def test_words_of_danger_are_noticed(text: str, urgent: bool) -> None:
    assert read(text).is_urgent is urgent


# --- Snippets ---------------------------------------------------------------------------------------------------


def test_a_snippet_marks_the_match_and_escapes_everything_else() -> None:
    text = "word " * 60 + "<script>alert(1)</script> depressed & tired " + "more " * 80
    found = snippet(text, pattern(read("depression").groups))
    assert "<mark>depressed</mark> &amp; tired" in found
    assert "<script>" not in found and "&lt;script&gt;" in found
    assert found.startswith("… ") and found.endswith(" …") and len(found) < 330


def test_a_snippet_marks_the_long_name_for_the_short_one() -> None:
    found = snippet("Signs of post-traumatic stress disorder", pattern(read("PTSD", [PTSD]).groups))
    assert found == "Signs of <mark>post-traumatic stress disorder</mark>"


def test_lines_of_the_index_are_told_apart() -> None:
    assert snippet("Here it ends.\n\nWhat it is\n  A   condition", None) == "Here it ends. · What it is · A condition"


# --- Finding ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small_site(module_transaction: None) -> None:
    """Two conditions and two studies, in the index; made once for the module."""
    topic("ptsd", name="PTSD", synonyms="post-traumatic stress disorder\ntrauma")
    topic("depression", name="Depression", synonyms="MDD\nmajor depressive disorder")
    home_page()
    page = condition_page("ptsd", title="PTSD", summary="After something terrible, body and mind stay on guard.")
    ConditionFact.objects.create(page=page, statement="Symptoms were lower a day after ketamine.")
    ConditionFact.objects.create(page=page, statement="The word drafty stands in a draft fact.", draft=True)
    ConditionQuestion.objects.create(page=page, question="Can I drive home?", answer="<p>No. Bring a companion.</p>")
    condition_page("depression", title="Depression", summary="More than sadness. Often comes with trauma.")
    citation(
        "feder-2014-ptsd", headline="", title="Efficacy of intravenous ketamine for post-traumatic stress disorder"
    )
    citation("phelps-2009", title="Family history of alcohol dependence", headline="Mood after one infusion")
    call_command("update_index", verbosity=0)


@pytest.fixture
def library(small_site: None, db: None) -> Callable[[str], Results]:
    """The small site; returns a function that searches it, with what a test has added."""

    def search(text: str) -> Results:
        call_command("update_index", verbosity=0)
        return find(text, Site.objects.get(is_default_site=True))

    return search


def titles(results: Results, kind: str = "") -> list[str]:
    return [found.title for found in results.of(kind)]


def test_pages_and_research_come_in_one_list_best_first(library: Callable[[str], Results]) -> None:
    results = library("ptsd")
    assert titles(results) == [
        "PTSD",
        "Efficacy of intravenous ketamine for post-traumatic stress disorder",
        "Depression",
    ]
    assert titles(results, RESEARCH) == titles(results)[1:2]
    assert titles(results, PAGES) == ["PTSD", "Depression"]


def test_what_most_of_the_library_is_about_the_clinics_own_pages_explain_first(
    library: Callable[[str], Results],
) -> None:
    for number in range(10):
        citation(f"trial-{number}", headline="", title=f"Ketamine, trial {number}")
    assert titles(library("ketamine"))[-1] != "PTSD"
    citation("trial-10", headline="", title="Ketamine, trial 10")
    results = library("ketamine")
    assert titles(results)[0] == "PTSD" and len(titles(results, RESEARCH)) == 12
    assert titles(library("trial 7"))[0] == "Ketamine, trial 7", "words that tell studies apart still do"


@pytest.mark.parametrize("text", ["post traumatic stress disorder", "Trauma", "PTSD", "ptsd?", "what is PTSD"])
def test_every_name_finds_the_same(library: Callable[[str], Results], text: str) -> None:
    assert titles(library(text)) == titles(library("ptsd"))


def test_an_abbreviation_finds_its_long_form_and_back(library: Callable[[str], Results]) -> None:
    assert titles(library("IV ketamine")) == ["Efficacy of intravenous ketamine for post-traumatic stress disorder"]


def test_a_treatment_is_no_other_name_of_what_it_treats(library: Callable[[str], Results]) -> None:
    condition_page("sleep", title="Sleep", summary="After ECT some people sleep better.")
    assert titles(library("electroconvulsive therapy")) == ["Sleep"]


def test_other_forms_of_a_word_are_found(library: Callable[[str], Results]) -> None:
    assert "Depression" in titles(library("depressed"))
    assert titles(library("moods")) == ["Mood after one infusion"]


def test_rows_are_found_and_shown_but_never_drafts(library: Callable[[str], Results]) -> None:
    results = library("companion")
    assert titles(results) == ["PTSD"]
    assert "<mark>companion</mark>" in shown(results.found, results.reading)[0].snippet
    assert titles(library("drafty")) == []


def test_only_what_anyone_may_read_is_found(library: Callable[[str], Results]) -> None:
    condition_page("canary-draft", title="Canary draft", live=False)
    private = condition_page("canary-private", title="Canary private")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    citation("canary-unverified", title="Canary unverified", verified_on=None)
    citation("canary-withheld", title="Canary withheld", withheld=True)
    citation("canary-not-live", title="Canary not live", live=False)
    elsewhere = Page.objects.get(depth=1).add_child(instance=StandardPage(title="Canary elsewhere", slug="elsewhere"))
    assert elsewhere.live
    assert titles(library("canary")) == []


def test_a_draft_change_of_a_live_page_is_not_found(library: Callable[[str], Results]) -> None:
    page = condition_page("ocd", title="OCD")
    page.summary = "The word canary is only in a draft."
    page.save_revision()
    assert titles(library("canary")) == []


def somebody(name: str, **fields: Any) -> Person:
    return Person.objects.create(name=name, slug=name.split()[0].lower(), **{"role": "Infusion nurse"} | fields)


def test_people_are_found_by_name_role_and_biography(library: Callable[[str], Results]) -> None:
    somebody("Rae Zebra", credentials="RN", licences="Nevada", biography="Rae grew up with trauma <care>.")
    for words in ("rae", "Rae Zebra", "infusion nurses", "RN zebra", "nevada"):
        assert titles(library(words), PEOPLE) == ["Rae Zebra"], words
    results = library("trauma")
    assert "PTSD" in titles(results, PAGES)
    (hit,) = shown(results.of(PEOPLE), results.reading)
    assert (hit.title, hit.href, hit.note) == ("Rae Zebra, RN", "/people/rae/", "Infusion nurse")
    assert hit.snippet == "Nevada · Rae grew up with <mark>trauma</mark> &lt;care&gt;."


def test_whoever_is_asked_for_by_name_comes_first(library: Callable[[str], Results]) -> None:
    somebody("Rae Zebra")
    condition_page("zebra", title="Rae Zebra and other stripes", summary="Rae Zebra. " * 20)
    assert titles(library("rae zebra"))[0] == "Rae Zebra"


def test_a_slip_in_a_name_is_answered_with_the_name(library: Callable[[str], Results]) -> None:
    somebody("Rae Zebra")
    assert library("zebar").suggestions == ["zebra"]


def test_people_off_the_team_page_are_not_found(library: Callable[[str], Results]) -> None:
    person = somebody("Canary Person", on_team_page=False)
    assert titles(library("canary")) == []
    person.on_team_page = True
    person.save()
    site = Site.objects.get(is_default_site=True)
    assert titles(find("canary", site)) == ["Canary Person"], "saving a person indexes them"
    person.delete()
    assert titles(find("canary", site)) == []


def test_a_slip_of_the_keyboard_is_answered_with_a_word_that_finds_something(
    library: Callable[[str], Results],
) -> None:
    results = library("dapression")
    assert not results.found
    assert results.suggestions[0] == "depression"
    assert library("qqqqqqq").suggestions == []


def test_without_a_full_match_the_nearest_is_shown_and_said_so(library: Callable[[str], Results]) -> None:
    results = library("trauma zebra")
    assert results.loosely
    assert "PTSD" in titles(results)


HOSTILE = {
    "empty": "",
    "nul": "\x00pain\x00",
    "quotes": "\"'\"\"pain' OR '1'='1",
    "fts": 'NEAR("pain" "sleep", 5) AND NOT title:* ^ { } - + OR',
    "tsquery": "!!& | <-> :* pain\\",
    "percent": "%s %(x)s 100% {0} {x}",
    "emoji": "😀🏥👩‍⚕️",
    "right to left": "\u202eاكتئاب\u202c שלום",
    "surrogate": "\udcff pain",
    "combining": "e\u0301" * 500,
    "10 kB": "pain " * 2000,
    "one long word": "x" * 10_000,
    "many words": " ".join(f"word{n}" for n in range(2000)),
    "markup": "<script>alert(1)</script>",
    "newlines": "a\r\nSet-Cookie: x=1",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_query_is_an_error(small_site: None, db: None, text: str) -> None:
    results = find(text, Site.objects.get(is_default_site=True))
    shown(results.found, results.reading)


def test_the_number_of_queries_does_not_grow(
    library: Callable[[str], Results], django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        condition_page(f"pain-{number}", title=f"Pain {number}")
        somebody(f"Pain{number} Nurse", biography="Knows pain.")
        citation(f"pain-{number}", title=f"A trial of pain {number}")
    library("warm up")
    site = Site.objects.select_related("root_page").get(is_default_site=True)
    with django_assert_max_num_queries(12):
        results = find("pain", site)
        assert len(shown(results.found[:20], results.reading)) == 20


def test_publishing_makes_a_change_findable(db: None) -> None:
    page = condition_page("ocd", title="OCD")
    page.questions = [ConditionQuestion(question="Does a zebra stand in a new question?", answer="<p>Yes.</p>")]
    page.summary = "A giraffe stands in the summary."
    page.save_revision().publish()
    site = Site.objects.get(is_default_site=True)
    assert titles(find("giraffe", site)) == ["OCD"]
    assert titles(find("zebra", site)) == ["OCD"]


# --- The page ---------------------------------------------------------------------------------------------------


def test_the_page_keeps_the_words_and_marks_them(library: Callable[[str], Results], client: Client) -> None:
    response = client.get("/search/", {"q": "trauma"})
    body = response.content.decode()
    assert response.status_code == 200
    assert 'value="trauma"' in body
    assert "Often comes with <mark>trauma</mark>" in body
    assert response["Cache-Control"] == "private, no-store"
    assert 'name="robots" content="noindex"' in body
    assert not response.cookies
    only = client.get("/search/", {"q": "trauma", "kind": "research"}).content.decode()
    assert "Often comes with" not in only
    somebody("Rae Zebra", biography="Trauma care.")
    people = client.get("/search/", {"q": "trauma", "kind": "people"})
    assert [str(hit.title) for hit in people.context["hits"]] == ["Rae Zebra"]
    assert [(choice.value, choice.count) for choice in people.context["kinds"]] == [
        ("", 4),
        ("pages", 2),
        ("research", 1),
        ("people", 1),
    ]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_address_is_an_error(library: Callable[[str], Results], client: Client, text: str) -> None:
    query = urlencode({"q": text.encode("utf-8", "surrogateescape"), "kind": text[:50].encode("utf-8", "replace")})
    response = client.get(f"/search/?{query}&page=-7&page=x")
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_crisis_help_comes_first_when_the_words_call_for_it(library: Callable[[str], Results], client: Client) -> None:
    body = client.get("/search/", {"q": "I want to kill myself"}).content.decode()
    assert 0 < body.index('class="crisis"') < body.index('class="finder"')


def test_what_editors_promote_comes_first_unless_it_is_not_public(
    library: Callable[[str], Results], client: Client
) -> None:
    page = condition_page("ocd", title="OCD")
    SearchPromotion.objects.create(query=Query.get("worry"), page=page, description="Start with this page.")
    assert "Start with this page." in client.get("/search/", {"q": " Worry "}).content.decode()
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert "Start with this page." not in client.get("/search/", {"q": "worry"}).content.decode()


def test_marketing_promotes_a_page_in_the_admin(library: Callable[[str], Results], client: Client) -> None:
    marketing = User.objects.create_user("marketing-test", "m@clinic.example", "a pass phrase for tests")
    marketing.groups.add(Group.objects.get(name="Marketing"))
    page = condition_page("ocd", title="OCD")
    editor = Client()
    editor.force_login(marketing)
    rows = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "1", "MAX_NUM_FORMS": "1000"}
    first = {"0-page": str(page.pk), "0-description": "Read this first.", "0-ORDER": "1"}
    fields = {f"editors_picks-{name}": value for name, value in (rows | first).items()}
    response = editor.post("/admin/searchpicks/add/", {"query_string": "Checking", **fields})
    assert response.status_code == 302
    assert "Read this first." in client.get("/search/", {"q": "checking"}).content.decode()


def test_a_language_without_pages_searches_the_sites_own(library: Callable[[str], Results], client: Client) -> None:
    Locale.objects.create(language_code="es")
    library("index everything")
    assert [str(hit.title) for hit in client.get("/es/search/", {"q": "companion"}).context["hits"]] == ["PTSD"]
    spanish = Locale.objects.get(language_code="es")
    home_page().copy_for_translation(spanish).save_revision().publish()
    assert client.get("/es/search/", {"q": "companion"}).context["hits"] == []


def test_results_come_in_pages(library: Callable[[str], Results], client: Client) -> None:
    for number in range(23):
        condition_page(f"zebra-{number}", title=f"Zebra {number:02}")
    library("index everything")
    pages = [client.get("/search/", {"q": "zebra", "page": str(number)}).context["hits"] for number in (1, 2, 3, 99)]
    assert [len(hits) for hits in pages] == [10, 10, 3, 3]
    assert len({hit.href for hits in pages[:3] for hit in hits}) == 23


# --- Counting ---------------------------------------------------------------------------------------------------


def test_what_was_found_is_counted_by_words_and_day_alone(library: Callable[[str], Results]) -> None:
    count(library("  PTSD "))
    count(library("ptsd"))
    assert [(hits.query.query_string, hits.hits) for hits in QueryDailyHits.objects.all()] == [("ptsd", 2)]
    kept = {field.name for model in (Query, QueryDailyHits) for field in model._meta.concrete_fields}
    assert kept == {"id", "query_string", "query", "date", "hits"}


@pytest.mark.parametrize(
    "text", ["zebra", "rae giraffe", "760 555 0142", "rae@example.org", "suicidal trauma", "trauma zebra"]
)
def test_private_matters_are_not_kept(library: Callable[[str], Results], text: str) -> None:
    somebody("Rae Giraffe")
    count(library(text))
    assert not Query.objects.exists()
