"""Citations in the admin: list, filters, search, editing, and the chooser that pages use."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from research.admin.choosers import SEARCHED, CitationChooserViewSet
from research.admin.panels import CITATION_PANELS
from research.choices import Finding, Kind, Status, StudyDesign
from research.models import Citation, Topic
from research.reports.cells import safe_cell

MORE = "not-on-a-phone"
"""The class of columns that a phone has no room for."""


class CitationFilterSet(WagtailFilterSet):
    """What the list of citations can be narrowed by."""

    topic = django_filters.ModelChoiceFilter(
        label=_("Topic"), queryset=Topic.objects.in_tree_order().select_related("parent"), method="of_topic"
    )
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=Kind.choices, widget=CheckboxSelectMultiple)
    study_design = django_filters.MultipleChoiceFilter(
        label=_("Study design"), choices=StudyDesign.choices, widget=CheckboxSelectMultiple
    )
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=Status.choices, widget=CheckboxSelectMultiple
    )
    finding = django_filters.ChoiceFilter(label=_("Finding"), choices=Finding.choices, method="of_finding")
    care = django_filters.ChoiceFilter(
        label=_("Care"),
        choices=[
            ("unverified", _("Not confirmed")),
            ("overdue", _("Review overdue")),
            ("unfiled", _("Without a topic")),
            ("withheld", _("Kept off the public site")),
        ],
        method="of_care",
    )

    class Meta:
        model = Citation
        fields: list[str] = []

    def of_topic(self, queryset: Any, name: str, value: Topic) -> Any:
        """The topic's records and those of its sub-topics."""
        return queryset.about([value])

    def of_finding(self, queryset: Any, name: str, value: str) -> Any:
        """Records that found this for any topic."""
        return queryset.filter(topics__finding=value).distinct()

    def of_care(self, queryset: Any, name: str, value: str) -> Any:
        """Records that wait for somebody."""
        conditions = {
            "unverified": Q(verified_on__isnull=True),
            "overdue": Q(next_review__lt=timezone.localdate()),
            "unfiled": Q(topics__isnull=True),
            "withheld": Q(withheld=True),
        }
        return queryset.filter(conditions[value])


def _published(citation: Citation) -> str:
    # Wagtail's own column asks the database twice a row, and knows nothing of confirming.
    if not citation.live:
        return str(_("Draft"))
    if citation.verified_on is None:
        return str(_("Not shown yet: nobody has confirmed it"))
    if citation.withheld:
        return str(_("Hidden: kept off the site"))
    return str(_("Live, with a draft")) if citation.has_unpublished_changes else str(_("Live"))


def _standing(citation: Citation) -> str:
    words = str(citation.get_status_display())
    return words if citation.status == Status.CURRENT else _tag(words)


def _review(citation: Citation) -> str:
    if citation.next_review is None:
        return ""
    day = date_format(citation.next_review)
    return format_html("{} {}", day, _tag(_("Overdue"))) if citation.is_overdue else day


def _tag(words: Any) -> SafeString:
    return format_html('<span class="w-status w-status--critical">{}</span>', words)


def _topics(citation: Citation) -> str:
    return ", ".join(link.topic.name for link in citation.topics.all())


class CitationIndexView(IndexView):
    """The list, whose exports hold no formulas."""

    custom_value_preprocess: ClassVar[dict[Any, Any]] = {
        **IndexView.custom_value_preprocess,
        str: {IndexView.FORMAT_CSV: safe_cell, IndexView.FORMAT_XLSX: safe_cell},
    }


class CitationViewSet(SnippetViewSet):
    """Citations, for clinicians."""

    model = Citation
    index_view_class = CitationIndexView
    index_template_name = "research/admin/citations.html"
    icon = "openquote"
    menu_label = _("Citations")
    menu_name = "citations"
    add_to_admin_menu = False
    edit_handler = CITATION_PANELS
    filterset_class = CitationFilterSet
    search_backend_name = None
    search_fields = list(SEARCHED)
    ordering = ["-issued_year", "key"]
    list_per_page = 30
    copy_view_enabled = False
    inspect_view_enabled = False
    chooser_viewset_class = CitationChooserViewSet
    list_export = [
        "key",
        "title",
        "ama_text",
        "kind",
        "study_design",
        "issued_year",
        "doi",
        "pmid",
        "status",
        "verified_on",
        "next_review",
    ]
    list_display = [
        TitleColumn(
            "title",
            label=_("Citation"),
            accessor=str,
            sort_key="title",
            get_url=lambda citation: CitationViewSet.edit_url_of(citation),
        ),
        Column("published", label=_("Published"), accessor=_published, sort_key="live"),
        Column("status", label=_("Standing"), accessor=_standing, sort_key="status"),
        Column(
            "study_design",
            label=_("Design"),
            accessor="get_study_design_display",
            sort_key="study_design",
            classname=MORE,
        ),
        Column("issued_year", label=_("Year"), sort_key="issued_year", classname=MORE),
        Column("topics", label=_("Topics"), accessor=_topics, classname=MORE),
        BooleanColumn(
            "verified",
            label=_("Confirmed"),
            accessor=lambda citation: citation.verified_on is not None,
            classname=MORE,
        ),
        Column("next_review", label=_("Next review"), accessor=_review, sort_key="next_review", classname=MORE),
    ]

    @staticmethod
    def edit_url_of(citation: Citation) -> str:
        """The record's editing page."""
        from django.urls import reverse

        return reverse(Citation.snippet_viewset.get_url_name("edit"), args=[citation.pk])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Citation]:
        """All records with their topics: the number of queries does not grow with the list."""
        return Citation.objects.with_topics()
