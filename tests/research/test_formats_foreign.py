"""Records as other programs and services write them."""

import json
from typing import Any

import pytest

from research.formats.parsing import ImportRefusedError
from research.formats.registry import detect, parse
from tests.research.library import DATA
from tests.research.records import READ, SMALL, clean_bibliography, read, written


@pytest.mark.parametrize("name", READ)
def test_the_format_is_told_by_what_a_file_holds(name: str) -> None:
    out = written(name, clean_bibliography())
    assert detect(out.encode()) == name
    assert detect(b"\xef\xbb\xbf\r\n" + out.encode(), "wrong.txt") == name
    assert detect(SMALL[name]) == name


def test_an_unknown_format_asks_for_a_choice() -> None:
    with pytest.raises(ImportRefusedError, match="Choose RIS"):
        detect("Dear colleague, here is a list of papers", "papers.docx")


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


# Whole files, kept under data/foreign: what each must yield, field by field

FOREIGN: dict[str, list[dict[str, Any]]] = {
    "zotero.ris": [
        {
            "DOI": "10.1001/jamapsychiatry.2014.62",
            "issued": {"date-parts": [[2014, 6, 1]]},
            "accessed": {"date-parts": [[2024, 5, 1]]},
            "abstract": "IMPORTANCE: Few. OBJECTIVE: To test.",
        }
    ],
    "endnote.ris": [
        {
            "issued": {"date-parts": [[2000, 2, 15]]},  # a day without a year of its own
            "ISSN": "0006-3223",
            "URL": "https://www.ncbi.nlm.nih.gov/pubmed/10686270",
            "page": "351-4",
        }
    ],
    "mendeley.ris": [
        {"DOI": "10.1001/archpsyc.63.8.856", "URL": "http://example.org", "issued": {"date-parts": [[2006, 8]]}}
    ],
    "scopus.ris": [{"PMID": "31151332", "ISSN": "15333159", "page": "E195-E210", "language": "en"}],
    "crossref.bib": [
        {
            "type": "chapter",
            "title": "Chapter One",
            "container-title": "The Book",
            "publisher": "OUP",
            "editor": [{"family": "It", "given": "Ed"}],
            "issued": {"date-parts": [[2001]]},
        },
        {"type": "book", "title": "The Book"},
    ],
    "latex.bib": [
        {
            "title": "The NMDA Receptor: α2 and 10^-3 m^2 — in vivo",
            "author": [
                {"family": "García", "given": "José"},
                {"family": "Østergaard", "given": "Søren Dinesen"},
                {"family": "Nguyễn", "given": "Văn"},
                {"family": "Kowalski", "given": "Łukasz"},
                {"family": "Straße", "given": "M. K."},
                {"family": "Erdős", "given": "P."},
                {"family": "Škoda", "given": "J"},
                {"family": "Vial", "given": "François"},
            ],
            "publisher": "Oxford UP",
            "issued": {"date-parts": [[2014, 6, 4]]},
            "DOI": "10.1001/x_y.62",
        }
    ],
    "biblatex.bib": [
        {
            "type": "webpage",
            "title": "Depression: A fact sheet",
            "author": [{"literal": "World Health Organization"}],
            "accessed": {"date-parts": [[2024, 1, 2]]},
        },
        {"author": [{"family": "van den Berg", "given": "Jan"}], "page": "e123"},
        {"type": "thesis", "publisher": "Uni"},
        {"type": "report", "number": "12", "issued": {"literal": "n.d."}},
    ],
    "pubmed.nbib": [
        {
            "title": "A title that runs on and on: with a colon - and a dash.",
            "author": [
                {"family": "Müller-Lüdenscheidt", "given": "Ü"},
                {"family": "Smith", "given": "John A", "suffix": "3rd"},
                {"literal": "Mononym"},
            ],
            "abstract": "BACKGROUND: One. METHODS: Two.",
            "DOI": "10.1016/j.jaci.2024.01.001",
            "issued": {"date-parts": [[2024]], "season": "4"},
        },
        {"title": "Translated title", "language": "fr", "issued": {"date-parts": [[1998, 12], [1999, 1]]}},
    ],
    "dates.json": [
        {"issued": {"date-parts": [[2014, 3, 2]]}},
        {"issued": {"date-parts": [[2014, 3, 2]]}},
        {"issued": {"date-parts": [[2014]], "season": "1"}},
        {"issued": {"date-parts": [[2014]], "season": "2"}},
        {"issued": {"date-parts": [[2014, 1], [2014, 3]]}},
        {"issued": {"date-parts": [[2014, 5]]}},
        {"issued": {"date-parts": [[1990]], "circa": True}},
        {"issued": {"date-parts": [[2014]]}},
        {"title": "Nested null", "issued": None},
        {
            "type": "article-journal",
            "author": [{"family": "X", "given": "Y"}, {"literal": "Group"}],
            "container-title-short": "JJ",
            "issued": {"date-parts": [[2020, 1]]},
        },
        {"PMID": "123", "PMCID": "PMC77", "note": "extra words"},  # Zotero's way of keeping them
        {"edition": "2", "issued": None},
    ],
}


@pytest.mark.parametrize("name", FOREIGN)
def test_files_of_other_programs(name: str) -> None:
    _format, result = parse((DATA / "foreign" / name).read_bytes(), filename=name)
    assert len(result.records) == len(FOREIGN[name])
    for record, expected in zip(result.records, FOREIGN[name], strict=True):
        assert {key: record.item.get(key) for key in expected} == expected
        assert record.ok
