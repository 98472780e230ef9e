"""Records in and out of RIS, BibTeX, PubMed .nbib and CSL-JSON: the bibliography whole, and bad input told."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from research.formats import parsing as limits
from research.formats.csl import authors_truncated
from research.formats.kinds import kind_of
from research.formats.parsing import ImportRefusedError
from research.formats.registry import FORMATS, detect, parse
from tests.research.library import bibliography

READ = [name for name, format_ in FORMATS.items() if format_.parse]
NOT_IN_NBIB = {"id", "URL", "accessed"}


def written(name: str, items: Any) -> str:
    return "".join(FORMATS[name].write(items))


def read(name: str, data: bytes | str) -> list[Any]:
    reader = FORMATS[name].parse
    assert reader
    return reader(data).records


def clean_bibliography() -> list[Any]:
    _name, result = parse(json.dumps(bibliography()))
    assert not [problem for record in result.records for problem in record.problems]
    return [record.item for record in result.records]


RIS = "TY  - JOUR\nTI  - A trial\nAU  - One, Ann\nPY  - 2014\nDO  - 10.1000/one\nER  - \n"
BIB = "@article{one, title={A trial}, author={One, Ann}, year=2014, doi={10.1000/one}}\n"
NBIB = "PMID- 1\nDP  - 2014\nTI  - A trial\nFAU - One, Ann\nAID - 10.1000/one [doi]\nPT  - Journal Article\n\n"
JSON = json.dumps([{"type": "article-journal", "title": "A trial", "author": [{"family": "One", "given": "Ann"}],
                    "issued": {"date-parts": [[2014]]}, "DOI": "10.1000/one"}])  # fmt: skip
SMALL = {"ris": RIS, "bibtex": BIB, "nbib": NBIB, "csl-json": JSON}


# The bibliography


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
def test_the_format_is_told_by_what_a_file_holds(name: str) -> None:
    out = written(name, clean_bibliography())
    assert detect(out.encode()) == name
    assert detect(b"\xef\xbb\xbf\r\n" + out.encode(), "wrong.txt") == name
    assert detect(SMALL[name]) == name


def test_an_unknown_format_asks_for_a_choice() -> None:
    with pytest.raises(ImportRefusedError, match="Choose RIS"):
        detect("Dear colleague, here is a list of papers", "papers.docx")


# Records as other programs write them


def test_ris_as_publishers_write_it() -> None:
    text = """Provider: American Psychiatric Publishing
TY  - JOUR
T1  - Intravenous <i>Ketamine</i> &amp; Suicidality: A &lt;b&gt;Trial&lt;/b&gt;
A1  - Wilkinson, Samuel T., Jr
AU  - van der Berg, J.
AU  - Yale Depression Group
AU  - University of California,, Irvine
Y1  - 2018/02//
DA  - 2018/02/01
JF  - American Journal of Psychiatry
JO  - AJP
VL  - 175
IS  - 2
SP  - 150
EP  - 158
N2  - First line
 and its continuation.
KW  - ketamine
KW  - suicide
DO  - https://doi.org/10.1176/APPI.AJP.2017.17040472
UR  - https://ajp.psychiatryonline.org/doi/10.1176/x;jsessionid=1
SN  - 0002-953X
XX  - strange
M1  - 7
ER  -
"""
    _name, result = parse(text)
    (record,) = result.records
    assert record.line == 2
    item = record.item
    assert item["title"] == "Intravenous Ketamine & Suicidality: A Trial"
    assert item["author"] == [
        {"family": "van der Berg", "given": "J."},
        {"literal": "Yale Depression Group"},
        {"literal": "University of California, Irvine"},
        {"family": "Wilkinson", "given": "Samuel T.", "suffix": "Jr"},
    ]
    assert item["issued"] == {"date-parts": [[2018, 2, 1]]}
    assert (item["container-title"], item["container-title-short"]) == ("American Journal of Psychiatry", "AJP")
    assert (item["page"], item["ISSN"]) == ("150-158", "0002-953X")
    assert item["DOI"] == "10.1176/appi.ajp.2017.17040472"
    assert item["URL"].endswith(";jsessionid=1")
    assert item["abstract"] == "First line and its continuation."
    assert item["keyword"] == "ketamine; suicide"
    messages = [problem.message for problem in record.problems]
    assert any("Markup was removed" in message for message in messages)
    assert any("M1, XX" in message for message in messages)
    assert "Provider" in result.problems[0].message


def test_nbib_as_pubmed_writes_it() -> None:
    text = """
PMID- 21557878
OWN - NLM
STAT- MEDLINE
IS  - 1469-5111 (Electronic)
IS  - 1461-1457 (Print)
VI  - 14
IP  - 8
DP  - 2011 Sep
TI  - A preliminary naturalistic study of low-dose ketamine for depression and suicide
      ideation in the emergency department.
PG  - 1127-31
LID - 10.1017/S1461145711000629 [doi]
AB  - We examined the preliminary feasibility.
FAU - Larkin, Gregory Luke
AU  - Larkin GL
FAU - Beautrais, Annette L
AU  - Beautrais AL
CN  - ED Group
LA  - eng
SI  - ClinicalTrials.gov/NCT00579085
PT  - Clinical Trial
PT  - Journal Article
PT  - Retracted Publication
RIN - Int J Neuropsychopharmacol. 2017 Oct 1;20(10):883. doi: 10.1093/ijnp/pyx062
TA  - Int J Neuropsychopharmacol
JT  - The international journal of neuropsychopharmacology
MH  - Adult
PMC - PMC5999999
SO  - Int J Neuropsychopharmacol. 2011 Sep;14(8):1127-31. doi:
      10.1017/S1461145711000629.
"""
    (record,) = read("nbib", text)
    item = record.item
    assert item["title"].startswith("A preliminary") and item["title"].endswith("emergency department.")
    assert item["author"][1:] == [{"family": "Beautrais", "given": "Annette L"}, {"literal": "ED Group"}]
    assert item["issued"] == {"date-parts": [[2011, 9]]}
    assert (item["DOI"], item["PMID"], item["PMCID"]) == ("10.1017/s1461145711000629", "21557878", "PMC5999999")
    assert (item["language"], item["ISSN"]) == ("en", "1469-5111")
    assert item["custom"]["nct_id"] == "NCT00579085"
    assert item["custom"]["retraction"]["status"] == "retracted"
    assert "2017" in item["custom"]["retraction"]["note"]


def test_bibtex_as_people_write_it() -> None:
    text = r"""% my library
@string{pain = "Pain"}
@comment{jabref-meta: databaseType:bibtex;}
@Article{Sigtermans:2009,
  author    = "Sigtermans, Marnix J. and Jacobus J. van Hilten and M{\"u}ller, Jr, Hans
               and {Leiden {P}ain Group} and others",
  title     = {Ketamine produces 50% relief -- with {CRPS}-1 \& ``pain'' $p<0.05$, \textit{in vivo}},
  journal   = pain # { Journal},
  year      = 2009, month = oct,
  volume    = {145}, number={3}, pages = {304--311},
  doi       = {10.1016/j.pain.2009.06.023},
  url       = {https://example.org/a\_b?x=1\&y=2},
  annotation = {mine}
}
@misc{site, title = {A site}, howpublished = {\url{https://example.org/page}}, note = {seen}, author={{NIMH}} }
@unpublished(pre, title = "A preprint", type = {Preprint}, author = {de la Cruz, Ana})
"""
    records = read("bibtex", text)
    assert [record.item["id"] for record in records] == ["Sigtermans:2009", "site", "pre"]
    assert [record.item["type"] for record in records] == ["article-journal", "webpage", "article"]
    item = records[0].item
    assert item["author"] == [
        {"family": "Sigtermans", "given": "Marnix J."},
        {"family": "van Hilten", "given": "Jacobus J."},
        {"family": "Müller", "given": "Hans", "suffix": "Jr"},
        {"literal": "Leiden Pain Group"},
    ]
    assert item["custom"]["authors_complete"] is False
    assert item["title"] == "Ketamine produces 50% relief – with CRPS-1 & “pain” p<0.05, in vivo"
    assert item["container-title"] == "Pain Journal"
    assert (item["issued"], item["page"]) == ({"date-parts": [[2009, 10]]}, "304-311")
    assert item["URL"] == "https://example.org/a_b?x=1&y=2"
    assert any("annotation" in problem.message for problem in records[0].problems)
    assert records[1].item["URL"] == "https://example.org/page"


def test_csl_json_as_zotero_and_crossref_write_it() -> None:
    text = json.dumps({"items": [
        {"id": "http://zotero.org/1", "type": "article-journal", "title": "A",
         "journalAbbreviation": "J", "shortTitle": "A",
         "issued": {"date-parts": [["2014", "3", 2]]}, "accessed": {"raw": "2020-01-02"}, "citation-key": "x"},
        {"type": "book", "title": ["From Crossref"], "container-title": [], "ISBN": ["0195176332", "9780195176339"],
         "issued": {"date-parts": [[2014]]}, "made-up": 3, "author": ["A Body", {"given": "Mononym"}, 7]},
    ]})  # fmt: skip
    first, second = read("csl-json", text)
    assert first.item["issued"] == {"date-parts": [[2014, 3, 2]]}
    assert first.item["accessed"] == {"date-parts": [[2020, 1, 2]]}
    assert (first.item["container-title-short"], first.item["title-short"]) == ("J", "A")
    assert (second.item["title"], second.item["ISBN"]) == ("From Crossref", "9780195176339")
    assert second.item["author"] == [{"literal": "A Body"}, {"literal": "Mononym"}]
    assert any("made-up" in problem.message for problem in second.problems)


def test_csl_json_names_the_line_of_a_record() -> None:
    records = read("csl-json", '[\n {"title": "a",\n  "type": "book"},\n {"title": "b", "type": "book"}\n]')
    assert [record.line for record in records] == [2, 4]


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
