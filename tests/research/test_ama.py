"""References in AMA 11th edition, and each trap of citeproc-py.

`UPDATE_GOLDEN=1 pytest tests/research/test_ama.py` rewrites the golden file after a change that is meant.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nh3
import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from research.formatting import DEFAULT_STYLE, StyleError, format_ama, format_reference
from research.formatting.style import check_style, style_path
from research.models import Citation
from tests.research.library import DATA, bibliography, record

JOURNAL: dict[str, Any] = {"type": "article-journal", "title": "A trial", "container-title": "Pain"}


def text(**item: Any) -> str:
    return format_ama(JOURNAL | item).text


def test_the_whole_bibliography_reads_as_agreed() -> None:
    lines = "".join(f"{item['id']}\n    {format_ama(item).html}\n" for item in bibliography())
    golden = DATA / "ama.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(lines, encoding="utf-8")
    assert lines == golden.read_text(encoding="utf-8")


def test_more_than_six_authors_become_three_and_et_al() -> None:
    assert format_ama(record("anand-2023-elekt-d")).text == (
        "Anand A, Mathew SJ, Sanacora G, et al. Ketamine versus ECT for nonpsychotic treatment-resistant major "
        "depression. N Engl J Med. 2023;388(25):2315-2325. doi:10.1056/NEJMoa2302399"
    )


def test_an_author_list_known_to_be_cut_ends_in_et_al() -> None:
    names = [{"family": family, "given": "Ann B."} for family in ("One", "Two", "Three", "Four")]
    cut = {"authors_complete": False}
    assert text(author=names[:1], custom=cut).startswith("One AB, et al. A trial")
    assert text(author=names[:2], custom=cut).startswith("One AB, Two AB, et al. A trial")
    assert text(author=names[:3], custom=cut).startswith("One AB, Two AB, Three AB, et al. A trial")
    assert text(author=names, custom=cut).startswith("One AB, Two AB, Three AB, et al. A trial")
    assert text(author=names).startswith("One AB, Two AB, Three AB, Four AB. A trial")


def test_html_is_escaped() -> None:
    """Trap: what a title holds goes out as it is."""
    reference = format_ama(
        JOURNAL
        | {
            "title": "<script>alert(1)</script> & <b>p</b>",
            "author": [{"literal": "<img src=x onerror=alert(1)>"}],
            "container-title": 'Pain"><i>x</i>',
            "URL": "https://example.org/?a=1&b=<svg onload=alert(1)>",
        }
    )
    assert nh3.clean(reference.html, tags={"i"}, attributes={}) == reference.html.replace("&quot;", '"')
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;" in reference.html
    assert "<script>alert(1)</script> & <b>p</b>" in reference.text


def test_a_title_without_author_stands_once() -> None:
    """Trap: the title stands in for the author and is printed again."""
    item = {"type": "webpage", "title": "Fresh hope (2nd part)", "URL": "https://example.org/"}
    assert format_ama(item).text == "Fresh hope (2nd part). https://example.org/"
    assert format_ama(record("stanford-hallucinogen-ocd")).text.count("Researcher investigates") == 1
    book = {"type": "book", "title": "a book of facts", "publisher": "Press", "issued": {"date-parts": [[1999]]}}
    assert format_ama(book).html == "<i>A Book of Facts</i>. Press; 1999."


def test_a_title_that_names_itself_twice_is_left_alone() -> None:
    item = {"type": "webpage", "title": "Pain. Pain", "container-title": "Pain"}
    assert format_ama(item).text == "Pain. Pain. Pain."


@pytest.mark.parametrize("title", ["Why?", "Why? ", "Why?.", "Stop!", "Is it “true?”"])
def test_a_question_ends_without_a_full_stop(title: str) -> None:
    """Trap: "?." and "!."."""
    reference = text(title=title, author=[{"family": "One", "given": "A"}])
    assert f"One A. {title.strip(' .')} Pain." in reference


def test_a_title_with_its_own_full_stop_gets_no_second() -> None:
    assert text(title="A trial.", **{"container-title": "J. Affect. Disord."}) == "A trial. J Affect Disord."


@pytest.mark.parametrize(
    ("issued", "shown"),
    [
        ({"raw": "2014-03-02"}, "March 2, 2014"),
        ({"raw": "Spring 2014"}, "Spring 2014"),
        ({"literal": "around 2014"}, "around 2014"),
        ({"date-parts": [[2014]], "season": "2"}, "Summer 2014"),
        ({"date-parts": [["2014", "3"]]}, "March 2014"),
        ({"date-parts": [[2014, 13, 45]]}, "2014"),
        ("2014-03", "March 2014"),
        ({"date-parts": [[2014, 3], [2015, 4]]}, "2014-2015"),
    ],
)
@pytest.mark.parametrize("volume", ["", "12"])
def test_no_date_is_lost(issued: Any, shown: str, volume: str) -> None:
    """Trap: dates that are not whole numbers vanish."""
    reference = text(issued=issued, volume=volume)
    assert ("2014" if volume else shown) in reference  # with a volume, AMA gives the year alone


def test_particles_suffixes_and_bodies() -> None:
    names = [
        {"family": "Gogh", "given": "Vincent Willem", "non-dropping-particle": "van"},
        {"family": "van Hilten", "given": "Jacobus J."},
        {"family": "Smith", "given": "John", "suffix": "Jr"},
        {"literal": "US Food and Drug Administration"},
    ]
    assert text(author=names).startswith("van Gogh VW, van Hilten JJ, Smith J Jr, US Food and Drug Administration. A")


def test_a_trial_registration_names_its_identifier() -> None:
    item = {
        "type": "dataset",
        "title": "Ketamine for OCD",
        "custom": {"kind": "trial-registration", "nct_id": "NCT00579085"},
    }
    assert format_ama(item).text == (
        "Ketamine for OCD. ClinicalTrials.gov identifier: NCT00579085. https://clinicaltrials.gov/study/NCT00579085"
    )


def test_a_preprint_says_so() -> None:
    item = {"type": "article", "title": "A", "container-title": "medRxiv", "issued": {"date-parts": [[2022, 3, 4]]}}
    assert format_ama(item).html == "A. <i>medRxiv</i>. Preprint posted online March 4, 2022."


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"type": "book"},
        {"type": None, "title": None, "author": "x", "issued": []},
        {"type": "made-up", "title": ["a"], "author": [None, 3, {}, "A Person"], "volume": {"a": 1}},
        {"title": "\x00\u202eevil\ue000\ue002", "author": [{"given": "Only"}], "page": "\x07"},
        {"type": "article-journal", "title": "T", "issued": {"date-parts": [[]]}, "accessed": {"date-parts": "x"}},
        {"type": "article-journal", "title": "T", "issued": {"date-parts": [[99999999999999999999]]}},
    ],
)
def test_a_bad_record_reads_sensibly(item: Any) -> None:
    reference = format_ama(item)
    assert reference.text.strip()
    assert not set("\x00\x07\u202e\ue000\ue001\ue002") & set(reference.text)


inner_keys = st.sampled_from(["family", "literal", "date-parts", "raw"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(inner_keys, inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(
    ["id", "type", "title", "author", "issued", "accessed", "volume", "page", "DOI", "editor", "custom"]
)


@given(st.dictionaries(keys, values, max_size=7))
def test_no_record_raises_or_writes_markup(item: Any) -> None:
    reference = format_ama(item)
    assert reference.text
    assert "<" not in reference.html.replace("<i>", "").replace("</i>", "")


def test_another_installed_style_by_setting(settings: Any) -> None:
    settings.CITATION_STYLE = "harvard-cite-them-right"
    assert format_ama(record("larkin-2011-ed")).text.startswith(
        "Larkin, G.L. and Beautrais, A.L. (2011) “A preliminary"
    )


def test_a_style_that_is_not_there_is_told_at_start_up_and_breaks_nothing(settings: Any) -> None:
    item = record("larkin-2011-ed")
    usual = format_ama(item)
    assert check_style(None) == []
    settings.CITATION_STYLE = "no-such-style"
    assert format_ama(item) == usual
    assert [problem.id for problem in check_style(None)] == ["research.E004"]


@pytest.mark.django_db
def test_stored_references_follow_the_style_by_command(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    citation = Citation.objects.create(
        key="one", title="A trial", authors=[{"family": "One", "given": "A"}], live=False
    )
    assert citation.ama_text == "One A. A trial."
    settings.CITATION_STYLE = "harvard-cite-them-right"
    call_command("format_citations")
    citation.refresh_from_db()
    assert citation.ama_text.startswith("One, A.")
    call_command("format_citations")
    assert capsys.readouterr().out.splitlines()[-1].endswith("0 of 1 references changed.")


def test_a_style_by_path_and_a_style_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "house.csl"
    path.write_bytes(style_path(DEFAULT_STYLE).read_bytes())
    assert format_reference(record("larkin-2011-ed"), str(path)) == format_ama(record("larkin-2011-ed"))
    with pytest.raises(StyleError, match="CITATION_STYLE"):
        format_reference(record("larkin-2011-ed"), "no-such-style")
    path.with_name("broken.csl").write_text("<style>")
    with pytest.raises(StyleError, match="cannot be read"):
        format_reference(record("larkin-2011-ed"), str(path.with_name("broken.csl")))


def test_threads_do_not_mix_references() -> None:
    items = bibliography() * 3
    alone = [format_ama(item) for item in items]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(format_ama, items)) == alone
