"""Notices from a Retraction Watch file, and which of several counts."""

from datetime import date
from pathlib import Path

import pytest

from research.retractions import Notice, RetractionFileError, read_retraction_watch, verdict

HEADER = (
    "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,"
    "RetractionDOI,"
    "RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason,Paywalled,Notes\n"
)
LARKIN = (
    '15777,"A preliminary, ""naturalistic"" study",(HSC),Yale,IJNP,OUP,US,G L Larkin,'
    "https://retractionwatch.com/2017/08/28/x;https://b.example,Research Article;,8/25/2017 0:00,10.1093/ijnp/pyx062,"
    "0,9/1/2011 0:00,10.1017/S1461145711000629,21557878,Retraction,+Misconduct by Author;+<b>Error</b> in Data;,No,\n"
)
AS_OF = date(2026, 11, 1)


def notices(path: Path, text: str | bytes) -> list[Notice]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read_retraction_watch(path, AS_OF))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "retraction_watch.csv"


def test_a_row_becomes_a_dated_notice(path: Path) -> None:
    (notice,) = notices(path, HEADER + LARKIN)
    assert (notice.state, notice.doi, notice.pmid) == ("retracted", "10.1017/s1461145711000629", "21557878")
    assert (notice.on, notice.url) == (date(2017, 8, 25), "https://doi.org/10.1093/ijnp/pyx062")
    assert notice.reason == "Misconduct by Author; Error in Data"
    assert "2026-11-01" in notice.source


@pytest.mark.parametrize(
    ("nature", "state"),
    [("Retraction", "retracted"), ("Expression of concern", "concern"), ("Correction", "corrected"),
     ("Reinstatement", "reinstated"), ("Something new", "retracted")],
)  # fmt: skip
def test_natures(path: Path, nature: str, state: str) -> None:
    (notice,) = notices(path, HEADER + LARKIN.replace(",Retraction,", f",{nature},"))
    assert notice.state == state


def test_rows_without_identifiers_and_dates(path: Path) -> None:
    nothing = LARKIN.replace("10.1017/S1461145711000629", "Unavailable").replace("21557878", "0")
    undated = LARKIN.replace("8/25/2017 0:00", "").replace("10.1093/ijnp/pyx062", "unavailable")
    (notice,) = notices(path, HEADER + nothing + undated)
    assert notice.on is None
    assert notice.url == "https://retractionwatch.com/2017/08/28/x"


def test_encodings(path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        assert len(notices(path, (HEADER + LARKIN.replace("Yale", "Universität")).encode(encoding))) == 1


def test_another_file_is_refused(path: Path) -> None:
    with pytest.raises(RetractionFileError, match="lacks originalpaperdoi"):
        notices(path, "a,b\n1,2\n")
    with pytest.raises(RetractionFileError):
        notices(path, "")


def test_the_gravest_notice_that_still_stands_counts() -> None:
    concern, retraction = Notice("concern", on=date(2016, 1, 1)), Notice("retracted", on=date(2017, 1, 1))
    correction, back = Notice("corrected", on=date(2018, 1, 1)), Notice("reinstated", on=date(2019, 1, 1))
    assert verdict([]) is None
    assert verdict([correction, concern]) == concern
    assert verdict([correction, retraction, concern]) == retraction
    assert verdict([back, correction, retraction]) == correction
    assert verdict([retraction, back]) is None
    again = Notice("retracted", on=date(2020, 1, 1))
    assert verdict([again, back, retraction]) == again
