"""What a citation found for each topic, and how citations relate to one another."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable

from research.choices import Finding, Relation
from research.models.changes import LibraryQuerySet, LibraryRecord


class CitationTopic(LibraryRecord, Orderable):
    """What one citation found for one topic. A trial can be negative for OCD and positive for depression."""

    citation = ParentalKey("research.Citation", on_delete=models.CASCADE, related_name="topics")
    topic = models.ForeignKey(
        "research.Topic", verbose_name=_("topic"), on_delete=models.PROTECT, related_name="citation_links"
    )
    finding = models.CharField(_("finding"), max_length=12, choices=Finding.choices, default=Finding.BACKGROUND)

    objects = LibraryQuerySet["CitationTopic"].as_manager()

    panels = [FieldPanel("topic"), FieldPanel("finding")]

    class Meta(Orderable.Meta):
        verbose_name = _("topic and finding")
        verbose_name_plural = _("topics and findings")
        constraints = [
            models.UniqueConstraint(
                fields=["citation", "topic"],
                name="research_citation_topic_once",
                violation_error_message=_("This topic is already listed for the citation."),
            )
        ]
        indexes = [
            models.Index(fields=["topic", "finding", "citation"], name="research_link_by_topic"),
            models.Index(fields=["citation", "sort_order"], name="research_link_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.get_finding_display()}"


class CitationRelation(LibraryRecord, Orderable):
    """A directed relation between two citations, e.g. a news item that reports on a trial."""

    citation = ParentalKey("research.Citation", on_delete=models.CASCADE, related_name="relations")
    related = models.ForeignKey(
        "research.Citation", verbose_name=_("other record"), on_delete=models.PROTECT, related_name="related_from"
    )
    kind = models.CharField(_("relation"), max_length=12, choices=Relation.choices)

    objects = LibraryQuerySet["CitationRelation"].as_manager()

    panels = [FieldPanel("kind"), FieldPanel("related")]

    class Meta(Orderable.Meta):
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        constraints = [
            models.UniqueConstraint(
                fields=["citation", "related", "kind"],
                name="research_relation_once",
                violation_error_message=_("This relation is already listed."),
            ),
            models.CheckConstraint(
                condition=~models.Q(citation=models.F("related")),
                name="research_relation_not_to_itself",
                violation_error_message=_("A record cannot relate to itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.related_id}"

    @staticmethod
    def reverse_label(kind: str) -> str:
        """The relation's words as the other record reads them."""
        words = {
            Relation.REPORTS_ON: _("Reported in"),
            Relation.CORRECTS: _("Corrected by"),
            Relation.SUPERSEDES: _("Superseded by"),
            Relation.SAME_TRIAL: _("Same trial as"),
        }
        return str(words[Relation(kind)])
