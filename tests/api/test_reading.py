"""What anyone reads: pages, conditions, research, and what stands around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django import Settings
from wagtail.contrib.redirects.models import Redirect
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale, Page, PageViewRestriction, Site

from pages.blocks import BODY_BLOCKS
from pages.models import ClinicDocument, ClinicImage, HeaderLink, HomePage, Navigation, Person, StandardPage
from research.models import Citation
from tests.api.world import CANARY, World

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]


def test_a_condition_comes_with_its_facts_and_their_sources(world: World, get: Get) -> None:
    page = get("conditions/ptsd/")
    assert page["type"] == "pages.ConditionPage"
    (fact,) = page["facts"]
    assert fact["statement"] == "Some people feel better within a day."
    assert fact["sources"][0] | {"locator": ""} == {
        "number": 1,
        "key": "feder-2014-ptsd",
        "stance": "supports",
        "stance_label": "Supports",
        "locator": "",
    }
    assert page["warning_signs"]["signs"] == ["Nightmares", "Feeling on guard"]
    assert page["warning_signs"]["act_now"] == "Call 988."
    assert page["questions"][0]["question"] == "Does it last?"
    assert page["review"]["reviewer"]["name"] == "Rae Example"
    assert [topic["slug"] for topic in page["topics"]] == ["ptsd"]


def test_references_are_numbered_by_first_use_and_inline_sources_point_to_them(world: World, get: Get) -> None:
    page = get("conditions/ptsd/")
    assert [reference["number"] for reference in page["references"]] == [1, 2, 3]
    assert page["references"][0]["key"] == "feder-2014-ptsd"
    assert page["references"][0]["ama_text"].startswith("Feder A.")
    assert 'href="#source-2"' in page["how_it_may_work"]
    assert page["references"][1]["key"] == "abbar-2022-si"
    assert "linktype" not in page["how_it_may_work"]


def test_the_evidence_counts_what_was_found(world: World, get: Get) -> None:
    evidence = get("conditions/ptsd/")["evidence"]
    assert evidence["citations"] == ["abdallah-2022-veterans-ptsd", "feder-2014-ptsd"]
    assert {row["finding"]["value"]: row["studies"] for row in evidence["findings"]} == {"benefit": 1, "no-benefit": 1}


def test_a_condition_is_the_same_by_slug_by_number_and_by_path(world: World, get: Get) -> None:
    by_slug = get("conditions/ptsd/")
    assert get(f"pages/{world.ptsd.pk}/") == by_slug
    assert get("pages/find/?html_path=/conditions/ptsd/") == by_slug
    assert get("pages/find/?html_path=conditions/ptsd") == by_slug


def test_the_home_page_is_found_at_the_root(world: World, get: Get) -> None:
    page = get("pages/find/?html_path=/")
    assert page["id"] == world.home.pk
    assert page["cards"][0]["balance"] == "Not everyone does."


def test_streams_are_typed_and_their_html_is_clean(world: World, get: Get) -> None:
    heading, text = get(f"pages/{world.standard.pk}/")["body"]
    assert heading["type"] == "heading"
    assert heading["value"] == "Before you come"
    assert text["type"] == "text"
    assert "<b>well</b>" in text["value"]
    assert "script" not in text["value"]
    assert 'href="http://localhost/"' in text["value"]
    assert 'href="#source-1"' in text["value"]


def test_every_block_is_given(world: World, get: Get) -> None:
    image = ClinicImage(title="Room", description="A bright room", file=get_test_image_file())
    image.save()
    document = ClinicDocument.objects.create(title="Pack", file=ContentFile(b"%PDF-1.4", name="pack.pdf"))
    values: dict[str, Any] = {
        name: block.get_prep_value(block.normalize(block.get_preview_value())) for name, block in BODY_BLOCKS
    }
    values["image"] = {"image": image.pk, "alt_text": "Two chairs", "caption": "The room"}
    values["document"] = {"document": document.pk, "text": "Take it with you"}
    world.standard.body = [{"type": name, "value": value} for name, value in values.items()]
    world.standard.save()
    blocks = {block["type"]: block["value"] for block in get(f"pages/{world.standard.pk}/")["body"]}
    assert list(blocks) == [name for name, _block in BODY_BLOCKS]
    assert blocks["image"]["image"]["alt"] == "A bright room"
    assert blocks["document"]["document"]["title"] == "Pack"
    table = blocks["table"]
    assert table["columns"]
    assert {len(row["values"]) for row in table["rows"]} == {len(table["columns"])}
    (listed,) = get("pages/?type=pages.StandardPage&fields=body")["items"]
    assert [block["type"] for block in listed["body"]] == list(blocks)


def test_links_are_relative_or_of_another_front_end_by_setting(world: World, get: Get, settings: Settings) -> None:
    settings.API_LINKS = "relative"
    page = get(f"pages/{world.standard.pk}/")
    assert page["meta"]["html_url"] == "/what-to-expect/"
    assert 'href="/"' in page["body"][1]["value"]
    settings.API_LINKS = "https://www.example"
    page = get(f"pages/{world.standard.pk}/")
    assert page["meta"]["html_url"] == "https://www.example/what-to-expect/"
    assert 'href="https://www.example/"' in page["body"][1]["value"]


def test_a_list_gives_the_fields_asked_for(world: World, get: Get) -> None:
    plain = get("pages/?type=pages.StandardPage")
    assert [item["title"] for item in plain["items"]] == ["What to expect"]
    assert "summary" not in plain["items"][0]
    assert get("pages/?type=pages.StandardPage&fields=summary")["items"][0]["summary"] == "The day itself."
    everything = get("pages/?fields=*")
    (condition,) = [item for item in everything["items"] if item["type"] == "pages.ConditionPage"]
    assert condition["facts"][0]["sources"][0]["key"] == "feder-2014-ptsd"
    assert "references" not in condition


def test_a_field_that_no_page_has_is_named_with_the_right_ones(world: World, get: Get) -> None:
    (error,) = get("pages/?type=pages.StandardPage&fields=sumary", 422)["errors"]
    assert error["loc"] == ["query", "fields"]
    assert "summary" in error["msg"]


def test_an_unknown_parameter_is_named_with_the_right_ones(world: World, get: Get) -> None:
    problem = get("research/citations/?topics=ptsd", 422)
    (error,) = problem["errors"]
    assert error["loc"] == ["query", "topics"]
    assert "Did you mean topic?" in error["msg"]
    get("site/?utm_source=mail", 422)


def test_lists_come_in_pages_with_total_and_next(world: World, get: Get) -> None:
    first = get("research/citations/?limit=2&order=key")
    assert first["count"] == 5
    assert first["previous"] is None
    second = get(first["next"].partition("/api/v3/")[2])
    third = get(second["next"].partition("/api/v3/")[2])
    assert third["next"] is None
    keys = [item["key"] for page in (first, second, third) for item in page["items"]]
    assert keys == sorted(keys)
    assert len(keys) == 5
    assert get("research/citations/?offset=100")["items"] == []


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("topic=ptsd&finding=benefit", ["feder-2014-ptsd"]),
        ("topic=depression", ["abbar-2022-si", "feder-2014-ptsd", "larkin-2011-ed"]),
        ("kind=news", ["mice-2019"]),
        ("research=false", ["mice-2019"]),
        ("year_from=2015&year_to=2020", ["mice-2019"]),
        ("min_sample_size=100", ["abdallah-2022-veterans-ptsd"]),
        ("status=retracted", ["larkin-2011-ed"]),
        ("key=mice-2019&key=feder-2014-ptsd", ["feder-2014-ptsd", "mice-2019"]),
        ("topic=no-such-topic", []),
        ("q=abdallah", ["abdallah-2022-veterans-ptsd"]),
        ("q=abdallah&topic=depression", []),
        ("q=nothing-holds-these-words", []),
        ("research=true&year_to=2019", ["feder-2014-ptsd", "larkin-2011-ed"]),
        ("finding=benefit&finding=mixed&study_design=rct&topic=ptsd", ["feder-2014-ptsd"]),
        ("open_access=true", []),
    ],
)
def test_citations_are_filtered(world: World, get: Get, query: str, keys: list[str]) -> None:
    assert sorted(item["key"] for item in get(f"research/citations/?{query}")["items"]) == keys


def test_a_citation_comes_as_csl_and_as_reference(world: World, get: Get) -> None:
    record = get("research/citations/feder-2014-ptsd/")
    assert record["csl"]["DOI"] == "10.1001/jamapsychiatry.2014.62"
    assert record["csl"]["type"] == "article-journal"
    assert "note" not in record["csl"]
    assert "<i>JAMA Psychiatry</i>" in record["ama_html"]
    assert [(link["topic"]["slug"], link["finding"]) for link in record["topics"]] == [
        ("ptsd", "benefit"),
        ("depression", "mixed"),
    ]
    assert [relation["citation"] for relation in record["relations"]] == ["abdallah-2022-veterans-ptsd"]


def test_a_condition_that_stops_being_public_is_not_found(world: World, get: Get) -> None:
    index = world.ptsd.get_parent()
    get("conditions/ptsd/")
    restriction = PageViewRestriction.objects.create(page=index, restriction_type="login")
    get("conditions/ptsd/", 404)
    restriction.delete()
    get("conditions/ptsd/")
    world.ptsd.unpublish()
    get("conditions/ptsd/", 404)


def test_a_retracted_citation_says_so(world: World, get: Get) -> None:
    record = get("research/citations/larkin-2011-ed/")
    assert record["status"]["value"] == "retracted"
    assert record["stands"] is False


def test_lists_expand_when_asked(world: World, get: Get) -> None:
    (item,) = get("research/citations/?key=feder-2014-ptsd")["items"]
    assert "csl" not in item
    (item,) = get("research/citations/?key=feder-2014-ptsd&expand=csl&expand=relations")["items"]
    assert item["csl"]["id"] == "feder-2014-ptsd"
    assert item["relations"][0]["kind"] == "same-trial"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *(("ris", "DO  - 10.1001"), ("bibtex", "doi = {10.1001"), ("nbib", "PMID- 24740528")),
        *(("csl-json", '"DOI"'), ("ama", "1. Feder A.")),
    ],
)
def test_the_library_is_exported_as_filtered(world: World, client: Client, name: str, words: str) -> None:
    response = client.get(f"/api/v3/research/export/?format={name}&key=feder-2014-ptsd")
    body = b"".join(response).decode()
    assert response.status_code == 200
    assert words in body
    assert CANARY not in body
    assert client.get(f"/api/v3/research/export/?format={name}x").status_code == 422


def test_topics_count_each_record_once(world: World, get: Get) -> None:
    topics = {item["slug"]: item for item in get("research/topics/")["items"]}
    assert topics["depression"]["citation_count"] == 3
    assert topics["suicidal-thoughts"]["parent"] == "depression"
    detail = get("research/topics/ptsd/")
    assert detail["introduction"] == "<p>What studies <b>found</b>.</p>"
    assert detail["condition_pages"] == ["ptsd"]
    assert [child["slug"] for child in get("research/topics/depression/")["children"]] == ["suicidal-thoughts"]


def test_a_record_under_a_condition_and_its_sub_topic_counts_once(world: World, get: Get) -> None:
    record = Citation.objects.get(key="feder-2014-ptsd")
    record.topics.create(topic=world.topic.__class__.objects.get(slug="suicidal-thoughts"), finding="benefit")
    assert get("research/topics/depression/")["citation_count"] == 3


def test_the_site_always_has_a_crisis_line(world: World, get: Get) -> None:
    site = get("site/")
    assert site["name"] == "Juniper Row Clinic"
    assert site["crisis"]["lines"][0]["phone"] == "988"
    assert site["crisis"]["lines"][0]["call_href"] == "tel:988"
    assert site["navigation"]["header"][0]["text"] == "Home"
    assert site["theme"]["light"]["brand"].startswith("#")
    assert site["hours"][0]["opens"] == "08:00"


def test_the_team_comes_in_its_order_with_photos(world: World, get: Get) -> None:
    photo = ClinicImage(title="Sam", description="Sam Sample", file=get_test_image_file(size=(640, 800)))
    photo.save()
    Person.objects.create(name="Sam Sample", slug="sam", role="Nurse", photo=photo, sort_order=0)
    Person.objects.filter(slug="rae").update(sort_order=1)
    Person.objects.create(name=CANARY, slug="hidden", role="Reviewer", on_team_page=False)
    team = get("people/")["items"]
    assert [one["name"] for one in team] == ["Sam Sample", "Rae Example"]
    assert [source["type"] for source in team[0]["photo"]["sources"]] == ["image/avif", "image/webp", "image/jpeg"]
    assert team[1]["credentials"] == "MD"
    assert team[1]["html_url"].startswith("http://localhost/")


def test_eligibility_gives_the_criteria_in_use(world: World, get: Get) -> None:
    lists = get("eligibility/")
    assert [one["key"] for one in lists["inclusion"]] == ["ptsd"]
    assert [one["key"] for one in lists["exclusion"]] == ["current-mania"]
    assert lists["version"]


def test_a_picture_whose_file_is_gone_takes_nothing_else_with_it(world: World, get: Get) -> None:
    gone = ClinicImage.objects.create(title="Gone", description="Two chairs", file=get_test_image_file("gone.png"))
    there = ClinicImage.objects.create(title="There", description="A lamp", file=get_test_image_file("there.png"))
    gone.file.storage.delete(gone.file.name)
    by_title = {one["title"]: one for one in get("images/")["items"]}
    assert (by_title["Gone"]["alt"], by_title["Gone"]["sources"]) == ("Two chairs", [])
    assert by_title["Gone"]["src"].endswith(gone.file.url)
    assert len(by_title["There"]["sources"]) == 3
    world.standard.body = [
        {"type": "image", "value": {"image": one.pk, "alt_text": "", "caption": ""}} for one in (gone, there)
    ]
    world.standard.save()
    shown = [block["value"]["image"]["alt"] for block in get(f"pages/{world.standard.pk}/")["body"]]
    assert shown == ["Two chairs", "A lamp"]


def test_a_slug_may_have_letters_beyond_ascii(world: World, get: Get) -> None:
    world.ptsd.slug = "depresión"
    world.ptsd.save_revision().publish()
    page = get("conditions/depresión/")
    path = urlsplit(page["meta"]["html_url"]).path
    assert path == "/conditions/depresi%C3%B3n/"
    for asked in (path, "/conditions/depresión/"):  # as browsers give it, and as people write it
        assert get(f"pages/find/?{urlencode({'html_path': asked})}")["id"] == page["id"]


def test_what_stands_around_a_page_and_its_labels_come_in_the_language_asked_for(world: World, get: Get) -> None:
    spanish, _made = Locale.objects.get_or_create(language_code="es")
    page = world.ptsd.copy_for_translation(spanish, copy_parents=True)
    page.get_latest_revision().publish()
    Page.objects.filter(locale=spanish).update(live=True)
    navigation = Navigation.for_site(world.home.get_site())
    navigation.header_links = [HeaderLink(page=Page.objects.get(pk=world.ptsd.pk))]
    navigation.save()
    (link,) = get("site/?locale=es")["navigation"]["header"]
    assert urlsplit(link["href"]).path == "/es/conditions/ptsd/"
    assert get("site/?locale=es")["locale"] == "es"
    assert urlsplit(get("site/")["navigation"]["header"][0]["href"]).path == "/conditions/ptsd/"
    assert "'en' or 'es'" in get("site/?locale=tlh", 422)["errors"][0]["msg"]
    detail = get("conditions/ptsd/?locale=es")
    assert detail["facts"][0]["sources"][0]["stance_label"] == "Apoya"
    (item,) = get("conditions/?locale=es&fields=facts")["items"]
    assert item["facts"][0]["sources"][0]["stance_label"] == "Apoya"
    assert get("conditions/ptsd/")["facts"][0]["sources"][0]["stance_label"] == "Supports"


def test_redirects_to_hidden_pages_are_left_out(world: World, get: Get) -> None:
    Redirect.objects.create(old_path="/old", redirect_page=world.ptsd)
    Redirect.objects.create(old_path="/secret", redirect_page=world.draft)
    Redirect.objects.create(old_path="/away", redirect_link="https://elsewhere.example/")
    assert {item["from_path"]: item["to"] for item in get("redirects/")["items"]} == {
        "/away": "https://elsewhere.example/",
        "/old": "http://localhost/conditions/ptsd/",
    }
    assert get("redirects/?path=/old/")["count"] == 1


def test_search_finds_pages_and_research(world: World, get: Get) -> None:
    found = get("search/?q=ptsd")
    assert found["count"] == len(found["items"]) > 1
    assert any(item["html_url"] == "http://localhost/conditions/ptsd/" for item in found["items"])
    assert get("search/?q=want to die")["urgent"] is True


def test_search_finds_the_team_and_nobody_else(world: World, get: Get) -> None:
    Person.objects.create(name=f"Rae {CANARY}", slug="hidden", role="Reviewer", on_team_page=False)
    found = get("search/?q=rae&kind=people")
    assert [(item["title_html"], item["html_url"]) for item in found["items"]] == [
        ("<mark>Rae</mark> Example, MD", "http://localhost/people/rae/")
    ]
    assert found["kinds"][-1] == {"value": "people", "count": 1}


def test_the_sitemap_lists_what_search_engines_may_list(world: World, get: Get) -> None:
    world.standard.no_index = True
    world.standard.save()
    addresses = [item["html_url"] for item in get("sitemap/")["items"]]
    assert "http://localhost/conditions/ptsd/" in addresses
    assert "http://localhost/what-to-expect/" not in addresses


def test_case_14_another_sites_pages_are_given_under_its_own_name_alone(world: World, client: Client, get: Get) -> None:
    root = Page.get_first_root_node().add_child(
        instance=HomePage(title=CANARY, slug="another", promise=CANARY, lede=CANARY)
    )
    other = root.add_child(instance=StandardPage(title=CANARY, slug="its-own", summary=CANARY))
    Site.objects.create(hostname="another.example", root_page=root)
    Redirect.objects.create(old_path="/gone", redirect_page=other)
    for path in (
        "pages/?limit=100&fields=*",
        "sitemap/?limit=100",
        f"search/?q={CANARY}",
        "redirects/",
        "pages/?slug=its-own",
    ):
        body = client.get(f"/api/v3/{path}").content.decode()
        assert "its-own" not in body, path
    for path in (f"pages/{other.pk}/", "pages/find/?html_path=/its-own/", f"pages/?child_of={root.pk}"):
        get(path, 404)
    for path in (f"pages/{other.pk}/", f"pages/{root.pk}/"):
        assert client.get(f"/api/v2/{path}").status_code == 404


def test_documentation_is_served_from_this_site_alone(world: World, client: Client) -> None:
    page = client.get("/api/v3/docs/")
    assert page.status_code == 200
    assert b"//cdn" not in page.content
    assert b"https://" not in page.content
    assert b'"validatorUrl": null' in page.content


def test_documentation_can_be_closed(world: World, client: Client, settings: Settings) -> None:
    settings.WAGTAILAPI_DOCS_ENABLED = False
    assert client.get("/api/v3/docs/").status_code == 404
    assert client.get("/api/v3/openapi.json").status_code == 404
