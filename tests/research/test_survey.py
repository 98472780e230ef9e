"""The survey of the library against its definition, on invented libraries; no database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pages.research_catalogue import Link, Work, catalogued
from pages.research_filters import SORTS, Filters
from pages.research_survey import Survey, survey
from research.choices import RESEARCH_KINDS

ROOTS = {1: 1, 2: 1, 3: 3, 4: 3, 5: 5}
KINDS, DESIGNS, FINDINGS = ("review", "news"), ("rct", "report"), ("benefit", "harm")
Links = dict[int, list[Link]]
YEARS = st.none() | st.integers(2000, 2004)


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """Any of the values, in their order, as filters hold them."""
    return st.sets(st.sampled_from(values)).map(lambda asked: tuple(value for value in values if value in asked))


def works() -> st.SearchStrategy[list[Work]]:
    row = st.builds(
        Work,
        st.integers(1, 8),
        st.sampled_from(KINDS),
        st.sampled_from(DESIGNS),
        st.sampled_from(("human", "animal", "none")),
        st.sampled_from((None, True, False)),
        YEARS,
        st.just(""),
        st.just(""),
        st.none(),
    )
    rows = st.lists(row, unique_by=lambda work: work.pk)
    return rows.map(
        lambda found: [
            work._replace(key=f"key-{work.pk}", title=f"Title {-work.pk}", size=work.pk % 3 or None) for work in found
        ]
    )


def links() -> st.SearchStrategy[Links]:
    """By work, as they are ordered in it; of works that are not public, too."""
    link = st.tuples(st.sampled_from(list(ROOTS)), st.sampled_from(FINDINGS))
    return st.dictionaries(st.integers(1, 9), st.lists(link, unique_by=lambda one: one[0], max_size=4))


FILTERS = st.builds(
    Filters,
    kinds=some(KINDS),
    designs=some(DESIGNS),
    findings=some(FINDINGS),
    studied=some(("people", "other")),
    first_year=YEARS,
    last_year=YEARS,
    free=st.booleans(),
    sort=st.sampled_from(list(SORTS)),
)


def fits(asked: Filters, chosen: set[int], work: Work, links: Links) -> bool:
    """Whether a record is one of those asked for, said as plainly as can be."""
    pk, kind, design, species, is_free, year = work[:6]
    wanted = {topic for topic, root in ROOTS.items() if topic in chosen or root in chosen} or {*ROOTS}
    linked = any(topic in wanted and finding in (asked.findings or FINDINGS) for topic, finding in links.get(pk, ()))
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
    works: list[Work], links: Links, asked: Filters, chosen: set[int], matched: set[int] | None
) -> None:
    library = catalogued(works, links)

    def ask(asked: Filters = asked, chosen: set[int] = chosen) -> Survey:
        return survey(asked, library, ROOTS, chosen, matched)

    result = ask()
    reach = [work for work in works if matched is None or work.pk in matched]
    assert {*result.found} == {work.pk for work in reach if fits(asked, chosen, work, links)}
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
def test_the_order_is_the_one_asked_for(works: list[Work], links: Links, asked: Filters) -> None:
    result = survey(asked, catalogued(works, links), ROOTS, set(), None)
    rows = {work.pk: work for work in works}
    found = [rows[pk] for pk in result.found]
    late = float("inf")

    def last(work: Work) -> bool:
        return work.kind not in RESEARCH_KINDS

    def newest(work: Work) -> tuple[Any, ...]:
        return last(work), late if work.year is None else -work.year, work.key

    def home(work: Work) -> float:
        own = [topic for topic, finding in links.get(work.pk, ()) if finding in (asked.findings or FINDINGS)]
        return own[0] if own else late

    orders = {
        "newest": newest,
        "oldest": lambda work: (last(work), late if work.year is None else work.year, work.key),
        "largest": lambda work: (last(work), late if work.size is None else -work.size, work.key),
        "title": lambda work: (last(work), work.title.casefold(), work.key),
        "topic": lambda work: (home(work), *newest(work)),
    }
    assert found == sorted(found, key=orders[asked.sort])
