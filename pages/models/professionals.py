"""ProfessionalsPage: what a referring colleague needs on one page."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.models import Orderable, Page

from pages import jsonld
from pages.blocks import BODY_BLOCKS, ROW_BLOCKS
from pages.citing import Claimed
from pages.evidence_form import evidence_panels
from pages.fields import LeanStreamField
from pages.models.base import BasePage
from pages.models.claims import CLAIM_TEXT_FEATURES
from pages.models.eligibility import EligibilityCriterion
from pages.sources import SourceRegister
from research.rich_text import RichTextField


class ProfessionalsPage(RoutablePageMixin, BasePage):
    """For Professionals. Its criteria come from the one eligibility list, never typed here."""

    summary = models.TextField(_("summary"), max_length=500)
    what_it_is = RichTextField(_("what ketamine is"), features=CLAIM_TEXT_FEATURES, blank=True)
    regulatory_note = RichTextField(_("regulatory status"), features=CLAIM_TEXT_FEATURES, blank=True)
    mechanism_introduction = RichTextField(_("introduction"), features=CLAIM_TEXT_FEATURES, blank=True)
    hypotheses = LeanStreamField(ROW_BLOCKS, verbose_name=_("hypotheses"), blank=True)
    criteria_introduction = models.TextField(_("introduction to the criteria"), blank=True)
    monitoring = LeanStreamField(ROW_BLOCKS, verbose_name=_("monitoring and safety"), blank=True)
    evidence_introduction = models.TextField(_("introduction to the evidence"), blank=True)
    body = LeanStreamField(BODY_BLOCKS, verbose_name=_("more sections"), blank=True)
    next_steps = RichTextField(_("next steps"), features=CLAIM_TEXT_FEATURES, blank=True)
    reviewer = models.ForeignKey(
        "pages.Person", verbose_name=_("reviewed by"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    next_review = models.DateField(_("next review"), null=True, blank=True)

    #: The order in which visitors meet the page's sources, as its template shows them.
    source_order = (
        "what_it_is",
        "regulatory_note",
        "mechanism_introduction",
        "hypotheses",
        "monitoring",
        "evidence",
        "body",
        "next_steps",
    )

    parent_page_types = ["pages.HomePage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        *evidence_panels(),
        FieldPanel("summary"),
        FieldPanel("what_it_is"),
        FieldPanel("regulatory_note"),
        MultiFieldPanel([FieldPanel("mechanism_introduction"), FieldPanel("hypotheses")], heading=_("How it may work")),
        FieldPanel("criteria_introduction"),
        FieldPanel("monitoring"),
        MultiFieldPanel(
            [FieldPanel("evidence_introduction"), InlinePanel("evidence", heading=_("Studies"), label=_("Study"))],
            heading=_("Evidence in brief"),
        ),
        FieldPanel("body"),
        FieldPanel("next_steps"),
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

    page_description = _("For referring colleagues: mechanism, criteria, monitoring, evidence, and a pack to print.")

    class Meta:
        verbose_name = _("page for professionals")

    @classmethod
    def to_serve(cls) -> models.QuerySet[Any]:
        """Joins the reviewer and the sharing image."""
        return cls._default_manager.select_related("reviewer", "social_image")

    @path("referral-pack/")
    def referral_pack(self, request: HttpRequest) -> HttpResponse:
        """Criteria, evidence and a blank form on one printable page."""
        context = self.content(request)
        shown = [self.regulatory_note, *(Claimed.by(row, row) for row in context["evidence"])]
        response: HttpResponse = self.render(
            request, template="pages/referral_pack.html", context_overrides={"sources": SourceRegister(shown)}
        )
        return response

    def content(self, request: HttpRequest) -> dict[str, Any]:
        """Adds the two sides of the eligibility list and the evidence table."""
        criteria = list(EligibilityCriterion.objects.active())
        kinds = EligibilityCriterion.Kind
        return {
            "inclusion": [row for row in criteria if row.kind == kinds.INCLUSION],
            "exclusion": [row for row in criteria if row.kind == kinds.EXCLUSION],
            "evidence": list(self.evidence.select_related("citation"))
            if self.pk and "evidence" not in getattr(self, "_cluster_related_objects", {})
            else list(self.evidence.all()),
        }

    def sections(self, context: dict[str, Any]) -> list[tuple[str, str]]:
        """Anchors and headings for “On this page”."""
        candidates = [
            (self.what_it_is, "what", _("What ketamine is")),
            (self.regulatory_note, "status", _("FDA status")),
            (self.mechanism_introduction or self.hypotheses, "how", _("How it may work")),
            (True, "criteria", _("Who may be suitable")),
            (self.monitoring, "monitoring", _("Monitoring and safety")),
            (context["evidence"], "evidence", _("Evidence in brief")),
            (True, "next", _("Next steps")),
            (context["evidence"], "sources", _("Sources")),
        ]
        return [(anchor, str(heading)) for there, anchor, heading in candidates if there]

    def structured_data(self, ids: jsonld.Ids) -> list[jsonld.Node]:
        """Reviewed medical content for clinicians."""
        return [jsonld.medical_web_page(self, ids, "Clinician")]


class ProfessionalsEvidence(Orderable):
    """A row of the evidence table, chosen by an editor."""

    page = ParentalKey(ProfessionalsPage, on_delete=models.CASCADE, related_name="evidence")
    citation = models.ForeignKey(
        "research.Citation", verbose_name=_("source"), on_delete=models.PROTECT, related_name="+"
    )
    point = models.CharField(_("in one line"), max_length=240)

    panels = [
        FieldPanel("citation", heading=_("Citation")),
        FieldPanel("point", help_text=_("What the study adds, for a colleague who reads nothing else.")),
    ]

    def __str__(self) -> str:
        return self.point
