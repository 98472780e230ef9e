"""Finds published pages, citations and people for what was typed, in one list, best first."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page, Site

from pages.models import ConditionPage, Person
from pages.search.fulltext import Match, indexed_texts, matches, types_of
from pages.search.reading import Phrase, Reading, read, words
from pages.search.snippets import marked, pattern, snippet
from research.choices import Species
from research.models import Citation, Topic

PAGES, RESEARCH, PEOPLE = "pages", "research", "people"
CROWD, OTHERS = 3, 4  # the last of the tiers that results are ranked in
MOST_STUDIES_FIRST = 10  # a page of results


@dataclass(frozen=True)
class Found:
    """One result before it is shown: what it is, its title, and how good a match it is (lower sorts first)."""

    kind: str
    pk: int
    title: str
    rank: tuple[int, float]


@dataclass(frozen=True)
class Hit:
    """One result as shown."""

    kind_label: str
    title: SafeString
    href: str
    snippet: SafeString
    note: str = ""


@dataclass(frozen=True)
class Results:
    """Everything found for a reading. `loosely` says that not every word was found together."""

    reading: Reading
    found: Sequence[Found] = ()
    loosely: bool = False
    suggestions: Sequence[str] = field(default=())

    def of(self, kind: str) -> list[Found]:
        """The results of one kind; all of them when `kind` is empty."""
        return [one for one in self.found if not kind or one.kind == kind]


def find(typed: str, site: Site, locale: Locale | None = None) -> Results:
    """Searches the site for what was typed. Only what anyone may read is ever found."""
    topics = list(Topic.objects.only("name", "synonyms"))
    reading = read(typed, [[topic.name, *topic.synonym_list()] for topic in topics])
    if not reading.groups:
        return Results(reading)
    found = _found(reading, site, locale, every=True)
    if found:
        return Results(reading, found)
    suggestions = _suggestions(reading, topics, site, locale)
    if len(reading.groups) > 1:
        found = _found(reading, site, locale, every=False)
    return Results(reading, found, loosely=bool(found), suggestions=suggestions)


def shown(found: Iterable[Found], reading: Reading, request: HttpRequest | None = None) -> list[Hit]:
    """Loads the results of one page of the list: a query for citations, one for people, one for each type of page."""
    found = list(found)
    pages = Page.objects.specific(defer=True).in_bulk([one.pk for one in found if one.kind == PAGES])
    citations = Citation.objects.in_bulk([one.pk for one in found if one.kind == RESEARCH])
    people = Person.objects.in_bulk([one.pk for one in found if one.kind == PEOPLE])
    texts = indexed_texts(types_of(Page), list(pages)) if pages else {}
    marks = pattern(reading.groups)
    hits = []
    for one in found:
        if one.kind == PAGES and (page := pages.get(one.pk)):
            text = texts.get(str(one.pk)) or page.search_description
            label = _("Condition") if page.specific_class is ConditionPage else _("Page")
            hits.append(Hit(label, marked(page.title, marks), page.get_url(request) or "", snippet(text, marks)))
        elif one.kind == RESEARCH and (citation := citations.get(one.pk)):
            hits.append(_research_hit(citation, marks))
        elif one.kind == PEOPLE and (person := people.get(one.pk)):
            hits.append(_person_hit(person, marks))
    return hits


def visible_pages(site: Site, locale: Locale | None = None) -> QuerySet[Page]:
    """Pages of the site that anyone may open, in one language; in the site's own while that one has no pages."""
    translated = site.root_page.get_translation_or_none(locale) if locale else None
    root = translated if translated is not None and translated.live else site.root_page
    return Page.objects.descendant_of(root, inclusive=True).live().public()


def _found(reading: Reading, site: Site, locale: Locale | None, every: bool) -> list[Found]:
    page_types, citation_types, person_types = (set(types_of(model)) for model in (Page, Citation, Person))
    matched = matches(reading.groups, [*page_types, *citation_types, *person_types], every)
    if not matched:
        return []
    page_scores = _scores(matched, page_types)
    citation_scores = _scores(matched, citation_types)
    person_scores = _scores(matched, person_types)
    pages = visible_pages(site, locale).filter(pk__in=page_scores).values_list("pk", "title")
    works = Citation.objects.published().filter(pk__in=citation_scores)
    in_people = works.research().exclude(species__in=(Species.ANIMAL, Species.CELLS))
    studies = set(in_people.values_list("pk", flat=True))
    found = [Found(PAGES, pk, title, (_tier(title, reading), -page_scores[pk])) for pk, title in pages]
    named = [
        (pk, headline or title, max(_tier(f"{headline} / {title}", reading), 1))
        for pk, headline, title in works.values_list("pk", "headline", "title")
    ]
    # What most of the library is about, the clinic's own pages explain first.
    crowded = sum(tier == 1 for pk, _name, tier in named if pk in studies) > MOST_STUDIES_FIRST
    for pk, name, tier in named:
        # Stories, opinions and mice come after everything that was found in people.
        rank = OTHERS if pk not in studies else CROWD if crowded else tier
        found.append(Found(RESEARCH, pk, name, (rank, -citation_scores[pk])))
    if person_scores:
        team = Person.objects.on_team().filter(pk__in=person_scores).values_list("pk", "name")
        found += [Found(PEOPLE, pk, name, (_tier(name, reading), -person_scores[pk])) for pk, name in team]
    return sorted(found, key=lambda one: one.rank)


def _scores(matched: Iterable[Match], content_types: set[int]) -> dict[int, float]:
    return {int(match.object_id): match.score for match in matched if match.content_type in content_types}


def _tier(title: str, reading: Reading) -> int:
    """0 for a title that is just what was asked for (by any of its names), 1 for one that holds it, 2 otherwise."""
    own = tuple(words(title))
    phrases: set[Phrase] = {phrase for group in reading.groups for phrase in group}
    if own == reading.words or (len(reading.groups) == 1 and own in phrases):
        return 0
    joined = f" {' '.join(own)} "
    holds_all = all(any(f" {' '.join(phrase)} " in joined for phrase in group) for group in reading.groups)
    return 1 if holds_all else 2


def _suggestions(reading: Reading, topics: Iterable[Topic], site: Site, locale: Locale | None) -> list[str]:
    """Returns up to three spellings near what was typed, made of words that stand in titles, topics and names."""
    titles = visible_pages(site, locale).values_list("title", flat=True)
    team = Person.objects.on_team().values_list("name", flat=True)
    names = [name for topic in topics for name in (topic.name, *topic.synonym_list())]
    known = {word for text in (*titles, *team, *names) for word in words(text) if len(word) > 2}
    typed = reading.words
    nearest = {word: difflib.get_close_matches(word, known, n=3, cutoff=0.7) for word in typed if word not in known}
    candidates: list[str] = []
    for choice in range(3):
        corrected = [
            nearest[word][min(choice, len(nearest[word]) - 1)] if nearest.get(word) else word for word in typed
        ]
        text = " ".join(corrected)
        if corrected != list(typed) and text not in candidates:
            candidates.append(text)
    synonyms = [[topic.name, *topic.synonym_list()] for topic in topics]
    return [text for text in candidates if _found(read(text, synonyms), site, locale, every=True)]


def _research_hit(citation: Citation, marks: re.Pattern[str] | None) -> Hit:
    name, about = (citation.headline, citation.title) if citation.headline else (citation.title, "")
    text = "\n".join(part for part in (citation.finding, about, citation.limits) if part)
    year = str(citation.issued_year) if citation.issued_year else ""
    note = ", ".join(part for part in (citation.container_title_short or citation.container_title, year) if part)
    label = citation.get_study_design_display() or citation.get_kind_display()
    href = reverse("research_citation", args=[citation.key])
    return Hit(label, marked(name, marks), href, snippet(text, marks), note)


def _person_hit(person: Person, marks: re.Pattern[str] | None) -> Hit:
    text = "\n".join((person.licences, person.biography))
    href = reverse("person", args=[person.slug])
    return Hit(_("Person"), marked(person.full_name, marks), href, snippet(text, marks), person.role)
