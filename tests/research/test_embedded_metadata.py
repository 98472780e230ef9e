"""What a page holds so that Zotero and search engines read its references: COinS, Highwire tags, JSON-LD."""

import json
from urllib.parse import parse_qs, parse_qsl

from research.formats.ama import write
from research.formats.coins import context_object
from research.formats.highwire import meta_tags
from research.formats.schema_org import json_ld
from tests.research.library import bibliography, record


def test_coins_of_a_paper() -> None:
    pairs = parse_qs(context_object(record("sigtermans-2009-crps1")))
    assert pairs["ctx_ver"] == ["Z39.88-2004"]
    assert pairs["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:journal"]
    assert pairs["rft.jtitle"] == ["Pain"]
    assert (pairs["rft.spage"], pairs["rft.epage"], pairs["rft.date"]) == (["304"], ["311"], ["2009-10"])
    assert (pairs["rft.aulast"], pairs["rft.au"][1]) == (["Sigtermans"], "van Hilten, Jacobus J.")
    assert pairs["rft_id"] == ["info:doi/10.1016/j.pain.2009.06.023", "info:pmid/19604642"]


def test_coins_of_every_record_holds_its_title_and_nothing_executable() -> None:
    for item in bibliography():
        coins = context_object(item)
        assert item["title"] in [value for _key, value in parse_qsl(coins)]
        assert not set('<>"') & set(coins)


def test_coins_of_a_web_page() -> None:
    pairs = parse_qs(context_object(record("columbia-2017-ptsd-prevention")))
    assert pairs["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:dc"]
    assert pairs["rft.identifier"][0].startswith("http://newsroom.cumc.columbia.edu/")


def test_highwire_tags() -> None:
    tags = meta_tags(record("abbar-2022-suicidal-ideation"))
    assert ("citation_title", record("abbar-2022-suicidal-ideation")["title"]) in tags
    assert ("citation_publication_date", "2022/02/02") in tags
    assert ("citation_firstpage", "e067194") in tags
    assert ("citation_doi", "10.1136/bmj-2021-067194") in tags
    assert next(content for name, content in tags if name == "citation_author") == "Abbar, Mocrane"
    assert all(content for _name, content in tags)


def test_json_ld_of_a_paper() -> None:
    data = json_ld(record("feder-2014-ptsd"), "https://clinic.example/research/feder-2014-ptsd/")
    assert (data["@type"], data["datePublished"]) == ("ScholarlyArticle", "2014-06")
    assert data["isPartOf"]["issueNumber"] == "6"
    assert data["isPartOf"]["isPartOf"]["isPartOf"]["name"] == "JAMA Psychiatry"
    assert data["sameAs"][0] == "https://doi.org/10.1001/jamapsychiatry.2014.62"
    assert {"@type": "PropertyValue", "propertyID": "PMID", "value": "24740528"} in data["identifier"]
    assert (data["pageStart"], data["author"][0]["familyName"]) == ("681", "Feder")


def test_json_ld_of_other_kinds() -> None:
    assert json_ld(record("nimh-2016-metabolism"))["@type"] == "NewsArticle"
    assert json_ld(record("ocd-fresh-hope-unidentified"))["@type"]
    for item in bibliography():
        data = json_ld(item)
        assert data.get("headline", data.get("name")) == item["title"]
        assert json.dumps(data)


def test_ama_list_is_numbered() -> None:
    lines = "".join(write(bibliography())).splitlines()
    assert len(lines) == 43
    assert lines[13].startswith("14. Larkin GL, Beautrais AL. A preliminary")
