"""The library surveyed for one question: which records fit, in which order, and how many each box would leave.

Everything is counted here, from the catalogue. To have the database count meant giving it the same thousands of keys
again for each filter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pages.research_catalogue import Alike, Catalogue, Keys, union
from pages.research_filters import Filters
from research.choices import Species

#: The filters that ask for something in the record's own row, in the order of `_traits`.
OWN = ("kinds", "designs", "studied", "free")


@dataclass(frozen=True)
class Survey:
    """The keys of the records found, in order; the topic each stands under; the counts; the years.

    `counts` holds for each filter how many records each of its values would leave under all the other filters;
    "roots" are topics with what is filed under their sub-topics.
    """

    found: Sequence[int]
    homes: Mapping[int, int]
    counts: Mapping[str, Counter[Any]]
    first_year: int | None
    last_year: int | None


def survey(
    asked: Filters,
    catalogue: Catalogue,
    roots: Mapping[int, int],
    chosen: Collection[int],
    matched: Keys | None,
) -> Survey:
    """Count and order. `roots` gives each topic its condition, in tree order; `chosen` are those asked for, `matched`
    holds the text asked for. Pure.
    """
    within = catalogue.of_years(asked.first_year, asked.last_year)
    within = within if matched is None else within & matched
    passed = {alike: _passed(asked, alike) for alike in catalogue.alike}
    own = within
    if not all(map(all, passed.values())):
        own = within & union(catalogue.alike[alike] for alike, passes in passed.items() if all(passes))

    # The finding belongs to the pair: with a topic chosen, only what was found for it counts.
    family = [topic for topic, root in roots.items() if topic in chosen or root in chosen]
    topics: Collection[int | None] = family if chosen else (None,)
    findings: Collection[str | None] = asked.findings or (None,)
    linked = catalogue.linked(topics, findings) if chosen or asked.findings else None
    found = own if linked is None else own & linked
    homes = _homes(catalogue, found, family if chosen else roots, asked) if asked.sort == "topic" else {}
    years = catalogue.years()
    return Survey(
        found=_ordered(asked.sort, found, catalogue, homes, roots),
        homes=homes,
        counts={
            **_count_own(catalogue, passed, within, linked),
            **_count_links(catalogue, own, topics, findings, roots),
        },
        first_year=min(years, default=None),
        last_year=max(years, default=None),
    )


def _traits(alike: Alike) -> tuple[str, str, str, str]:
    """The value for each filter of `OWN`."""
    who = "people" if alike[2] == Species.HUMAN else "other"
    return alike[0], alike[1], who, "1" if alike[3] else ""


def _passed(asked: Filters, alike: Alike) -> tuple[bool, ...]:
    """For each filter of `OWN`, whether works like this pass it."""
    wanted = (asked.kinds, asked.designs, asked.studied, ("1",) if asked.free else ())
    return tuple(not values or value in values for values, value in zip(wanted, _traits(alike), strict=True))


def _count_own(
    catalogue: Catalogue, passed: Mapping[Alike, tuple[bool, ...]], within: Keys, linked: Keys | None
) -> dict[str, Counter[Any]]:
    """How many records each value of the own filters would leave, when every other filter is in force."""
    counts: dict[str, Counter[Any]] = {name: Counter() for name in OWN}
    left = within if linked is None else within & linked
    for alike, passes in passed.items():
        failed = passes.count(False)
        if failed > 1:  # no one box would leave them
            continue
        number = _size(catalogue.alike[alike], left, catalogue)
        for name, value, passes_it in zip(OWN, _traits(alike), passes, strict=True):
            if not failed or not passes_it:
                counts[name][value] += number
    return counts


def _count_links(
    catalogue: Catalogue,
    own: Keys,
    topics: Collection[int | None],
    findings: Collection[str | None],
    roots: Mapping[int, int],
) -> dict[str, Counter[Any]]:
    """How many records each topic, each condition with its sub-topics, and each finding would leave."""
    families: dict[int, list[int]] = defaultdict(list)
    for topic, root in roots.items():
        families[root].append(topic)
    known = {finding for topic, finding in catalogue.by_link if topic is None and finding is not None}

    def size(topics: Collection[int | None], findings: Collection[str | None]) -> int:
        return _size(catalogue.linked(topics, findings), own, catalogue)

    return {
        "topics": Counter({topic: size((topic,), findings) for topic in roots}),
        "roots": Counter({root: size(family, findings) for root, family in families.items()}),
        "findings": Counter({finding: size(topics, (finding,)) for finding in known}),
    }


def _size(keys: Keys, left: Keys, catalogue: Catalogue) -> int:
    """How many of the keys are left."""
    return len(keys) if left is catalogue.everything else len(keys & left)


def _homes(catalogue: Catalogue, works: Keys, topics: Collection[int], asked: Filters) -> dict[int, int]:
    """The topic under which each work is listed: the first of its topics that the question leaves."""
    homes: dict[int, int] = {}
    for work in works:
        for topic, finding in catalogue.links.get(work, ()):
            if topic in topics and (not asked.findings or finding in asked.findings):
                homes[work] = topic
                break
    return homes


def _ordered(
    sort: str, found: Keys, catalogue: Catalogue, homes: Mapping[int, int], topics: Iterable[int]
) -> Sequence[int]:
    """The keys of the works in the order asked for."""
    order = catalogue.order("newest" if sort == "topic" else sort)
    works = order if found is catalogue.everything else [pk for pk in order if pk in found]
    if sort != "topic":
        return works
    at_home: dict[int | None, list[int]] = {topic: [] for topic in (*topics, None)}
    for work in works:
        at_home[homes.get(work)].append(work)
    return [work for those in at_home.values() for work in those]
