"""CitationQuerySet: the named queries on citations."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from research.choices import RESEARCH_KINDS, Status
from research.models.changes import LibraryQuerySet

if TYPE_CHECKING:
    from research.models.citations import Citation  # noqa: F401


def public(path: str = "") -> models.Q:
    """What anyone may see: live, verified by a clinician and not withheld. ``path`` leads to the citation."""
    return models.Q(**{f"{path}live": True, f"{path}verified_on__isnull": False, f"{path}withheld": False})


class CitationQuerySet(LibraryQuerySet["Citation"]):
    """Named queries on citations."""

    def published(self) -> CitationQuerySet:
        """What anyone may see: live, verified by a clinician and not withheld.

        A retracted record may be shown as such.
        """
        return self.filter(public())

    def standing(self) -> CitationQuerySet:
        """Published records that may still support a statement."""
        return self.published().exclude(status=Status.RETRACTED)

    def research(self) -> CitationQuerySet:
        """Records that may stand as evidence (news, releases and stories are not research)."""
        return self.filter(kind__in=RESEARCH_KINDS)

    def about(self, topics: Any) -> CitationQuerySet:
        """Records filed under any of the topics or their sub-topics, each once."""
        links = apps.get_model("research", "CitationTopic").objects
        return self.filter(
            models.Exists(
                links.filter(citation=models.OuterRef("pk")).filter(
                    models.Q(topic__in=topics) | models.Q(topic__parent__in=topics)
                )
            )
        )

    def with_topics(self) -> CitationQuerySet:
        """Prefetch the findings with their topics: two queries, however many citations."""
        links = apps.get_model("research", "CitationTopic").objects
        return self.prefetch_related(models.Prefetch("topics", links.select_related("topic", "topic__parent")))

    def unverified(self) -> CitationQuerySet:
        """Records whose identity nobody has confirmed."""
        return self.filter(verified_on__isnull=True)

    def review_overdue(self, today: datetime.date | None = None) -> CitationQuerySet:
        """Records whose next review has passed."""
        return self.filter(next_review__lt=today or timezone.localdate())
