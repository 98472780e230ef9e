"""Broken, huge, wrongly encoded and hostile files: read with every change told, or refused with the line."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research.formats import parsing as limits
from research.formats.parsing import ImportRefusedError
from research.formats.registry import FORMATS
from tests.research.records import BIB, NBIB, READ, RIS, SMALL, read, written

# Nothing is dropped in silence


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("ris", RIS.replace("ER  - \n", "") + RIS, 6),
        ("ris", RIS + RIS.replace("ER  - \n", ""), 7),
        ("ris", RIS + RIS.replace("TY  - JOUR\n", ""), 7),
        ("ris", RIS + "\nty  - JOUR\nTI  - b\nER  - \n", 8),
        ("ris", RIS + "TY-JOUR2\nTI-b\n", 7),
        ("bibtex", BIB + "@article{two, title={A {trial}\n\n" + BIB, 2),
        ("bibtex", BIB + BIB + "@article{two, title={cut", 3),
        ("bibtex", BIB + "@article{two, title={one brace too many}}},\n  journal={lost?},\n}\n" + BIB, 3),
        ("bibtex", BIB + "@article{two, title={swallows the next,\n@article{three, title={B}}}}\n", 3),
        ("bibtex", BIB + "@article{two title={no comma after the key}}", 2),
        ("bibtex", BIB + "@article{two, title=undefinedmacro}", 2),
        ("bibtex", BIB + "@article{two, title={a} author={b}}", 2),
        ("nbib", "TI  - no start\n\n" + NBIB, 1),
        ("nbib", NBIB + "a line of something else\n", 8),
        ("csl-json", '[{"title": "a", "type": "book"},\n {"title": "b"\n}', 3),
        ("csl-json", '[{"title": "a"},\n {"title": NaN}]', None),
        ("csl-json", '[{"title": "a"}, 3]', None),
        ("csl-json", "[" * 100_000, None),
    ],
)
def test_a_broken_file_is_refused_with_the_line(name: str, text: str, line: int | None) -> None:
    with pytest.raises(ImportRefusedError) as error:
        read(name, text)
    assert error.value.line == line
    assert str(error.value).startswith(f"Line {line}: " if line else ("This is not", "Record 2", "This JSON"))


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("data", [b"", b" \n\n", b"\xef\xbb\xbf"])
def test_nothing_is_refused_as_nothing(name: str, data: bytes) -> None:
    with pytest.raises(ImportRefusedError, match="empty"):
        read(name, data)


@pytest.mark.parametrize("name", READ)
def test_prose_is_refused(name: str) -> None:
    with pytest.raises(ImportRefusedError):
        read(name, "Dear colleague,\nplease find the paper attached: foo@bar.org {x}.")


def test_a_tag_twice_is_told() -> None:
    (record,) = read("ris", RIS.replace("PY  - 2014", "PY  - 2014\nVL  - 1\nVL  - 2\nDA  - 2015/01/02"))
    messages = " ".join(problem.message for problem in record.problems)
    assert "“VL” stands 2 times" in messages
    assert "2014 in PY and 2015 in DA" in messages
    assert record.item["volume"] == "1"
    (record,) = read("csl-json", '[{"type": "book", "title": "a", "title": "b"}]')
    assert "“title” stands twice" in record.problems[0].message


def test_continued_lines_do_not_become_authors() -> None:
    (record,) = read(
        "ris", RIS.replace("AU  - One, Ann", "AU  - One,\n Ann\nAB  - IV - the infusion\nAB - two\nKW  - x")
    )
    assert record.item["author"] == [{"family": "One", "given": "Ann"}]
    assert record.item["abstract"] == "IV - the infusion\ntwo"


# Encodings


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16"),
     ("latin-1", "Latin-1"), ("cp1252", "Latin-1")],
)  # fmt: skip
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_encodings(name: str, encoding: str, told: str, ends: str) -> None:
    text = SMALL[name].replace("One", "Sörensen").replace("A trial", "A naïve trial")
    text = text.replace("\\u00f6", "ö").replace("\\u00ef", "ï").replace("\n", ends)
    reader = FORMATS[name].parse
    assert reader
    result = reader(text.encode(encoding))
    assert result.records[0].item["title"] == "A naïve trial"
    assert result.records[0].item["author"] == [{"family": "Sörensen", "given": "Ann"}]
    assert [told in problem.message for problem in result.problems] == ([True] if told else [])


def test_wrong_marks_and_binary_files_are_refused() -> None:
    with pytest.raises(ImportRefusedError, match="UTF-8, but it is not") as error:
        read("ris", b"\xef\xbb\xbfTY  - JOUR\nTI  - \xe4\nER  - \n")
    assert error.value.line == 2
    with pytest.raises(ImportRefusedError, match="not a text file"):
        read("ris", b"PK\x03\x04\x00\x00\xff\xd8\x00")


def test_doubly_encoded_letters_are_told() -> None:
    garbled = RIS.replace("One", "Sörensen").encode().decode("latin-1").encode()
    reader = FORMATS["ris"].parse
    assert reader and "garbled" in reader(garbled).problems[0].message


# Hostile and oversized records


@pytest.mark.parametrize("name", READ)
def test_no_markup_survives(name: str) -> None:
    evil = "<script>alert(1)</script>Pain <img src=x onerror=alert(2)>&lt;svg onload=alert(3)&gt; \u202egnp.exe"
    item = {
        "type": "article-journal", "title": evil, "author": [{"family": evil, "given": "<b>A</b>"}],
        "container-title": evil,
        "DOI": "10.1000/<b>x</b>", "URL": "javascript:alert(1)", "abstract": evil, "note": evil, "volume": "<i>3</i>",
        "custom": {"finding": evil, "deep": [{"x": evil}]},
    }  # fmt: skip
    (record,) = read(name, written(name, [item]))
    told = json.dumps(record.item, ensure_ascii=False)
    for sign in ("<script", "<img", "<svg", "<b>", "javascript:", "alert(1)", "\u202e"):
        assert sign not in told
    assert record.item["title"].startswith("Pain")
    assert any("Markup" in problem.message for problem in record.problems)


def test_comparisons_are_not_markup() -> None:
    (record,) = read("ris", RIS.replace("A trial", "Effect (p<0.05, n>3) of A & B; x < y"))
    assert record.item["title"] == "Effect (p<0.05, n>3) of A & B; x < y"


@pytest.mark.parametrize("name", READ)
def test_a_record_too_long_is_told_and_the_others_stand(name: str) -> None:
    long = {"type": "book", "title": "x" * 5_000}
    records = read(name, written(name, [long, {"type": "book", "title": "fine", "PMID": "2"}]))
    assert [record.ok for record in records] == [False, True]
    assert "5000 characters" in records[0].problems[0].message


@pytest.mark.parametrize("name", READ)
def test_a_record_without_a_title_is_told(name: str) -> None:
    records = read(name, written(name, [{"type": "book", "publisher": "P", "PMID": "3"}]))
    assert not records[0].ok
    assert "no title" in records[0].problems[-1].message


def test_limits_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_RECORDS", 3)
    monkeypatch.setattr("research.formats.csl_json.MAX_RECORDS", 3)
    for name in READ:
        with pytest.raises(ImportRefusedError, match="4 records"):
            read(name, written(name, [{"type": "book", "title": "x", "PMID": "1"}] * 4))
    monkeypatch.setattr(limits, "MAX_BYTES", 100)
    with pytest.raises(ImportRefusedError, match="larger than"):
        read("ris", "x" * 101)
    with pytest.raises(ImportRefusedError, match="Line 2: The line is"):
        monkeypatch.setattr(limits, "MAX_BYTES", 10**9)
        read("ris", "a\n" + "x" * 300_000)


@pytest.mark.parametrize("name", READ)
def test_bad_identifiers_are_told_and_left_out(name: str) -> None:
    item = {"type": "book", "title": "x", "DOI": "not a doi", "PMCID": "PMCx", "ISBN": "9780195176338", "PMID": "12"}
    (record,) = read(name, written(name, [item]))
    assert record.ok and not {"DOI", "ISBN", "PMCID"} & set(record.item)
    assert "check digit" in " ".join(problem.message for problem in record.problems)


# Any input at all


@settings(max_examples=60)
@given(st.sampled_from(READ), st.binary(max_size=200) | st.text(max_size=200))
def test_anything_is_read_or_refused(name: str, data: bytes | str) -> None:
    try:
        read(name, data)
    except ImportRefusedError:
        return


@settings(max_examples=80)
@given(st.sampled_from(READ), st.data())
def test_a_damaged_file_is_read_or_refused(name: str, data: st.DataObject) -> None:
    """Cut or overwrite a piece of a good file: either every record that begins is there, or the import is refused."""
    text = SMALL[name] * (1 if name == "csl-json" else 3)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    text = text[:start] + data.draw(st.text("{}@-TY ERPMID\n,=\"\\[]", max_size=6)) + text[end:]  # fmt: skip
    try:
        records = read(name, text)
    except ImportRefusedError:
        return
    starts = {"ris": "TY  -", "bibtex": "@article", "nbib": "PMID-", "csl-json": '{"type"'}[name]
    assert len(records) >= text.count(starts) - 1
