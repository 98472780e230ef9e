"""ConditionIndexPage and ConditionPage; the rows of a condition page are in condition_rows."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django.db import models
from django.forms import CheckboxSelectMultiple, ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Page, PageManager, PageQuerySet, PageViewRestriction

from pages import jsonld
from pages.blocks import BODY_BLOCKS, ROW_BLOCKS
from pages.evidence_form import EvidencePageForm, evidence_panels
from pages.fields import LeanStreamField
from pages.glance import Evidence, evidence_on
from pages.models.base import BasePage
from pages.models.claims import CLAIM_TEXT_FEATURES
from pages.models.condition_rows import ConditionFact, ConditionQuestion, FactSource, WarningSign
from research.models import Topic
from research.rich_text import RichTextField


class ConditionIndexPage(BasePage):
    """The list of conditions."""

    introduction = models.TextField(_("introduction"), blank=True, max_length=500)

    parent_page_types = ["pages.HomePage"]
    subpage_types = ["pages.ConditionPage"]
    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    page_description = _("The list of the conditions you treat. The condition pages stand below it.")

    class Meta:
        verbose_name = _("list of conditions")

    def content(self, request: HttpRequest) -> dict[str, Any]:
        """Adds the condition pages that are live, in the order of the page tree."""
        return {"conditions": ConditionPage.objects.child_of(self).live().unrestricted().order_by("path")}


class ConditionPageQuerySet(PageQuerySet):
    """Named queries on condition pages."""

    def with_evidence(self) -> ConditionPageQuerySet:
        """Prefetch everything a condition page shows; the number of queries does not grow with the content."""
        return self.select_related("reviewer").prefetch_related(
            models.Prefetch(
                "facts",
                ConditionFact.objects.prefetch_related(
                    models.Prefetch("sources", FactSource.objects.select_related("citation"))
                ),
            ),
            "warning_signs",
            "questions",
            "topics",
        )

    def unrestricted(self) -> ConditionPageQuerySet:
        """Pages that need no password and no log-in, asked in the same query (Wagtail's `public` takes one more)."""
        here = models.ExpressionWrapper(models.OuterRef("path"), output_field=models.CharField())
        above = PageViewRestriction.objects.alias(path_below=here)
        return self.exclude(models.Exists(above.filter(path_below__startswith=models.F("page__path"))))

    def review_overdue(self, today: datetime.date | None = None) -> ConditionPageQuerySet:
        """Pages whose next review has passed."""
        return self.filter(next_review__lt=today or timezone.localdate())

    def review_due_soon(self, today: datetime.date | None = None, days: int = 30) -> ConditionPageQuerySet:
        """Pages whose next review comes within ``days`` days."""
        start = today or timezone.localdate()
        return self.filter(next_review__range=(start, start + datetime.timedelta(days=days)))


ConditionPageManager = PageManager.from_queryset(ConditionPageQuerySet)


class ConditionPageForm(EvidencePageForm):
    """Offers topics in the library's order: a condition, then what is part of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = self.fields.get("topics")
        if isinstance(topics, ModelMultipleChoiceField):
            topics.queryset = Topic.objects.in_tree_order().select_related("parent")


class ConditionPage(BasePage):
    """One condition: what it is, what the evidence says, when to act, and who checked the page."""

    summary = models.TextField(
        _("summary"), max_length=400, help_text=_("Two or three sentences under the title. Plain words, no promises.")
    )
    crisis_callout = models.BooleanField(
        _("show the large crisis call-out"),
        default=False,
        help_text=_("Puts crisis help first on the page. The short crisis line stands on every page anyway."),
    )
    at_a_glance = LeanStreamField(ROW_BLOCKS, verbose_name=_("at a glance"), blank=True)
    regulatory_note = RichTextField(
        _("regulatory status"),
        features=CLAIM_TEXT_FEATURES,
        help_text=_("Say once, plainly, that the use is off label, and what the medicine is approved for."),
        blank=True,
    )
    signs_heading = models.CharField(_("heading"), max_length=120, default="Warning signs")
    signs_introduction = models.TextField(_("introduction"), blank=True)
    act_now = models.TextField(_("now"), blank=True, help_text=_("What to do if somebody may be in danger."))
    act_today = models.TextField(_("today"), blank=True)
    act_this_week = models.TextField(_("this week"), blank=True)
    how_it_may_work = RichTextField(
        _("how it may work"),
        features=CLAIM_TEXT_FEATURES,
        blank=True,
        help_text=_("Name hypotheses as hypotheses: “may”, “one leading idea is”."),
    )
    evidence_introduction = models.TextField(_("introduction to the evidence"), blank=True)
    evidence_gap = models.TextField(
        _("what is missing"), blank=True, help_text=_("Say openly where research is thin or absent.")
    )
    who_it_may_suit = LeanStreamField(ROW_BLOCKS, verbose_name=_("who it may suit"), blank=True)
    body = LeanStreamField(BODY_BLOCKS, verbose_name=_("more sections"), blank=True)
    topics = ParentalManyToManyField(
        "research.Topic",
        verbose_name=_("topics"),
        blank=True,
        related_name="condition_pages",
        help_text=_("The evidence section lists published research filed under these."),
    )
    reviewer = models.ForeignKey(
        "pages.Person",
        verbose_name=_("reviewed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reviewed_pages",
    )
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    next_review = models.DateField(_("next review"), null=True, blank=True)

    objects: ClassVar[Any] = ConditionPageManager()

    #: The order in which visitors meet the page's sources, as its template shows them.
    source_order = (
        "at_a_glance",
        "regulatory_note",
        "facts",
        "how_it_may_work",
        "evidence",
        "who_it_may_suit",
        "body",
        "questions",
    )

    parent_page_types = ["pages.ConditionIndexPage"]
    subpage_types: list[str] = []

    base_form_class = ConditionPageForm
    content_panels = [
        *Page.content_panels,
        *evidence_panels(),
        FieldPanel("summary"),
        FieldPanel("topics", widget=CheckboxSelectMultiple),
        FieldPanel("crisis_callout"),
        FieldPanel("at_a_glance"),
        FieldPanel("regulatory_note"),
        InlinePanel("facts", heading=_("Key facts"), label=_("Fact")),
        MultiFieldPanel(
            [
                FieldPanel("signs_heading"),
                FieldPanel("signs_introduction"),
                InlinePanel("warning_signs", heading=_("Signs"), label=_("Warning sign")),
                FieldPanel("act_now", heading=_("When to act: now")),
                FieldPanel(
                    "act_today", heading=_("When to act: today"), help_text=_("What cannot wait, and whom to call.")
                ),
                FieldPanel(
                    "act_this_week",
                    heading=_("When to act: this week"),
                    help_text=_("What to bring up with a clinician, and how to get a visit."),
                ),
            ],
            heading=_("Warning signs and when to act"),
        ),
        FieldPanel("how_it_may_work"),
        MultiFieldPanel([FieldPanel("evidence_introduction"), FieldPanel("evidence_gap")], heading=_("The evidence")),
        FieldPanel("who_it_may_suit"),
        FieldPanel("body"),
        InlinePanel("questions", heading=_("Questions people ask"), label=_("Question")),
        MultiFieldPanel(
            [
                FieldPanel("reviewer", help_text=_("The clinician who checked the page. Shown under its title.")),
                FieldRowPanel(
                    [
                        FieldPanel("reviewed_on"),
                        FieldPanel("next_review", help_text=_("From thirty days before, the front page reminds you.")),
                    ]
                ),
            ],
            heading=_("Medical review"),
        ),
    ]

    page_description = _("One condition: facts with sources, warning signs, the evidence, questions.")

    class Meta:
        verbose_name = _("condition page")

    @cached_property
    def signs(self) -> list[WarningSign]:
        """The warning signs, fetched once."""
        return list(self.warning_signs.all())

    @cached_property
    def asked(self) -> list[ConditionQuestion]:
        """The questions, fetched once."""
        return list(self.questions.all())

    def public_facts(self) -> list[ConditionFact]:
        """Facts that visitors may see: drafts stay in the admin and in the reports."""
        return [fact for fact in self.facts.all() if not fact.draft]

    @classmethod
    def to_serve(cls) -> models.QuerySet[Any]:
        """Joins the reviewer and the parts of the sharing data."""
        return cls.objects.select_related("reviewer", "social_image")

    def evidence(self) -> Evidence | None:
        """What the library holds on the page's topics, those of a draft included; None for a page about no topic."""
        topics = [topic.pk for topic in self.topics.all()]
        return evidence_on(topics) if topics else None

    def content(self, request: HttpRequest) -> dict[str, Any]:
        """Adds facts, signs, evidence and questions, each fetched once."""
        from pages.condition_reading import load_rows

        if self.pk and not getattr(self, "_cluster_related_objects", None):  # a preview holds its rows in memory
            load_rows([self])
        evidence = self.evidence()
        return {
            "facts": self.public_facts(),
            "signs": self.signs,
            "questions": self.asked,
            "evidence": evidence.studies() if evidence else [],
            "evidence_goes_on": evidence is not None and evidence.goes_on,
            "glance": evidence.glance if evidence else None,
        }

    def sections(self, context: dict[str, Any]) -> list[tuple[str, str]]:
        """Anchors and headings for “On this page”."""
        candidates = [
            (self.at_a_glance, "glance", _("At a glance")),
            (context["facts"], "facts", _("Key facts")),
            (context["signs"], "signs", self.signs_heading),
            (self.how_it_may_work, "how", _("How it may work")),
            (context["evidence"] or self.evidence_gap, "evidence", _("The evidence")),
            (self.who_it_may_suit, "fit", _("Who it may suit")),
            (context["questions"], "questions", _("Questions")),
            (context["facts"] or context["evidence"], "sources", _("Sources")),
        ]
        return [(anchor, str(heading)) for there, anchor, heading in candidates if there]

    def structured_data(self, ids: jsonld.Ids) -> list[jsonld.Node]:
        """The page as reviewed medical content about its condition, and its questions."""
        signs = [sign.text for sign in self.signs]
        questions = [(row.question, row.answer) for row in self.asked]
        about = jsonld.condition(self.title, signs, [], ids)
        page = jsonld.medical_web_page(self, ids) | {"about": {"@id": about["@id"]}}
        return [page, about, *([jsonld.questions(questions, ids)] if questions else [])]
