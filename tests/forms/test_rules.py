"""The pure rules: identifiers, references, screening, crisis words, spreadsheet cells, the hash chain."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.building.screening import Screening, screen
from forms.intake.spreadsheets import csv_lines, safe_csv_cell, safe_text
from forms.receiving.crisis import mentions_crisis
from forms.receiving.identifiers import display_phone, normalise_npi, normalise_phone
from forms.receiving.references import ALPHABET, new_reference, normalise_reference
from forms.safekeeping import chain


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("760 555 0142", "+17605550142"),
        ("(760) 555-0142", "+17605550142"),
        ("+1 760.555.0142", "+17605550142"),
        ("1-760-555-0142", "+17605550142"),
        ("７６０ ５５５ ０１４２", "+17605550142"),
        ("760 555 0142 ext 12", "+17605550142;ext=12"),
        ("+44 20 7946 0018", "+442079460018"),
    ],
)
def test_phone_numbers_are_stored_in_e164(typed: str, stored: str) -> None:
    assert normalise_phone(typed) == stored


@pytest.mark.parametrize("typed", ["", "555 0142", "call me", "760 555 014", "76055501423", "+", "=1+1", "1" * 60])
def test_other_things_are_no_phone_numbers(typed: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        normalise_phone(typed)


def test_phone_numbers_are_shown_as_people_read_them() -> None:
    assert display_phone("+17605550142;ext=12") == "(760) 555-0142 ext. 12"
    assert display_phone("+442079460018") == "+44 20 7946 0018"


def test_npi_check_digit() -> None:
    assert normalise_npi("123 456 7893") == "1234567893"  # CMS's own example
    for wrong in ("1234567890", "123456789", "3234567893", "12345678933", "abcdefghij"):
        with pytest.raises(ValueError, match="NPI"):
            normalise_npi(wrong)


def test_references_are_sayable_and_forgive_how_they_are_written() -> None:
    reference = new_reference()
    assert set(reference) <= set(ALPHABET) | {"-"}
    assert normalise_reference(f" {reference.lower().replace('-', ' ')} ") == reference
    assert normalise_reference("AEIOU-0011") is None
    assert len({new_reference() for _ in range(2000)}) == 2000


@pytest.mark.parametrize(
    ("inclusion", "exclusion", "outcome"),
    [
        (["a"], [], Screening.MAY_BE_SUITABLE),
        (["a"], ["b"], Screening.NEEDS_REVIEW),
        ([], ["b"], Screening.USUALLY_NOT),
        ([], [], Screening.NEEDS_REVIEW),
    ],
)
def test_screening(inclusion: list[str], exclusion: list[str], outcome: Screening) -> None:
    assert screen(inclusion, exclusion) == outcome


@pytest.mark.parametrize(
    "text",
    [
        "I want to die",
        "i don’t want to live anymore",
        "I dont want to be here",
        "thinking about SUICIDE a lot",
        "I might kill myself",
        "there is no reason to go on... no reason to live",
        "I can't go on",
        "quiero morir",
        "I’ve been self-harming",
        "no\npoint\nin living",
    ],
)
def test_crisis_words_are_found(text: str) -> None:
    assert mentions_crisis(["nothing here", text])


@pytest.mark.parametrize("text", ["", "I would like a call", "My brother died last year", "Is it safe to drive home?"])
def test_ordinary_words_are_no_crisis(text: str) -> None:
    assert not mentions_crisis([text])


@pytest.mark.parametrize(
    "cell", ["=HYPERLINK(1)", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "＝1+1", "\n@x"]
)
def test_case_13_formulas_become_text(cell: str) -> None:
    assert safe_csv_cell(cell).startswith("'")


@pytest.mark.parametrize("cell", ["+17605550142", "+1 (760) 555-0142", "+17605550142;ext=12", "Ada", "3/27/1962", ""])
def test_case_13_phones_and_texts_stay_intact(cell: str) -> None:
    assert safe_csv_cell(cell) == cell


@given(st.lists(st.lists(st.text(max_size=40), min_size=1, max_size=4), min_size=1, max_size=4))
def test_case_13_any_text_survives_csv_and_never_starts_a_formula(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO("".join(csv_lines(rows)).removeprefix("\ufeff"), newline="")))
    assert [len(row) for row in read] == [len(row) for row in rows]
    for row, original in zip(read, rows, strict=True):
        for cell, text in zip(row, original, strict=True):
            assert cell in (safe_text(text), "'" + safe_text(text))
            assert cell.lstrip()[:1] not in tuple("=-@")


def entries(count: int) -> list[tuple[int, str, str, dict[str, object]]]:
    made, previous = [], chain.GENESIS
    for number in range(1, count + 1):
        content: dict[str, object] = {"number": number, "who": "ada"}
        digest = chain.link(b"key", previous, content)
        made.append((number, previous, digest, content))
        previous = digest
    return made


def test_an_intact_chain_verifies() -> None:
    assert chain.verify([b"key"], entries(5))[2] is None


@pytest.mark.parametrize("place", range(5))
def test_a_changed_or_removed_entry_shows(place: int) -> None:
    changed = entries(5)
    changed[place] = (*changed[place][:3], {**changed[place][3], "who": "eve"})
    assert chain.verify([b"key"], changed)[2] == chain.Break(place + 1, chain.CHANGED)
    if place < 4:
        removed = entries(5)
        del removed[place]
        assert chain.verify([b"key"], removed)[2] is not None


def test_a_chain_made_without_the_key_does_not_verify() -> None:
    assert chain.verify([b"other"], entries(2))[2] is not None
