"""Topic: the conditions and sub-topics that citations and condition pages share."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.widgets import SlugInput
from wagtail.models import PreviewableMixin
from wagtail.search import index

from research.admin.name_panel import NamePanel
from research.models.changes import LibraryQuerySet, LibraryRecord
from research.rich_text import RichTextField

PREVIEWED = 5


class TopicQuerySet(LibraryQuerySet["Topic"]):
    """Named queries on topics."""

    def roots(self) -> TopicQuerySet:
        """Conditions, without their sub-topics."""
        return self.filter(parent__isnull=True)

    def in_tree_order(self) -> TopicQuerySet:
        """Every root followed by its own sub-topics, as editors ordered them."""
        root_order = Coalesce("parent__sort_order", "sort_order")
        root_name = Coalesce("parent__name", "name")
        return self.alias(
            root_order=root_order,
            root_name=root_name,
            depth=models.Case(models.When(parent__isnull=True, then=0), default=1),
        ).order_by("root_order", "root_name", "depth", "sort_order", "name")


class Topic(LibraryRecord, PreviewableMixin, index.Indexed, models.Model):
    """A condition or one of its sub-topics; one level deep. Kept by clinicians."""

    name = models.CharField(
        _("name"), max_length=120, unique=True, help_text=_("As visitors read it, e.g. “Post-partum depression”.")
    )
    slug = models.SlugField(
        _("slug"), max_length=80, unique=True, help_text=_("Used in addresses, e.g. postpartum-depression.")
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        help_text=_("Leave empty for a condition. A sub-topic cannot have sub-topics of its own."),
    )
    introduction = RichTextField(
        _("introduction"),
        blank=True,
        features=["bold", "italic", "link"],
        help_text=_("Two or three plain sentences shown above this group in the research library."),
    )
    synonyms = models.TextField(
        _("other names and abbreviations"),
        blank=True,
        help_text=_("One a line, e.g. PTSD. Visitors who search for one of these find this topic."),
    )
    sort_order = models.PositiveIntegerField(_("order"), default=0)

    objects = TopicQuerySet.as_manager()

    panels = [
        MultiFieldPanel(
            [
                NamePanel("name"),
                FieldPanel("slug", heading=_("Address"), widget=SlugInput),
                FieldPanel("parent"),
                FieldPanel("sort_order", help_text=_("Topics with smaller numbers come first.")),
            ],
            heading=_("The topic"),
        ),
        FieldPanel("introduction"),
        FieldPanel("synonyms"),
    ]
    search_fields = [
        index.SearchField("name", boost=3),
        index.SearchField("synonyms", boost=2),
        index.SearchField("introduction"),
        index.AutocompleteField("name"),
    ]

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ("sort_order", "name")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")),
                name="research_topic_not_its_own_parent",
                violation_error_message=_("A topic cannot be part of itself."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.parent.name}: {self.name}" if self.parent_id and self.parent else self.name

    def clean(self) -> None:
        """Keep the tree one level deep."""
        super().clean()
        if self.parent and self.parent.parent_id:
            raise ValidationError({"parent": _("Choose a condition, not a sub-topic: topics are one level deep.")})
        if self.parent and self.pk and self.children.exists():
            raise ValidationError({"parent": _("This topic has sub-topics. Move them first.")})

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """The topic's group as it stands in the library."""
        return "research/admin/topic_preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """The topic, and the newest of the public records filed under it."""
        from research.models.citations import Citation

        filed = Citation.objects.published().filter(topics__topic=self) if self.pk else Citation.objects.none()
        return {"topic": self, "records": filed.order_by("-issued_year", "key")[:PREVIEWED], "count": filed.count()}

    def synonym_list(self) -> list[str]:
        """The other names, one an entry, without blanks."""
        return [line.strip() for line in self.synonyms.splitlines() if line.strip()]
