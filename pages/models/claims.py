"""Claims: statements as rows, each standing on any number of citations.

Statements that the publish gate, the reports and the API must ask about are rows in the database, never prose.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable

from research.choices import Stance
from research.models import Citation

#: The stances with which a source carries a claim.
SUPPORTING = frozenset({Stance.SUPPORTS, Stance.MIXED})
#: What the prose beside claims may hold.
CLAIM_TEXT_FEATURES = ["bold", "italic", "link", "ul", "ol", "citation"]


def claims_of(page: Any, relation: str) -> list[Any]:
    """Returns a page's claims in order with sources and citations: two queries from the database, whatever the number.

    Works for a preview too, whose claims live in memory.
    """
    manager = getattr(page, relation)
    if relation in getattr(page, "_cluster_related_objects", {}):
        return list(manager.all())
    source_model = manager.model._meta.get_field("sources").related_model
    sources = source_model.objects.select_related("citation").order_by("sort_order")
    return list(manager.get_live_queryset().prefetch_related(models.Prefetch("sources", sources)))


class AbstractClaim(ClusterableModel, Orderable):
    """A statement of fact with its sources in ``sources``. Concrete claims add a ParentalKey ``page``."""

    statement = models.TextField(
        _("statement"), help_text=_("One sentence in plain words, with the comparison group and how long it lasted.")
    )
    as_of_year = models.PositiveSmallIntegerField(
        _("as of year"), null=True, blank=True, help_text=_("The year the figure is from.")
    )

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.statement[:80]


class AbstractValueCard(AbstractClaim):
    """A value with the statement it rests on and the sentence that balances it."""

    heading = models.CharField(_("heading"), max_length=80)
    balance = models.TextField(
        _("balance"), help_text=_("The matching risk or limit. A benefit never stands without it.")
    )

    panels = [
        FieldPanel("heading"),
        FieldPanel("statement"),
        FieldPanel("as_of_year"),
        FieldPanel("balance"),
        InlinePanel("sources", heading=_("Sources"), label=_("Source")),
    ]

    class Meta(AbstractClaim.Meta):
        abstract = True
        verbose_name = _("value card")


class SourceQuerySet(models.QuerySet[Any]):
    """Named queries on the sources of claims."""

    def supporting(self) -> SourceQuerySet:
        """Those that carry their claim, as `pages.gate.why_unsupported` judges: the work stands and supports it."""
        standing = Citation.objects.standing()
        return self.filter(stance__in=SUPPORTING, citation__in=standing)


class AbstractClaimSource(Orderable):
    """One citation under one claim, with its stance and locator. Concrete sources add a ParentalKey ``claim``."""

    citation = models.ForeignKey(
        "research.Citation", verbose_name=_("source"), on_delete=models.PROTECT, related_name="%(class)ss"
    )
    stance = models.CharField(_("stance"), max_length=12, choices=Stance.choices, default=Stance.SUPPORTS)
    locator = models.CharField(
        _("where in the source"), max_length=80, blank=True, help_text=_("E.g. p. 684, table 2.")
    )

    objects: ClassVar[Any] = SourceQuerySet.as_manager()

    panels = [
        FieldPanel("citation", heading=_("Citation")),
        FieldRowPanel(
            [
                FieldPanel(
                    "stance", help_text=_("What the source says about the statement. One at least has to support it.")
                ),
                FieldPanel("locator"),
            ]
        ),
    ]

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_stance_display()}: {self.citation_id}"
