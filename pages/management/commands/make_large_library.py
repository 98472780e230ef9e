"""`manage.py make_large_library`: a library and pages of the size the product promises to stay quick at.

For measuring and trying out, on a database of its own. Everything it makes is plainly invented and says so.
"""

from __future__ import annotations

import datetime
import random
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from modelsearch.backends import get_search_backends

from pages.citations_in_text import entity_html
from pages.models import ConditionFact, ConditionIndexPage, ConditionPage, FactSource
from research.choices import Finding, Kind, Species, StudyDesign
from research.models import Citation, CitationRelation, CitationTopic, Topic

WORDS = [
    *("ketamine", "infusion", "depression", "pain", "trial", "placebo", "midazolam", "relapse", "sleep", "mood"),
    *("anxiety", "veterans", "adults", "dose", "response", "remission", "safety", "pressure", "memory", "weeks"),
]
PREFIX = "invented"


class Command(BaseCommand):
    """Fills the database with invented records. Needs a home page and a list of conditions for the pages."""

    help = "Fill a database of its own with a large invented library, for measuring."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much, and the seed of chance."""
        parser.add_argument("--citations", type=int, default=10_000)
        parser.add_argument("--topics", type=int, default=40)
        parser.add_argument("--pages", type=int, default=200)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--yes", action="store_true", help="Do it even where DEBUG is off.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make topics, citations with findings and relations, and pages."""
        if not (settings.DEBUG or options["yes"]):
            raise CommandError("This fills the database with invented records. Add --yes if that is what you want.")
        if Citation.objects.filter(key__startswith=f"{PREFIX}-").exists():
            raise CommandError("This database already holds invented records. Use a fresh one.")
        chance = random.Random(options["seed"])  # noqa: S311 (nothing secret is made)
        with transaction.atomic():
            topics = self._topics(options["topics"])
            citations = self._citations(options["citations"], topics, chance)
        self.stdout.write(f"{len(topics)} topics, {len(citations)} citations.")
        self.stdout.write(f"{self._pages(options['pages'], topics, citations, chance)} pages.")

    def _topics(self, count: int) -> list[Topic]:
        made: list[Topic] = []
        for number in range(count):
            parent = made[number - number % 4] if number % 4 else None
            made.append(
                Topic.objects.create(
                    name=f"Invented condition {number}",
                    slug=f"{PREFIX}-topic-{number}",
                    parent=parent,
                    introduction="<p>An invented group of studies, for measuring.</p>",
                    sort_order=1000 + number,
                )
            )
        return made

    def _citations(self, count: int, topics: list[Topic], chance: random.Random) -> list[Citation]:
        today = timezone.localdate()
        records: list[Citation] = []
        for number in range(count):
            words = chance.choices(WORDS, k=9)
            kind = chance.choices([Kind.JOURNAL_ARTICLE, Kind.REVIEW, Kind.NEWS, Kind.PREPRINT], [80, 8, 8, 4])[0]
            title = f"Invented study {number}: {' '.join(words)}"
            year = chance.randint(1990, today.year)
            reference = f"Invented A, Other B. {title}. J Invented Res. {year};{number % 40}:{number}."
            records.append(
                Citation(
                    key=f"{PREFIX}-{number}",
                    title=title,
                    kind=kind,
                    authors=[{"family": f"Invented{number % 997}", "given": "A."}, {"family": "Other", "given": "B."}],
                    container_title="Journal of Invented Research",
                    issued_year=year,
                    doi=f"10.5555/{PREFIX}.{number}",
                    study_design=chance.choice(StudyDesign.values[:12]),
                    species=Species.HUMAN if chance.random() < 0.9 else Species.ANIMAL,
                    sample_size=chance.randint(4, 900),
                    headline=f"What invented study {number} found",
                    finding="Of every 100 people, some improved; fewer did with placebo. " * 2,
                    limits="It is invented and tells us nothing. " * 2,
                    open_access=chance.random() < 0.4,
                    live=True,
                    verified_on=today if chance.random() < 0.9 else None,
                    next_review=today + datetime.timedelta(days=chance.randint(-60, 600)),
                    ama_html=reference,
                    ama_text=reference,
                )
            )
        made = Citation.objects.bulk_create(records, batch_size=500)
        links = [
            CitationTopic(citation=citation, topic=topic, finding=chance.choice(Finding.values), sort_order=order)
            for citation in made
            for order, topic in enumerate(chance.sample(topics, k=min(len(topics), chance.randint(1, 3))))
        ]
        CitationTopic.objects.bulk_create(links, batch_size=1000)
        pairs = [chance.sample(made, 2) for _ in range(len(made) // 20)] if len(made) > 1 else []
        CitationRelation.objects.bulk_create(
            [CitationRelation(citation=one, related=other, kind="same-trial") for one, other in pairs],
            batch_size=1000,
            ignore_conflicts=True,
        )
        for backend in get_search_backends(with_auto_update=True):
            for start in range(0, len(made), 500):
                backend.add_bulk(Citation, made[start : start + 500])
        return list(made)

    def _pages(self, count: int, topics: list[Topic], citations: list[Citation], chance: random.Random) -> int:
        index = ConditionIndexPage.objects.first()
        standing = [citation for citation in citations if citation.stands and not citation.is_overdue]
        if index is None or not standing:
            self.stdout.write("No list of conditions: no pages are made. Run seed_demo first for them.")
            return 0
        for number in range(count):
            title = f"Invented page {number}"
            prose = entity_html(chance.choice(standing))
            page = ConditionPage(
                title=title,
                slug=slugify(title),
                summary="An invented page, for measuring.",
                how_it_may_work=f"<p>Nobody knows. {prose}</p>",
            )
            for order in range(3):
                fact = ConditionFact(statement=f"Invented fact {order}", sort_order=order)
                fact.sources = [FactSource(citation=one) for one in chance.sample(standing, min(3, len(standing)))]
                page.facts.add(fact)
            page.topics.set(chance.sample(topics, k=1) if topics else [])
            index.add_child(instance=page)
        return count
