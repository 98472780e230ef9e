"""The survey of the library against its definition, on invented libraries; no database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pages.research_filters import SORTS, Filters
from pages.research_survey import Link, Survey, Work, surveyed
from research.choices import RESEARCH_KINDS

ROOTS = {1: 1, 2: 1, 3: 3, 4: 3, 5: 5}
KINDS, DESIGNS, FINDINGS = ("review", "news"), ("rct", "report"), ("benefit", "harm")
YEARS = st.none() | st.integers(2000, 2004)


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """Any of the values, in their order, as filters hold them."""
    return st.sets(st.sampled_from(values)).map(lambda asked: tuple(value for value in values if value in asked))


def works() -> st.SearchStrategy[list[Work]]:
    row = st.tuples(
        st.integers(1, 8),
        st.sampled_from(KINDS),
        st.sampled_from(DESIGNS),
        st.sampled_from(("human", "animal", "none")),
        st.sampled_from((None, True, False)),
        YEARS,
    )
    rows = st.lists(row, unique_by=lambda work: work[0])
    return rows.map(lambda found: [(*work, f"key-{work[0]}", work[0] % 3) for work in found])  # type: ignore[misc]


def links() -> st.SearchStrategy[list[Link]]:
    row = st.tuples(
        st.integers(1, 9), st.sampled_from(list(ROOTS)), st.sampled_from(FINDINGS), st.none() | st.integers(0, 3)
    )
    return st.lists(row, unique_by=lambda link: link[:2])


FILTERS = st.builds(
    Filters,
    kinds=some(KINDS),
    designs=some(DESIGNS),
    findings=some(FINDINGS),
    studied=some(("people", "other")),
    first_year=YEARS,
    last_year=YEARS,
    free=st.booleans(),
    sort=st.sampled_from([sort for sort in SORTS if sort != "title"]),
)


def fits(asked: Filters, chosen: set[int], work: Work, links: list[Link]) -> bool:
    """Whether a record is one of those asked for, said as plainly as can be."""
    pk, kind, design, species, is_free, year = work[:6]
    wanted = {topic for topic, root in ROOTS.items() if topic in chosen or root in chosen} or {*ROOTS}
    linked = any(link[0] == pk and link[1] in wanted and link[2] in (asked.findings or FINDINGS) for link in links)
    return (
        kind in (asked.kinds or KINDS)
        and design in (asked.designs or DESIGNS)
        and ("people" if species == "human" else "other") in (asked.studied or ("people", "other"))
        and (is_free is True or not asked.free)
        and (asked.first_year is None or (year is not None and year >= asked.first_year))
        and (asked.last_year is None or (year is not None and year <= asked.last_year))
        and (linked or not (chosen or asked.findings))
    )


@given(works(), links(), FILTERS, st.sets(st.sampled_from(list(ROOTS))), st.none() | st.sets(st.integers(1, 8)))
def test_it_finds_what_fits_and_each_count_is_what_its_box_would_leave(
    works: list[Work], links: list[Link], asked: Filters, chosen: set[int], matched: set[int] | None
) -> None:
    def ask(asked: Filters = asked, chosen: set[int] = chosen) -> Survey:
        return surveyed(asked, list(works), links, ROOTS, chosen, matched)

    result = ask()
    reach = [work for work in works if matched is None or work[0] in matched]
    assert {*result.found} == {work[0] for work in reach if fits(asked, chosen, work, links)}
    assert len(result.found) == len({*result.found})

    boxes: list[tuple[str, Any]] = [("kinds", kind) for kind in KINDS]
    boxes += [("designs", design) for design in DESIGNS]
    boxes += [("findings", finding) for finding in FINDINGS]
    boxes += [("studied", who) for who in ("people", "other")]
    for facet, value in boxes:
        left = ask(replace(asked, **{facet: (value,)}))
        assert result.counts[facet][value] == len(left.found), (facet, value)
    assert result.counts["free"]["1"] == len(ask(replace(asked, free=True)).found)
    for topic, root in ROOTS.items():
        name = "roots" if topic == root else "topics"
        assert result.counts[name][topic] == len(ask(chosen={topic}).found), topic


@given(works(), links(), FILTERS)
def test_the_order_is_the_one_asked_for(works: list[Work], links: list[Link], asked: Filters) -> None:
    result = surveyed(asked, list(works), links, ROOTS, set(), None)
    rows = {work[0]: work for work in works}
    found = [rows[pk] for pk in result.found]
    late = float("inf")

    def newest(work: Work) -> tuple[Any, ...]:
        return work[1] not in RESEARCH_KINDS, late if work[5] is None else -work[5], work[6]

    def home(work: Work) -> int:
        own = [link for link in links if link[0] == work[0] and link[2] in (asked.findings or FINDINGS)]
        return min(own, key=lambda link: link[3] or 0)[1] if own else late  # type: ignore[return-value]

    orders = {
        "newest": newest,
        "oldest": lambda work: (work[1] not in RESEARCH_KINDS, late if work[5] is None else work[5], work[6]),
        "largest": lambda work: (work[1] not in RESEARCH_KINDS, -work[7], work[6]),
        "topic": lambda work: (home(work), *newest(work)),
    }
    assert found == sorted(found, key=orders[asked.sort])
