"""The research listing: the library narrowed, counted, sorted, grouped by topic and cut into pages.

Query budget: topics with their pages, two for all counts, one page of records, their topics; with a search text
one more. The number does not grow with the library.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.paginator import Page as PageOfResults
from django.core.paginator import Paginator
from django.db import connection, models
from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, Concat, StrIndex
from django.http import QueryDict
from django.utils.translation import gettext as _

from pages.research_filters import SORTS, Filters, labels, read_filters
from pages.search.fulltext import matching_ids, types_of
from pages.search.reading import read
from research.choices import RESEARCH_KINDS, Finding, Species
from research.formats.registry import FORMATS
from research.models import Citation, CitationTopic, Topic

PER_PAGE = 20
NOT_PEOPLE = [value for value in Species.values if value != Species.HUMAN]


@dataclass(frozen=True)
class Option:
    """One box of a filter, with the number of records it would leave."""

    name: str
    value: str
    label: str
    count: int
    checked: bool
    child: bool = False


@dataclass(frozen=True)
class Facet:
    """One fieldset of the filter form."""

    name: str
    legend: str
    options: tuple[Option, ...]

    @property
    def active(self) -> int:
        """How many boxes are ticked."""
        return sum(option.checked for option in self.options)


@dataclass
class Group:
    """Records under one topic, or all of them when they are not grouped; research apart from the rest."""

    topic: Topic | None
    continued: bool = False
    research: list[Citation] = field(default_factory=list)
    other: list[Citation] = field(default_factory=list)


class Slices:
    """Records in order, of which only a slice is ever fetched: the order is found on keys alone, then the rows."""

    def __init__(self, found: models.QuerySet[Citation], arrange: Callable[[Any], Any]) -> None:
        self.found = found
        self.arrange = arrange

    def __getitem__(self, part: slice) -> list[Citation]:
        keys = self.arrange(self.found).values("pk")[part]
        rows: list[Citation] = list(self.arrange(Citation.objects.filter(pk__in=keys).with_topics()))
        return rows


class Counted(Paginator[Any]):
    """A paginator that has been told the count."""

    def __init__(self, rows: Any, per_page: int, total: int) -> None:
        super().__init__(rows, per_page)
        self._total = total

    @cached_property
    def count(self) -> int:
        """The number of records found."""
        return self._total


def among(pks: list[int]) -> RawSQL:
    """Keys as one parameter that the right of ``in`` takes: thousands would not fit, and cost time, one by one."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [pks])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(pks)])


def topics_with_pages() -> list[Topic]:
    """All topics in tree order, each with ``page``: the public page about it, or about its condition. One query."""
    from pages.models import ConditionPage

    about = ConditionPage.objects.live().unrestricted().filter(topics=OuterRef("pk")).order_by("title")
    names = {"page_id": "pk", "page_title": "title", "page_path": "url_path"}
    found = Topic.objects.in_tree_order().select_related("parent")
    topics = list(found.annotate(**{name: Subquery(about.values(of)[:1]) for name, of in names.items()}))
    pages: dict[int, Any] = {}
    for topic in topics:
        if topic.page_id:
            pages[topic.pk] = ConditionPage(pk=topic.page_id, title=topic.page_title, url_path=topic.page_path)
    for topic in topics:
        topic.page = pages.get(topic.pk) or pages.get(topic.parent_id or 0)
    return topics


class Listing:
    """Everything the listing's template shows."""

    def __init__(self, data: QueryDict, *, language: str = "") -> None:
        self.topics = topics_with_pages()
        self.by_slug = {topic.slug: topic for topic in self.topics}
        self.filters: Filters = read_filters(data, list(self.by_slug))
        self._matched = self._search()
        self._counts = self._count()
        self.total = self._counts["total"].get("", 0)
        ordered = Counted(Slices(self.queryset(), self._arranged), PER_PAGE, self.total)
        self.results: PageOfResults[Any] = ordered.get_page(data.get("page"))
        self.records: list[Citation] = list(self.results.object_list)

    # What is found

    def queryset(self) -> models.QuerySet[Citation]:
        """Exactly the records found, for the list and for the exports."""
        return Citation.objects.published().filter(self._condition())

    def _search(self) -> RawSQL | None:
        """The records that hold the text, however many; None when no text is asked for."""
        if not self.filters.text:
            return None
        names = [[topic.name, *topic.synonym_list()] for topic in self.topics]
        return among(matching_ids(read(self.filters.text, names).groups, types_of(Citation)))

    def _condition(self, *but: str) -> Q:
        """All filters as one condition, leaving out those named."""
        asked = self.filters
        condition = Q()
        if self._matched is not None:
            condition &= Q(pk__in=self._matched)
        if asked.kinds and "kinds" not in but:
            condition &= Q(kind__in=asked.kinds)
        if asked.designs and "designs" not in but:
            condition &= Q(study_design__in=asked.designs)
        if len(asked.studied) == 1 and "studied" not in but:
            condition &= Q(species__in=[Species.HUMAN] if asked.studied == ("people",) else NOT_PEOPLE)
        if asked.free and "free" not in but:
            condition &= Q(open_access=True)
        if "years" not in but:
            if asked.first_year is not None:
                condition &= Q(issued_year__gte=asked.first_year)
            if asked.last_year is not None:
                condition &= Q(issued_year__lte=asked.last_year)
        links = Q()
        if asked.topics and "topics" not in but:
            links &= Q(topic__in=self._chosen)
        if asked.findings and "findings" not in but:
            links &= Q(finding__in=asked.findings)
        if links:
            condition &= Q(pk__in=CitationTopic.objects.filter(links).values("citation"))
        return condition

    @cached_property
    def _chosen(self) -> list[int]:
        """The chosen topics and their sub-topics."""
        chosen = {self.by_slug[slug].pk for slug in self.filters.topics}
        return [topic.pk for topic in self.topics if topic.pk in chosen or topic.parent_id in chosen]

    # How many

    def _count(self) -> dict[str, dict[str, int]]:
        """Every count of the form in one query: each filter's options under all the other filters."""
        public = Citation.objects.published().order_by()

        def links(but: str) -> Any:
            # The finding belongs to the pair: with a topic chosen, only what was found for it counts.
            rows = CitationTopic.objects.order_by().filter(citation__in=public.filter(self._condition(but)))
            if but == "findings" and self.filters.topics:
                rows = rows.filter(topic__in=self._chosen)
            if but == "topics" and self.filters.findings:
                rows = rows.filter(finding__in=self.filters.findings)
            return rows

        def by_link(facet: str, column: Any, rows: Any, *, distinct: bool = True) -> Any:
            named = rows.annotate(facet=Value(facet, CharField()), value=Cast(column, CharField()))
            return named.values("facet", "value").annotate(n=Count("citation", distinct=distinct))

        def extreme(name: str, of: type[Min] | type[Max]) -> Any:
            named = public.annotate(facet=Value("years", CharField()), value=Value(name, CharField()))
            return named.values("facet", "value").annotate(n=of("issued_year"))

        parts = [
            by_link("topics", F("topic"), links("topics"), distinct=False),  # a pair stands once
            by_link("roots", Coalesce("topic__parent", "topic"), links("topics")),
            by_link("findings", F("finding"), links("findings")),
            extreme("first", Min),
            extreme("last", Max),
        ]
        counts = self._count_records(public)
        for row in parts[0].union(*parts[1:], all=True):
            counts[row["facet"]][str(row["value"] or "")] = row["n"] or 0
        return counts

    def _count_records(self, public: models.QuerySet[Citation]) -> dict[str, dict[str, int]]:
        """The counts that stand in the records' own row, in one pass: alike ones are counted by the database."""
        asked = self.filters
        own = ("kinds", "designs", "studied", "free")
        counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        alike = public.filter(self._condition(*own)).values_list("kind", "study_design", "species", "open_access")
        for kind, design, species, is_open, n in alike.annotate(n=Count("pk")):
            people = "people" if species == Species.HUMAN else "other"
            fits = {
                "kinds": not asked.kinds or kind in asked.kinds,
                "designs": not asked.designs or design in asked.designs,
                "studied": not asked.studied or people in asked.studied,
                "free": not asked.free or bool(is_open),
            }
            values = {"kinds": kind, "designs": design, "studied": people, "free": "1" if is_open else ""}
            if all(fits.values()):
                counts["total"][""] += n
            for name in own:
                if all(fits[other] for other in own if other != name):
                    counts[name][values[name]] += n
        return counts

    # In which order

    def _arranged(self, rows: Any) -> Any:
        """The rows in the order asked for, each with its ``home`` where they are grouped; research always first."""
        apart = Case(When(kind__in=RESEARCH_KINDS, then=0), default=1, output_field=IntegerField())
        rows = rows.alias(apart=apart)
        newest = (F("issued_year").desc(nulls_last=True), "key")
        orders: dict[str, tuple[Any, ...]] = {
            "newest": ("apart", *newest),
            "oldest": ("apart", F("issued_year").asc(nulls_last=True), "key"),
            "largest": ("apart", F("sample_size").desc(nulls_last=True), "key"),
            "title": ("apart", "title", "key"),
        }
        if self.filters.sort in orders:
            return rows.annotate(home=Value(-1)).order_by(*orders[self.filters.sort])
        return rows.annotate(home=self._home()).order_by("home", "apart", *newest)

    def _home(self) -> Any:
        """Where the topic under which a record is listed stands in ``_places``: the first chosen, else its first.

        A search in a text, since a condition for each topic would take longer to write than to answer.
        """
        links = CitationTopic.objects.filter(citation=OuterRef("pk"))
        if self.filters.topics:
            links = links.filter(topic__in=self._chosen)
        if self.filters.findings:
            links = links.filter(finding__in=self.filters.findings)
        key = Concat(Value(","), Cast("topic", CharField()), Value(","))
        first = links.order_by("sort_order", "pk").annotate(place=StrIndex(Value(self._places), key)).values("place")
        return Coalesce(Subquery(first[:1]), Value(len(self._places)))

    @cached_property
    def _places(self) -> str:
        """The keys of all topics in tree order, each between commas."""
        return "".join(f",{topic.pk}," for topic in self.topics)

    # What the template shows

    @cached_property
    def groups(self) -> list[Group]:
        """The records of this page under their topics; one group when they are not sorted by topic."""
        groups: list[Group] = []
        at: int | None = None
        standing = {self._places.index(f",{topic.pk},") + 1: topic for topic in self.topics}
        for record in self.records:
            place = record.home
            if not groups or place != at:
                groups.append(Group(standing.get(place)))
                at = place
            self._describe(record, groups[-1].topic)
            (groups[-1].research if record.is_research else groups[-1].other).append(record)
        return groups

    @property
    def grouped(self) -> bool:
        """Whether the records stand under their topics."""
        return self.filters.sort == "topic"

    def _describe(self, record: Citation, topic: Topic | None) -> None:
        """Give a record what it found here and for its other topics."""
        links = list(record.topics.all())
        here = next((link for link in links if topic is not None and link.topic_id == topic.pk), None)
        record.finding_here = here.get_finding_display() if here and here.finding != Finding.BACKGROUND else ""
        record.other_links = [link for link in links if link is not here]

    def facets(self) -> list[Facet]:
        """The filter form's fieldsets."""
        words, asked = labels(), self.filters
        facets = [Facet("topic", _("Topic"), tuple(self._topic_options()))]
        for name, facet, legend in (
            ("finding", "findings", _("What was found")),
            ("design", "designs", _("Kind of study")),
            ("kind", "kinds", _("Kind of record")),
            ("in", "studied", _("Who was studied")),
        ):
            chosen: Sequence[str] = getattr(asked, facet)
            counts = self._counts[facet]
            options = tuple(
                Option(name, value, label, counts.get(value, 0), value in chosen)
                for value, label in words[facet].items()
                if counts.get(value) or value in chosen
            )
            facets.append(Facet(name, legend, options))
        free = Option("free", "1", _("Free to read"), self._counts["free"].get("1", 0), asked.free)
        facets.append(Facet("free", _("Access"), (free,)))
        return [facet for facet in facets if facet.options]

    def _topic_options(self) -> Iterator[Option]:
        for topic in self.topics:
            counts = self._counts["topics" if topic.parent_id else "roots"]
            count, chosen = counts.get(str(topic.pk), 0), topic.slug in self.filters.topics
            if count or chosen:
                yield Option("topic", topic.slug, topic.name, count, chosen, child=bool(topic.parent_id))

    @property
    def first_year(self) -> int | None:
        """The oldest year of the library."""
        return self._counts["years"].get("first") or None

    @property
    def last_year(self) -> int | None:
        """The newest year of the library."""
        return self._counts["years"].get("last") or None

    def sorts(self) -> list[tuple[str, str, bool]]:
        """Value, label, and whether it is in force."""
        return [(value, str(label), value == self.filters.sort) for value, label in SORTS.items()]

    def active(self) -> list[tuple[str, str]]:
        """Each filter in force as words, with the query string that takes it off."""
        asked, words = self.filters, labels()
        found: list[tuple[str, str]] = []
        if asked.text:
            found.append((f"“{asked.text}”", asked.without("text").query()))
        found += [(self.by_slug[slug].name, asked.without("topics", slug).query()) for slug in asked.topics]
        for facet in ("findings", "designs", "kinds", "studied"):
            values: Sequence[str] = getattr(asked, facet)
            found += [(words[facet][value], asked.without(facet, value).query()) for value in values]
        if asked.first_year is not None:
            label = _("from %(year)d") % {"year": asked.first_year}
            found.append((label, asked.without("first_year").query()))
        if asked.last_year is not None:
            label = _("up to %(year)d") % {"year": asked.last_year}
            found.append((label, asked.without("last_year").query()))
        if asked.free:
            found.append((_("Free to read"), asked.without("free").query()))
        return found

    def exports(self) -> list[tuple[str, str]]:
        """Label and query string of each export of exactly what is found."""
        query = self.filters.query()
        return [(str(kind.label), f"{query}&export={name}".lstrip("&")) for name, kind in FORMATS.items()]
