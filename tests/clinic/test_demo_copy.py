"""The demo's copy, read as data: sources exist, claims are balanced, words are fair. No database."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from clinic.demo import data
from clinic.demo.prose import SOURCE
from research.choices import Finding, Kind, Relation, Species, Stance, StudyDesign
from tests import addresses

BIBLIOGRAPHY = data.bibliography()
PLAIN: dict[str, dict[str, Any]] = data.read("citations_plain")
TOPICS = {t["slug"] for root in data.read("topics") for t in (root, *root.get("children", ()))}
# Hype, and words that hurt. "Safe" is fair only of people, never of a treatment.
BANNED = re.compile(
    r"\b(miracle|breakthrough|cures?|cured|reset|incredible|life-?saving|dramatic(ally)?|barbaric|addicts?|"
    r"commit(ted|s)? suicide|game.?chang\w+|revolutionary|guaranteed?|safely|perfectly safe|completely safe|"
    r"(is|are|as) safe (treatment|and effective)|suffer(s|ers|ing)? from)\b",
    re.IGNORECASE,
)


def texts(value: Any) -> Iterator[str]:
    """Every text in a data structure."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def claims() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every fact and value card with the address of its page."""
    for address, page in data.pages().items():
        for claim in (*page.get("facts", ()), *page.get("cards", ())):
            yield address, claim


def test_the_fixed_addresses_have_a_page() -> None:
    assert set(data.pages()) >= {*addresses.PAGES}


def test_the_library_holds_43_records_and_words_for_each() -> None:
    assert len(BIBLIOGRAPHY) == 43
    assert set(PLAIN) == set(BIBLIOGRAPHY)
    for key, words in PLAIN.items():
        assert words["headline"] and len(words["headline"]) <= 200, key
        assert words["finding"], key
        assert words["limits"], key
        assert words["design"] in StudyDesign.values, key
        assert words.get("species", "human") in Species.values, key
        assert set(words["topics"]) <= TOPICS, key
        assert set(words["topics"].values()) <= set(Finding.values), key
        assert BIBLIOGRAPHY[key]["custom"]["kind"] in Kind.values, key
        for relation in words.get("relations", ()):
            assert relation["kind"] in Relation.values and relation["to"] in BIBLIOGRAPHY, key


def test_records_nobody_confirmed_stay_drafts() -> None:
    for key, record in BIBLIOGRAPHY.items():
        identity = record["custom"]["identity"]
        assert data.is_identified(record) is (identity == "confirmed") or identity == "partly confirmed", key
    published = {key for key, record in BIBLIOGRAPHY.items() if data.is_identified(record)}
    assert {"correll-2004-crps", "kiefer-2008-crps"} <= published
    assert published.isdisjoint({"mcintyre-2020-crtce-effectiveness", "jcap-2018-adolescent-trd-release"})
    assert len(published) == 29


def test_negative_trials_are_filed_as_negative() -> None:
    assert PLAIN["bloch-2012-ocd"]["topics"]["ocd"] == Finding.NO_BENEFIT
    assert PLAIN["abdallah-2022-veterans-ptsd"]["topics"]["ptsd"] == Finding.NO_BENEFIT
    for address, claim in claims():
        for source in claim["sources"]:
            if source["key"] in ("bloch-2012-ocd", "abdallah-2022-veterans-ptsd"):
                assert source["stance"] in (Stance.MIXED, Stance.CONTRADICTS), (address, claim["statement"])


def test_every_source_named_is_in_the_library_and_may_be_shown() -> None:
    for name in ("topics", "clinic", "people"):
        assert not SOURCE.search(str(data.read(name)))
    for address, page in data.pages().items():
        for text in texts(page):
            for key in SOURCE.findall(text):
                assert data.is_identified(BIBLIOGRAPHY[key]), (address, key)
                assert "status" not in PLAIN[key], (address, key)
            assert "[[" not in SOURCE.sub("", text), (address, text)


def test_every_public_claim_has_a_supporting_source_that_stands() -> None:
    for address, claim in claims():
        if claim.get("draft"):
            continue
        supporting = [source["key"] for source in claim["sources"] if source["stance"] == Stance.SUPPORTS]
        assert supporting, (address, claim["statement"])
        for source in claim["sources"]:
            assert source["stance"] in Stance.values, (address, claim["statement"])
            assert data.is_identified(BIBLIOGRAPHY[source["key"]]), (address, source)
            assert "status" not in PLAIN[source["key"]], (address, source)


def test_facts_without_a_source_are_kept_as_drafts() -> None:
    drafts = [claim["statement"] for _address, claim in claims() if claim.get("draft")]
    for words in ("2014", "remission with their first antidepressant", "disability worldwide", "have depression"):
        assert any(words in statement for statement in drafts), words


def test_every_card_carries_its_balance_and_every_condition_its_regulatory_status() -> None:
    for address in ("/", "/research/"):
        cards = data.pages()[address]["cards"]
        assert len(cards) == 3
        assert all(card["balance"] for card in cards)
    for address, page in data.pages().items():
        if page["type"] == "condition":
            assert "off label" in page["regulatory_note"], address
            assert "anesthetic" in page["regulatory_note"], address
            assert "988" in page["act_now"] or "911" in page["act_now"], address


def test_the_gap_in_postpartum_research_is_said_openly() -> None:
    page = data.pages()["/conditions/postpartum-depression/"]
    assert "no trial" in page["summary"] + page["evidence_gap"]


@pytest.mark.parametrize("name", ["citations_plain", "topics", "clinic", "people", "eligibility", "forms"])
def test_words_are_fair_in_data(name: str) -> None:
    for text in texts(data.read(name)):
        assert not BANNED.search(text), BANNED.search(text)


def test_words_are_fair_on_pages() -> None:
    for address, page in data.pages().items():
        for text in texts(page):
            assert not BANNED.search(text), (address, BANNED.search(text))


def test_search_engines_get_unique_titles_and_fitting_descriptions() -> None:
    titles = [page["seo_title"] for page in data.pages().values()]
    assert len(set(titles)) == len(titles)
    for address, page in data.pages().items():
        assert len(page["seo_title"]) <= 70, address
        assert 50 <= len(page["search_description"]) <= 170, (address, len(page["search_description"]))


def test_submissions_are_plainly_fictional() -> None:
    for entry in data.read("submissions"):
        for text in texts(entry["answers"]):
            for phone in re.findall(r"\b\d{3}-\d{3}-\d{4}\b", text):
                assert re.fullmatch(r"\d{3}-555-01\d\d", phone), phone
            if "@" in text:
                assert text.endswith(".example"), text


def test_the_eligibility_lists_have_ten_and_seven_lines() -> None:
    lists = data.read("eligibility")
    assert (len(lists["inclusion"]), len(lists["exclusion"])) == (10, 7)
