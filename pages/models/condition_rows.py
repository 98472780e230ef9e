"""The rows of a condition page: its key facts with their sources, its warning signs and its questions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable

from pages.blocks.prose import anchor
from pages.models.claims import CLAIM_TEXT_FEATURES, AbstractClaim, AbstractClaimSource
from research.rich_text import RichTextField


class ConditionFact(AbstractClaim):
    """A key fact of a condition page. A draft fact is kept on the page for editors and never shown."""

    page = ParentalKey("pages.ConditionPage", on_delete=models.CASCADE, related_name="facts")
    figure = models.CharField(
        _("key figure"), max_length=40, blank=True, help_text=_("Set large above the sentence, e.g. 8 of 100.")
    )
    draft = models.BooleanField(
        _("draft"), default=False, help_text=_("Keeps the fact off the public page, e.g. while a source is missing.")
    )

    panels = [
        FieldPanel("figure"),
        FieldPanel("statement"),
        FieldRowPanel([FieldPanel("as_of_year"), FieldPanel("draft")]),
        InlinePanel("sources", heading=_("Sources"), label=_("Source")),
    ]

    class Meta(AbstractClaim.Meta):
        verbose_name = _("key fact")
        verbose_name_plural = _("key facts")


class FactSource(AbstractClaimSource):
    """A source of a condition fact."""

    claim = ParentalKey(ConditionFact, on_delete=models.CASCADE, related_name="sources")

    class Meta(AbstractClaimSource.Meta):
        constraints = [models.UniqueConstraint(fields=["claim", "citation"], name="pages_fact_source_once")]


class WarningSign(Orderable):
    """One warning sign of a condition page."""

    page = ParentalKey("pages.ConditionPage", on_delete=models.CASCADE, related_name="warning_signs")
    text = models.CharField(_("sign"), max_length=200)

    def __str__(self) -> str:
        return self.text


class ConditionQuestion(Orderable):
    """A question people ask about a condition, with its answer."""

    page = ParentalKey("pages.ConditionPage", on_delete=models.CASCADE, related_name="questions")
    question = models.CharField(_("question"), max_length=200)
    answer = RichTextField(_("answer"), features=CLAIM_TEXT_FEATURES)

    def __str__(self) -> str:
        return self.question

    @property
    def anchor(self) -> str:
        """The id of the answer: browsers open the question when they are sent there."""
        return f"q-{anchor(self.question)}"
