"""Identifiers come out in one spelling, whatever they look like going in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research import identifiers as ids


@pytest.mark.parametrize(
    ("given_", "normal"),
    [
        ("10.1016/J.PAIN.2009.06.023", "10.1016/j.pain.2009.06.023"),
        ("https://doi.org/10.1016/j.pain.2009.06.023", "10.1016/j.pain.2009.06.023"),
        ("http://dx.doi.org/10.1016%2Fj.pain.2009.06.023.", "10.1016/j.pain.2009.06.023"),
        ("doi: 10.4088/JCP.09m05327blu", "10.4088/jcp.09m05327blu"),
        ("DOI:10.4088/JCP.09m05327blu;", "10.4088/jcp.09m05327blu"),
        ("(10.1001/jama.2014.9149)".strip("("), "10.1001/jama.2014.9149"),
        ("10.1016/S0304-3959(99)00308-5", "10.1016/s0304-3959(99)00308-5"),
        ("https://www.tandfonline.com/doi/full/10.1080/14740338.2020.1776699?src=x", "10.1080/14740338.2020.1776699"),
        (
            "10.1002/(SICI)1096-8628(19960212)61:4&lt;376::AID-AJMG12&gt;3.0.CO;2-V",
            "10.1002/(sici)1096-8628(19960212)61:4<376::aid-ajmg12>3.0.co;2-v",
        ),
        ("\u200b10.1136/bmj-2021-067194 ", "10.1136/bmj-2021-067194"),
    ],
)
def test_doi(given_: str, normal: str) -> None:
    assert ids.normalize_doi(given_) == normal
    assert ids.normalize_doi(normal) == normal


@pytest.mark.parametrize(
    "bad", ["", "10.1016", "11.1016/x", "10.12/x", "n/a", "10.1016/", "10.1016/a b", "10.1016/" + "a" * 300]
)
def test_bad_doi_says_what_a_doi_looks_like(bad: str) -> None:
    with pytest.raises(ValueError, match=r"10\.1016/j\.pain") as error:
        ids.normalize_doi(bad)
    assert len(str(error.value)) < 250


@pytest.mark.parametrize(
    "given_", ["19604642", "0019604642", "PMID: 19604642", "https://pubmed.ncbi.nlm.nih.gov/19604642/"]
)
def test_pmid(given_: str) -> None:
    assert ids.normalize_pmid(given_) == "19604642"


@pytest.mark.parametrize("given_", ["PMC3012738", "pmc3012738", "PMCID: PMC3012738", "3012738", "PMC3012738.1",
                                    "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC3012738/"])  # fmt: skip
def test_pmcid(given_: str) -> None:
    assert ids.normalize_pmcid(given_) == "PMC3012738"


@pytest.mark.parametrize("bad", ["", "0", "abc", "1234567890", "PMC19604642", "12 34"])
def test_bad_pmid(bad: str) -> None:
    with pytest.raises(ValueError, match="PMID"):
        ids.normalize_pmid(bad)


@pytest.mark.parametrize("given_", ["0-19-517633-2", "978-0-19-517633-9", "ISBN 9780195176339", "ISBN-10: 0195176332"])
def test_isbn(given_: str) -> None:
    assert ids.normalize_isbn(given_) == "9780195176339"


def test_isbn_ten_that_ends_in_x() -> None:
    assert ids.normalize_isbn("0-8044-2957-X") == "9780804429573"


@pytest.mark.parametrize("bad", ["9780195176338", "0195176339"])
def test_isbn_with_a_wrong_check_digit(bad: str) -> None:
    with pytest.raises(ValueError, match="check digit"):
        ids.normalize_isbn(bad)


@pytest.mark.parametrize("bad", ["", "123", "9770195176339"])
def test_not_an_isbn(bad: str) -> None:
    with pytest.raises(ValueError, match="13 digits"):
        ids.normalize_isbn(bad)


@pytest.mark.parametrize("given_", ["NCT00579085", "nct 00579085", "ClinicalTrials.gov/NCT00579085",
                                    "https://clinicaltrials.gov/study/NCT00579085",
                                    "https://clinicaltrials.gov/ct2/show/NCT00579085?term=x"])  # fmt: skip
def test_nct(given_: str) -> None:
    assert ids.normalize_nct(given_) == "NCT00579085"


@pytest.mark.parametrize("bad", ["", "NCT1234567", "NCT123456789", "00579085"])
def test_bad_nct(bad: str) -> None:
    with pytest.raises(ValueError, match="eight digits"):
        ids.normalize_nct(bad)


@given(st.text(max_size=60), st.sampled_from(sorted(ids.NORMALIZERS)))
def test_any_text_is_normal_or_refused(text: str, name: str) -> None:
    normalize = ids.NORMALIZERS[name]
    try:
        normal = normalize(text)
    except ValueError:
        return
    assert normalize(normal) == normal
