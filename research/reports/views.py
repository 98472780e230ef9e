"""The reports in the admin: an index with counts, and each report as a table that exports to CSV and XLSX."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView

from research.reports.base import REPORTS, Described, Report, Row
from research.reports.cells import safe_cell


def may_see(user: Any) -> bool:
    """Whether somebody works with the library: may change a citation, or edits pages."""
    return bool(
        user.is_active and (user.has_perm("research.change_citation") or user.has_perm("research.view_citation"))
    )


class FixColumn(TitleColumn):
    """The row's subject, as a link to where it is put right."""

    def get_link_url(self, instance: Row, parent_context: dict[str, Any]) -> str | None:
        """The editing page of the thing to fix, or of the record behind it, as far as this user may."""
        return fix_url(instance, parent_context["request"].user)


def fix_url(row: Row, user: AbstractBaseUser) -> str | None:
    """Where this user puts the row right."""
    finder = AdminURLFinder(user)
    url: str | None = finder.get_edit_url(row.fix)
    if url is None and row.also is not None:
        url = finder.get_edit_url(row.also)
    return url


class LibraryReportView(ReportView):
    """One report."""

    template_name = "research/admin/report.html"
    index_url_name = "research_reports:report"
    index_results_url_name = "research_reports:results"
    header_icon = "openquote"
    is_searchable = False
    default_ordering = None
    paginate_by = 50
    columns: ClassVar[list[Column]] = [
        FixColumn("subject", label=_("What")),
        Column("problem", label=_("What is the matter")),
        Column("place", label=_("Where")),
    ]
    list_export: ClassVar[list[str]] = ["subject", "problem", "place", "url"]
    export_headings: ClassVar[dict[str, Any]] = {
        "subject": _("What"),
        "problem": _("What is the matter"),
        "place": _("Where"),
        "url": _("To be fixed at"),
    }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Only people who work with the library."""
        if not may_see(request.user):
            raise PermissionDenied
        if kwargs["slug"] not in REPORTS:
            raise Http404
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    @cached_property
    def report(self) -> Report:
        """The report asked for."""
        return REPORTS[self.kwargs["slug"]]

    def get_queryset(self) -> Described | list[Row]:
        """The rows, computed now."""
        return self.report.found()

    def filter_queryset(self, queryset: Described | list[Row]) -> Described | list[Row]:
        """Reports are not filtered."""
        return queryset

    def get_index_url(self) -> str:
        """This report."""
        return reverse(self.index_url_name, args=[self.report.slug])

    def get_index_results_url(self) -> str:
        """This report's table alone."""
        return reverse(self.index_results_url_name, args=[self.report.slug])

    def get_page_title(self) -> str:
        """The report's title."""
        return str(self.report.title)

    @cached_property
    def page_title(self) -> str:
        """The report's title."""
        return str(self.report.title)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the index of reports, the report."""
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("research_reports:index"), "label": _("Research reports")},
            {"url": "", "label": self.page_title},
        ]

    def get_filename(self) -> str:
        """The exported file's name."""
        return self.report.slug

    def to_row_dict(self, item: Row) -> dict[str, str]:
        """The row's cells, none of which a spreadsheet program may run."""
        url = fix_url(item, self.request.user)
        cells = {
            "subject": item.subject,
            "problem": item.problem,
            "place": item.place,
            "url": self.request.build_absolute_uri(url) if url else "",
        }
        return {name: safe_cell(cell) for name, cell in cells.items()}

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the report is about and what to say when it is empty."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        context["no_results_message"] = self.report.empty
        context["report"] = self.report
        context["edits_pages"] = user_has_any_page_permission(self.request.user)
        return context

    @cached_property
    def no_results_message(self) -> str:
        """Good news."""
        return str(self.report.empty)


def index(request: HttpRequest) -> HttpResponse:
    """All reports with the number of rows in each."""
    if not may_see(request.user):
        raise PermissionDenied
    reports = [(report, len(report.found())) for report in REPORTS.values()]
    context = {
        "reports": reports,
        "header_title": _("Research reports"),
        "header_icon": "clipboard-list",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": _("Research reports")},
        ],
    }
    return render(request, "research/admin/reports.html", context)


class WaitingPanel(Component):
    """On the admin's front page: what waits for this person, the alarming first."""

    name = "research_waiting"
    template_name = "research/admin/waiting_panel.html"
    order = 120

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """The reports that hold anything, with counts."""
        user = parent_context["request"].user
        pressing = [
            report
            for report in REPORTS.values()
            if report.alarming or (report.everyday_for and user.has_perm(report.everyday_for))
        ]
        counted = [(report, len(report.found())) for report in pressing]
        waiting = sorted(((r, n) for r, n in counted if n), key=lambda pair: not pair[0].alarming)
        return {"waiting": waiting}


class ReportsMenuItem(MenuItem):
    """Shown to people who work with the library."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether this person may see reports."""
        return may_see(request.user)


urlpatterns = [
    path("", index, name="index"),
    path("<slug:slug>/", LibraryReportView.as_view(), name="report"),
    path("<slug:slug>/results/", LibraryReportView.as_view(results_only=True), name="results"),
]


@hooks.register("register_admin_urls")
def report_urls() -> list[URLPattern | URLResolver]:
    """The reports, below the admin's own address."""
    return [path("research/reports/", include((urlpatterns, "research_reports")))]


@hooks.register("register_research_menu_item")
def reports_menu_item() -> MenuItem:
    """The item in the Research menu."""
    return ReportsMenuItem(
        _("Reports"), reverse("research_reports:index"), name="research-reports", icon_name="clipboard-list", order=300
    )


@hooks.register("construct_homepage_panels")
def add_waiting_panel(request: HttpRequest, panels: list[Component]) -> None:
    """Put what waits on the front page of people who keep the library or the pages that stand on it."""
    if may_see(request.user):
        panels.append(WaitingPanel())
