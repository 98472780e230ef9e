"""BasePage: what every page type of the public site shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index

from pages import jsonld
from pages.blocks.anchors import refuse_twins
from pages.evidence_form import EvidencePageForm
from pages.front_end import FrontEndPreview
from pages.search.text import page_text
from research.publishing import GuardedPublishing

if TYPE_CHECKING:
    from pages.gate import DoubtfulSource


class BasePage(FrontEndPreview, GuardedPublishing, Page):
    """Abstract parent of all page types: social image, search-engine opt-out, date of the last real change."""

    social_image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name=_("image for sharing"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Shown when somebody shares the page. At least 1200 by 630 pixels. Left empty, a drawing is used."),
    )
    no_index = models.BooleanField(
        _("keep out of search engines"), default=False, help_text=_("The page still opens for anyone with its address.")
    )
    last_changed = models.DateField(
        _("last real change"),
        null=True,
        blank=True,
        help_text=_("Shown to visitors and in the site map. Change it when the content changes, not for a typo."),
    )

    promote_panels = [
        *Page.promote_panels,
        MultiFieldPanel(
            [FieldPanel("social_image"), FieldPanel("no_index"), FieldPanel("last_changed")],
            heading=_("Sharing and dates"),
        ),
    ]

    search_fields = [*Page.search_fields, index.SearchField("search_text")]

    base_form_class = EvidencePageForm
    #: Doubts and the reason given for them in the editor, until a new page has been stored.
    pending_acknowledgement: tuple[list[DoubtfulSource], str] | None = None

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Every heading and question of a page has words of its own, since links point to them by their words."""
        super().clean()
        refuse_twins(self)

    def publish_problems(self) -> list[str]:
        """What the publish gate says. An alias shows what its original was allowed to show."""
        if self.alias_of_id:
            return []
        from pages.gate import verdict_on

        verdict = verdict_on(self)
        if self.pending_acknowledgement:
            verdict.doubts = []
        return [*super().publish_problems(), *verdict.messages()]

    @classmethod
    def to_serve(cls) -> models.QuerySet[Any]:
        """The query that fetches a page for a visitor. Types join what their templates always need."""
        return cls._default_manager.all()

    def sections(self, context: dict[str, Any]) -> list[tuple[str, str]]:
        """Anchors and headings for “On this page”, from what the page really holds."""
        return []

    @cached_property
    def above(self) -> list[Page]:
        """The pages above this one inside its site, home first."""
        return [page for page in self._way if page.pk != self.pk and page.depth > 1]

    @cached_property
    def _way(self) -> list[Page]:
        """This page and those above it, each knowing whether access to it is `restricted`. One query."""
        step = Page.steplen
        paths = [self.path[:end] for end in range(step, len(self.path) + 1, step)]
        held = PageViewRestriction.objects.filter(page=models.OuterRef("pk"))
        return list(Page.objects.filter(path__in=paths).annotate(restricted=models.Exists(held)).order_by("depth"))

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """As Wagtail's, without its two queries where the breadcrumb's has shown that nothing is restricted."""
        if any(page.restricted or page.alias_of_id for page in self._way):
            restrictions: models.QuerySet[PageViewRestriction] = super().get_view_restrictions()
            return restrictions
        return PageViewRestriction.objects.none()

    def content(self, request: HttpRequest) -> dict[str, Any]:
        """What the page's template shows beyond the page's own fields, each thing fetched once."""
        return {}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds the page's content, its numbered sources and its sections."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context |= self.content(request)
        from pages.sources import SourceRegister

        context["sources"] = SourceRegister.for_page(self, context)
        context["sections"] = self.sections(context)
        return context

    def structured_data(self, ids: jsonld.Ids) -> list[jsonld.Node]:
        """The page's own nodes of structured data."""
        return [jsonld.web_page(self, ids)]

    def search_text(self) -> str:
        """The page's words as its visitors read them, for the index and for snippets."""
        return page_text(self)
