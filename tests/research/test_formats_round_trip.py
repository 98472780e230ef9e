"""What goes out in a format comes in again: every field that the format has."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from research.formats.csl import authors_truncated
from research.formats.kinds import kind_of
from tests.research.records import READ, clean_bibliography, read, written

NOT_IN_NBIB = {"id", "URL", "accessed", "note", "publisher-place"}

EVERYTHING: dict[str, Any] = {
    "id": "full-2021",
    "type": "article-journal",
    "title": "Ketamine & “relapse”: 50% of α-blocked, p < 0.05; 5_x {sic}",
    "author": [
        {"family": "van Beethoven", "given": "Ludwig"},
        {"literal": "Yale, Harvard, and Others Group"},
        {"family": "Smith", "given": "John", "suffix": "Jr"},
        {"family": "O'Neil-Çelik", "given": "Ana María"},
        {"literal": "WHO"},
    ],
    "editor": [{"family": "Editor", "given": "Ann"}],
    "container-title": "Journal of Pain & Mood",
    "container-title-short": "J Pain Mood",
    "publisher": "A Press",
    "publisher-place": "Oslo",
    "issued": {"date-parts": [[2021, 3, 9]]},
    "accessed": {"date-parts": [[2024, 1, 2]]},
    "volume": "12",
    "issue": "3 Suppl 1",
    "page": "e1002345",
    "DOI": "10.1000/full_1",
    "PMID": "123456",
    "PMCID": "PMC123",
    "ISSN": "1234-5679",
    "URL": "https://example.org/a_b?x=1&y=2%20z#z",
    "language": "fr",
    "abstract": "First with 5% & p<0.05. Second line.",
    "keyword": "pain; mood",
    "note": "a note",
    "custom": {"nct_id": "NCT00579085", "authors_complete": False},
}


@pytest.mark.parametrize("name", READ)
def test_all_43_records_come_in_and_go_out_without_losing_a_field(name: str) -> None:
    before = clean_bibliography()
    out = written(name, before)
    records = read(name, out.encode())
    assert len(records) == 43
    assert not [problem for record in records for problem in record.problems]
    for item, record in zip(before, records, strict=True):
        missing = NOT_IN_NBIB if name == "nbib" else set()
        expected = {key: value for key, value in item.items() if key not in missing | {"custom"}}
        found = {key: value for key, value in record.item.items() if key != "custom"}
        assert found == expected
        assert kind_of(record.item) == kind_of(item)
        assert authors_truncated(record.item) == authors_truncated(item)
        if name == "csl-json":
            assert record.item["custom"] == item["custom"]
    assert written(name, [record.item for record in records]) == out or name == "csl-json"


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"issued": {"date-parts": [[2021]]}},
        {"issued": {"date-parts": [[2021, 3]]}},
        {"issued": {"date-parts": [[2021]], "season": "1"}},
        {"page": "S12-S19"},
        {"page": "127"},
        {"custom": {"nct_id": "NCT00579085"}},
        {"PMID": ""},
        {"type": "article", "container-title": "medRxiv", "volume": "", "issue": "", "custom": {}},
        {"type": "chapter", "ISBN": "9780195176339", "ISSN": "", "issue": "", "container-title-short": ""},
        {"type": "webpage", "container-title-short": "", "volume": "", "issue": "", "page": "", "custom": {}},
    ],
    ids=str,
)
def test_every_field_that_a_format_has_comes_back(name: str, changed: dict[str, Any]) -> None:
    """Beyond what the bibliography holds: bodies among people, suffixes, days, seasons, e-ids, trial numbers."""
    item = {key: value for key, value in (EVERYTHING | changed).items() if value}
    (record,) = read(name, written(name, [item]).encode())
    missing = NOT_IN_NBIB if name == "nbib" else set()
    expected = {key: value for key, value in item.items() if key not in missing | {"custom"}}
    assert {key: value for key, value in record.item.items() if key != "custom"} == expected
    assert kind_of(record.item) == kind_of(item)
    assert authors_truncated(record.item) == authors_truncated(item)
    assert record.item.get("custom", {}).get("nct_id") == item.get("custom", {}).get("nct_id")
    assert not record.problems


@pytest.mark.parametrize("name", READ)
def test_particles_stay_in_the_name_where_a_format_has_no_place_for_them(name: str) -> None:
    beethoven = {"family": "Beethoven", "given": "Ludwig", "non-dropping-particle": "van"}
    (record,) = read(name, written(name, [EVERYTHING | {"author": [beethoven]}]))
    kept = {"family": "van Beethoven", "given": "Ludwig"}
    assert record.item["author"] == [beethoven if name == "csl-json" else kept]


printable = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="<>&\ue000\ufeff"), min_size=1, max_size=30
)
words = printable.map(lambda text: " ".join(text.split())).filter(lambda text: text.strip(" .,;{}") == text != "")
days = st.dates(date(1800, 1, 1), date(2099, 1, 1))
plain_words = st.from_regex(r"[A-Z][a-zåéöñ]{1,9}(-[A-Z][a-z]{1,5})?", fullmatch=True)
people = st.fixed_dictionaries({"family": plain_words, "given": plain_words})
bodies = st.fixed_dictionaries({"literal": st.builds("{} and {}, Group".format, plain_words, plain_words)})


@settings(max_examples=80)
@example("bibtex", {"type": "article-journal", "title": "0}0", "author": [], "container-title": "0"})
@example("bibtex", {"type": "article-journal", "title": "0{0 \\{ {x ^ ~y", "author": []})
@given(
    st.sampled_from(READ),
    st.fixed_dictionaries(
        {"type": st.just("article-journal"), "title": words, "author": st.lists(people, max_size=4)},
        optional={
            "container-title": words,
            "volume": plain_words,
            "issued": days.map(lambda day: {"date-parts": [[day.year, day.month, day.day]]}),
            "editor": st.lists(bodies, min_size=1, max_size=2),
        },
    ),
)  # fmt: skip
def test_what_goes_out_comes_in(name: str, item: Any) -> None:
    if name == "nbib":
        item.pop("editor", None)  # PubMed has no field for a body as editor
    source = json.dumps([item], ensure_ascii=False)
    (clean,) = read("csl-json", source)
    (record,) = read(name, written(name, [clean.item]))
    found = {key: value for key, value in record.item.items() if key not in {"custom", "id"}}
    assert found == {key: value for key, value in clean.item.items() if key not in {"custom", "id"}}
