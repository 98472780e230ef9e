"""Evidence at a glance: counting people once, and saying what is missing. Pure functions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from research.evidence import Record, glance, participants

RCT = Record(1, "journal-article", "rct", "human", "current", "benefit", 2014, 41)


def _record(pk: int, **changes: object) -> Record:
    return RCT._replace(id=pk, **changes)  # type: ignore[arg-type]


def test_one_trial_counts_its_people_once() -> None:
    records = [_record(1, sample_size=41), _record(2, sample_size=40), _record(3, sample_size=100)]
    assert participants(records, []) == (181, 3)
    assert participants(records, [(1, 2)]) == (141, 2)
    assert participants(records, [(2, 1), (1, 2)]) == (141, 2)


def test_two_reports_joined_by_a_record_that_is_not_counted_are_one_trial() -> None:
    registration = 99
    records = [_record(1, sample_size=30), _record(2, sample_size=30)]
    assert participants(records, [(1, registration), (registration, 2)]) == (30, 1)


def test_reviews_animals_and_unknown_sizes_add_no_people() -> None:
    records = [
        _record(1, study_design="systematic-review", sample_size=5299),
        _record(2, species="animal", sample_size=60),
        _record(3, sample_size=None),
        _record(4, study_design="consensus", sample_size=9),
    ]
    assert participants(records, []) == (0, 0)


@given(
    st.lists(st.integers(1, 500), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=20),
)
def test_joining_trials_never_adds_people(sizes: list[int], pairs: list[tuple[int, int]]) -> None:
    records = [_record(pk, sample_size=size) for pk, size in enumerate(sizes)]
    people, trials = participants(records, pairs)
    assert max(sizes) <= people <= sum(sizes)
    assert 1 <= trials <= len(sizes)
    assert participants(records, [(b, a) for a, b in reversed(pairs)]) == (people, trials)


def test_the_table_counts_every_study_once_and_leaves_out_what_is_no_evidence() -> None:
    found = glance(
        [
            _record(1),
            _record(1),  # filed under a topic and its sub-topic
            _record(2, finding="no-benefit"),
            _record(3, study_design="systematic-review", finding="benefit", year=2021),
            _record(4, kind="news", sample_size=1000),
            _record(5, status="retracted", sample_size=1000, year=2025),
        ],
        [],
        2022,
    )
    assert [(row.design, row.total) for row in found.rows] == [("systematic-review", 1), ("rct", 2)]
    assert (found.studies, found.participants, found.newest) == (3, 82, 2021)
    assert {value: count for value, _label, count in found.findings} == {"benefit": 2, "no-benefit": 1}
    row, bars = found.bars()[1]
    assert [(bar.finding, bar.x, bar.width) for bar in bars] == [("benefit", 0, 50), ("no-benefit", 50, 50)]
    assert row.label == "Randomized trial"


def test_gaps_are_said_openly() -> None:
    assert glance([], [], 2026).gaps == ("Our library holds no study on this yet.",)
    mice = glance([_record(1, species="animal", study_design="preclinical", year=2025)], [], 2026)
    assert any("in people" in gap for gap in mice.gaps)
    open_label = glance([_record(1, study_design="open-label", sample_size=8, year=1995)], [], 2026)
    text = " ".join(open_label.gaps)
    assert "by chance" in text and "8 people" in text and "1995" in text and "systematic review" in text
    full = glance([_record(1, sample_size=403, year=2025), _record(2, study_design="systematic-review")], [], 2026)
    assert full.gaps == ()
