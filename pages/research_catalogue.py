"""The catalogue: which public records there are, sorted beforehand by all that the research page can ask of them.

One query reads it out of the database, and each process holds it until the library changes (`research.edition`). It is
made of sets of keys, so that to narrow and to count is to cut sets, thousands of records at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from research.choices import RESEARCH_KINDS
from research.edition import at_hand
from research.models import Citation

Keys = AbstractSet[int]
NONE: frozenset[int] = frozenset()

#: Kind, design, species, whether it is free to read (of a `Work`): few differ, and hundreds of records have the same.
Alike = tuple[str, str, str, bool | None]
#: A topic of a record, and what it found for it.
Link = tuple[int, str]


class Work(NamedTuple):
    """What is asked of one public record."""

    pk: int
    kind: str
    design: str
    species: str
    is_free: bool | None
    year: int | None
    key: str
    title: str
    size: int | None


LEAST = float("-inf")
#: How each order measures a work, and whether it falls. What is equal follows by key.
MEASURES: dict[str, tuple[Callable[[Work], Any], bool]] = {
    "newest": (lambda work: LEAST if work.year is None else work.year, True),
    "oldest": (lambda work: -LEAST if work.year is None else work.year, False),
    "largest": (lambda work: LEAST if work.size is None else work.size, True),
    "title": (lambda work: work.title.casefold(), False),
}


@dataclass(frozen=True)
class Catalogue:
    """Public records by what is asked of them. All threads read the same one: nothing in it changes."""

    works: Sequence[Work]
    everything: Keys
    alike: Mapping[Alike, Keys]
    by_year: Mapping[int | None, Keys]
    #: By topic and finding; None stands for any.
    by_link: Mapping[tuple[int | None, str | None], Keys]
    #: The topics of each record, as they are ordered in it.
    links: Mapping[int, Sequence[Link]]
    _orders: dict[str, tuple[int, ...]] = field(default_factory=dict, compare=False)

    def linked(self, topics: Iterable[int | None], findings: Collection[str | None]) -> Keys:
        """The records that found any of the findings for any of the topics."""
        return union(self.by_link.get((topic, finding), NONE) for topic in topics for finding in findings)

    def of_years(self, first: int | None, last: int | None) -> Keys:
        """The records of the years from ``first`` to ``last``; those without a year only when neither is given."""
        if first is None and last is None:
            return self.everything
        return union(
            keys
            for year, keys in self.by_year.items()
            if year is not None and (first is None or year >= first) and (last is None or year <= last)
        )

    def years(self) -> list[int]:
        """The years that there are records of."""
        return [year for year in self.by_year if year is not None]

    def order(self, name: str) -> tuple[int, ...]:
        """All records in an order of `MEASURES`, research before the rest; sorted when first asked for."""
        if name not in self._orders:
            measure, is_falling = MEASURES[name]
            # Sorting keeps the order of what is equal, so the last in force comes first.
            works = sorted(self.works, key=lambda work: work.key)
            works.sort(key=measure, reverse=is_falling)
            works.sort(key=lambda work: work.kind not in RESEARCH_KINDS)
            self._orders[name] = tuple(work.pk for work in works)
        return self._orders[name]


def union(sets: Iterable[Keys]) -> Keys:
    """All keys of the sets. One set alone is given as it is: most questions come down to one, and it may be large."""
    found = [keys for keys in sets if keys]
    return found[0] if len(found) == 1 else NONE.union(*found)


def catalogue() -> Catalogue:
    """The catalogue of the library as it is now. One query, one more after each change of the library."""
    return at_hand("catalogue", _read)


LINK = ("topics__topic", "topics__finding", "topics__sort_order", "topics__pk")
WORK = ("pk", "kind", "study_design", "species", "open_access", "issued_year", "key", "title", "sample_size")


def _read() -> Catalogue:
    # A record comes once for each of its topics, or once without one.
    rows: Any = Citation.objects.published().order_by().values_list(*LINK, *WORK)
    works: dict[int, Work] = {}
    placed: dict[int, list[tuple[int, int, Link]]] = defaultdict(list)
    same: dict[Link, Link] = {}  # few differ: one tuple for all that are equal
    for row in rows:
        pk = row[4]
        if pk not in works:
            works[pk] = Work._make(row[4:])
        if row[0] is not None:
            link = row[:2]
            placed[pk].append((row[2] or 0, row[3], same.setdefault(link, link)))
    links = {pk: [link for *_place, link in (sorted(own) if len(own) > 1 else own)] for pk, own in placed.items()}
    return catalogued(list(works.values()), links)


def catalogued(works: Sequence[Work], links: Mapping[int, Sequence[Link]]) -> Catalogue:
    """The catalogue of works and of their topics, those of each work in its own order. Pure."""
    alike: dict[Alike, set[int]] = defaultdict(set)
    by_year: dict[int | None, set[int]] = defaultdict(set)
    pairs: dict[Link, set[int]] = defaultdict(set)
    for work in works:
        pk = work[0]
        alike[work[1:5]].add(pk)
        by_year[work.year].add(pk)
        for link in links.get(pk, ()):
            pairs[link].add(pk)
    by_link: dict[tuple[int | None, str | None], set[int]] = defaultdict(set)
    for (topic, finding), keys in pairs.items():
        for wider in ((topic, finding), (topic, None), (None, finding)):
            by_link[wider] |= keys
    return Catalogue(works, frozenset(work[0] for work in works), dict(alike), dict(by_year), dict(by_link), links)
