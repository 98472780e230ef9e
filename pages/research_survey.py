"""The library surveyed for one question: which records fit, in which order, and how many each box would leave.

Two narrow queries read all that is asked of public records and their topics; the rest is counted here. To have the
database count meant giving it the same thousands of keys again for each filter, which took three times as long. Rows
stay the tuples they come as: to wrap each would cost more than all the counting.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pages.research_filters import Filters
from research.choices import RESEARCH_KINDS, Species
from research.models import Citation, CitationTopic, Topic

#: Key, kind, design, species, whether it is free to read, year, name, and what the order goes by beyond these.
Work = tuple[int, str, str, str, bool | None, int | None, str, Any]
COLUMNS = ("pk", "kind", "study_design", "species", "open_access", "issued_year", "key")
MEASURES = {"largest": "sample_size", "title": "title"}

#: The keys of a record and of a topic, what was found, and where the topic stands in the record.
Link = tuple[int, int, str, int | None]

#: The filters that ask for something in the record's own row, in the order of `_traits`.
OWN = ("kinds", "designs", "studied", "free")


@dataclass(frozen=True)
class Survey:
    """The keys of the records found, in order; all links; the topic each stands under; the counts; the years.

    `counts` holds for each filter how many records each of its values would leave under all the other filters;
    "roots" are topics with what is filed under their sub-topics.
    """

    found: Sequence[int]
    links: Sequence[Link]
    homes: Mapping[int, int]
    counts: Mapping[str, Counter[Any]]
    first_year: int | None
    last_year: int | None

    def links_of(self, works: Collection[int]) -> dict[int, list[Link]]:
        """All links of some works, as they are ordered in each record."""
        those: dict[int, list[Link]] = {work: [] for work in works}
        for link in self.links:
            if link[0] in those:
                those[link[0]].append(link)
        return {work: sorted(own, key=_place) for work, own in those.items()}


def survey(asked: Filters, topics: Sequence[Topic], matched: Collection[int] | None) -> Survey:
    """Survey the public library; `topics` are all of them in tree order, `matched` holds the text asked for."""
    measure = MEASURES.get(asked.sort, "pk")
    works: Any = Citation.objects.published().order_by().values_list(*COLUMNS, measure)
    links: Any = CitationTopic.objects.order_by("pk").values_list("citation", "topic", "finding", "sort_order")
    roots = {topic.pk: topic.parent_id or topic.pk for topic in topics}
    known = [link for link in links if link[1] in roots]  # a topic may have been made since
    chosen = {topic.pk for topic in topics if topic.slug in asked.topics}
    return surveyed(asked, list(works), known, roots, chosen, matched)


def surveyed(
    asked: Filters,
    works: Sequence[Work],
    links: Sequence[Link],
    roots: Mapping[int, int],
    chosen: Collection[int],
    matched: Collection[int] | None,
) -> Survey:
    """Count and order. `roots` gives each topic its condition, in tree order; `chosen` are those asked for. Pure."""
    within = _within(asked, works, matched)
    passed = {traits: _passed(asked, traits) for traits in {work[1:5] for work in within}}
    own = {work[0] for work in within if all(passed[work[1:5]])}

    wanted = {topic for topic, root in roots.items() if topic in chosen or root in chosen}
    # The finding belongs to the pair: with a topic chosen, only what was found for it counts.
    on_topic = [link for link in links if link[1] in wanted] if chosen else links
    of_finding = [link for link in links if link[2] in asked.findings] if asked.findings else links
    of_both = [link for link in on_topic if link[2] in asked.findings] if asked.findings else on_topic
    linked = {link[0] for link in of_both} if chosen or asked.findings else None

    counts: dict[str, Counter[Any]] = dict(_count_own(within, passed, linked))
    counts["topics"] = _count_linked(of_finding, own, lambda link: link[1])
    counts["roots"] = _count_linked(of_finding, own, lambda link: roots[link[1]])
    counts["findings"] = _count_linked(on_topic, own, lambda link: link[2])

    found = [work for work in within if work[0] in own and (linked is None or work[0] in linked)]
    homes = _homes(of_both) if asked.sort == "topic" else {}
    years = [year for work in works if (year := work[5]) is not None]
    return Survey(
        found=_ordered(asked.sort, found, homes, list(roots)),
        links=links,
        homes=homes,
        counts=counts,
        first_year=min(years, default=None),
        last_year=max(years, default=None),
    )


_Own = tuple[str, str, str, bool | None]


def _traits(own: _Own) -> tuple[str, str, str, str]:
    """A work's value for each filter of `OWN`. Few differ: what holds for one work holds for hundreds."""
    kind, design, species, is_free = own
    return kind, design, "people" if species == Species.HUMAN else "other", "1" if is_free else ""


def _passed(asked: Filters, own: _Own) -> tuple[bool, ...]:
    """For each filter of `OWN`, whether works like this pass it."""
    wanted = (asked.kinds, asked.designs, asked.studied, ("1",) if asked.free else ())
    return tuple(not values or value in values for values, value in zip(wanted, _traits(own), strict=True))


def _within(asked: Filters, works: Sequence[Work], matched: Collection[int] | None) -> Sequence[Work]:
    """The works that hold the text and are of the years."""
    if matched is not None:
        works = [work for work in works if work[0] in matched]
    if asked.first_year is not None:
        works = [work for work in works if work[5] is not None and work[5] >= asked.first_year]
    if asked.last_year is not None:
        works = [work for work in works if work[5] is not None and work[5] <= asked.last_year]
    return works


def _count_own(
    works: Iterable[Work], passed: Mapping[_Own, tuple[bool, ...]], linked: Collection[int] | None
) -> dict[str, Counter[str]]:
    """How many records each value of the own filters would leave, when every other filter is in force."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in OWN}
    alike = Counter(work[1:5] for work in works if linked is None or work[0] in linked)
    for own, number in alike.items():
        for at, (name, value) in enumerate(zip(OWN, _traits(own), strict=True)):
            if all(passes for other, passes in enumerate(passed[own]) if other != at):
                counts[name][value] += number
    return counts


def _count_linked(links: Iterable[Link], works: Collection[int], value: Callable[[Link], Any]) -> Counter[Any]:
    """How many of the works each value of their links leaves; a work counts once for each."""
    having: dict[Any, set[int]] = defaultdict(set)
    for link in links:
        if link[0] in works:
            having[value(link)].add(link[0])
    return Counter({one: len(those) for one, those in having.items()})


def _homes(links: Iterable[Link]) -> dict[int, int]:
    """The topic under which each work is listed: the first of its links, as they are ordered in the record."""
    places: dict[int, int] = {}
    homes: dict[int, int] = {}
    for link in links:
        work, place = link[0], _place(link)
        if work not in places or place < places[work]:
            places[work], homes[work] = place, link[1]
    return homes


def _place(link: Link) -> int:
    return link[3] or 0


def _ordered(sort: str, found: list[Work], homes: Mapping[int, int], topics: Sequence[int]) -> list[int]:
    """The keys of the works in the order asked for; research always before the rest.

    Sorted several times by one value, the last in force first: sorting keeps the order of what is equal.
    """
    least = float("-inf")
    found.sort(key=lambda work: work[6])
    if sort == "title":
        found.sort(key=lambda work: work[7].casefold())
    elif sort == "largest":
        found.sort(key=lambda work: least if work[7] is None else work[7], reverse=True)
    elif sort == "oldest":
        found.sort(key=lambda work: -least if work[5] is None else work[5])
    else:
        found.sort(key=lambda work: least if work[5] is None else work[5], reverse=True)
    found.sort(key=lambda work: work[1] not in RESEARCH_KINDS)
    if sort == "topic":
        places = {topic: place for place, topic in enumerate(topics)}
        found.sort(key=lambda work: places.get(homes.get(work[0], 0), len(places)))
    return [work[0] for work in found]
