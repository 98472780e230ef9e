"""The research listing: the library narrowed, counted, sorted, grouped by topic and cut into pages.

Query budget: two for topics and their pages, one for the catalogue (two after a change of the library), one for a page
of records; with a search text one more. The number does not grow with the library.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.core.paginator import Page as PageOfResults
from django.core.paginator import Paginator
from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.http import QueryDict
from django.utils.translation import gettext as _

from pages.research_catalogue import catalogue
from pages.research_filters import SORTS, Filters, labels, read_filters
from pages.research_survey import survey
from pages.search.fulltext import matching_ids, types_of
from pages.search.reading import read
from research.choices import Finding
from research.formats.registry import FORMATS
from research.models import Citation, CitationTopic, Topic

PER_PAGE = 20


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
    research: list[Citation] = field(default_factory=list)
    other: list[Citation] = field(default_factory=list)


def among(pks: Sequence[int]) -> RawSQL:
    """Keys as one parameter that the right of ``in`` takes: thousands would not fit, and cost time, one by one."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(pks)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(pks))])


def topics_with_pages() -> list[Topic]:
    """All topics in tree order, each with ``page``: the public page about it, or about its condition. Two queries."""
    from pages.models import ConditionPage

    topics = list(Topic.objects.in_tree_order().select_related("parent"))
    about = ConditionPage.objects.live().unrestricted().filter(topics__isnull=False).order_by("title")
    pages: dict[int, ConditionPage] = {}
    for topic, pk, title, path in about.values_list("topics", "pk", "title", "url_path"):
        if topic not in pages:
            pages[topic] = ConditionPage(pk=pk, title=title, url_path=path)
    for topic in topics:
        topic.page = pages.get(topic.pk) or pages.get(topic.parent_id or 0)
    return topics


class Listing:
    """Everything the listing's template shows."""

    def __init__(self, data: QueryDict) -> None:
        self.topics = topics_with_pages()
        self.by_slug = {topic.slug: topic for topic in self.topics}
        self.filters: Filters = read_filters(data, list(self.by_slug))
        self._catalogue = catalogue()
        roots = {topic.pk: topic.parent_id or topic.pk for topic in self.topics}
        chosen = {self.by_slug[slug].pk for slug in self.filters.topics}
        self._survey = survey(self.filters, self._catalogue, roots, chosen, self._matched())
        self.total = len(self._survey.found)
        self.results: PageOfResults[int] = Paginator(self._survey.found, PER_PAGE).get_page(data.get("page"))
        # A record that was taken off the public site a moment ago is not shown any more.
        rows = Citation.objects.published().in_bulk(list(self.results.object_list))
        self.records: list[Citation] = [rows[pk] for pk in self.results.object_list if pk in rows]

    def queryset(self) -> models.QuerySet[Citation]:
        """Exactly the records found, for the exports."""
        return Citation.objects.published().filter(pk__in=among(self._survey.found))

    def _matched(self) -> frozenset[int] | None:
        """The records that hold the text, however many; None when no text is asked for."""
        if not self.filters.text:
            return None
        names = [[topic.name, *topic.synonym_list()] for topic in self.topics]
        return frozenset(matching_ids(read(self.filters.text, names).groups, types_of(Citation)))

    # What the template shows

    @cached_property
    def groups(self) -> list[Group]:
        """The records of this page under their topics; one group when they are not sorted by topic."""
        groups: list[Group] = []
        by_pk = {topic.pk: topic for topic in self.topics}
        for record in self.records:
            home = by_pk.get(self._survey.homes.get(record.pk, 0))
            if not groups or home != groups[-1].topic:
                groups.append(Group(home))
            findings = [
                CitationTopic(citation=record, topic=by_pk[topic], finding=finding)
                for topic, finding in self._catalogue.links.get(record.pk, ())
                if topic in by_pk  # it may have been made since
            ]
            here = next((link for link in findings if link.topic == home), None)
            record.finding_here = here.get_finding_display() if here and here.finding != Finding.BACKGROUND else ""
            record.other_links = [link for link in findings if link is not here]
            (groups[-1].research if record.is_research else groups[-1].other).append(record)
        return groups

    @property
    def grouped(self) -> bool:
        """Whether the records stand under their topics."""
        return self.filters.sort == "topic"

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
            counts = self._survey.counts[facet]
            options = tuple(
                Option(name, value, label, counts[value], value in chosen)
                for value, label in words[facet].items()
                if counts[value] or value in chosen
            )
            facets.append(Facet(name, legend, options))
        free = Option("free", "1", _("Free to read"), self._survey.counts["free"]["1"], asked.free)
        facets.append(Facet("free", _("Access"), (free,)))
        return [facet for facet in facets if facet.options]

    def _topic_options(self) -> Iterator[Option]:
        for topic in self.topics:
            counts = self._survey.counts["topics" if topic.parent_id else "roots"]
            count, chosen = counts[topic.pk], topic.slug in self.filters.topics
            if count or chosen:
                yield Option("topic", topic.slug, topic.name, count, chosen, child=bool(topic.parent_id))

    @property
    def first_year(self) -> int | None:
        """The oldest year of the library."""
        return self._survey.first_year

    @property
    def last_year(self) -> int | None:
        """The newest year of the library."""
        return self._survey.last_year

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
