"""The "Conditions" listing of the admin, made with wagtail-modeladmin: what each page stands on and when it is due."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail_modeladmin.helpers import PageButtonHelper, PagePermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import IndexView

from pages.models import ConditionFact, ConditionPage, FactSource

REVIEW_CHOICES = (
    ("overdue", _("Overdue")),
    ("due", _("Due within 30 days")),
    ("none", _("No review planned")),
)
SUPPORT_CHOICES = (("unsupported", _("With facts that lack a source")), ("supported", _("Every fact has a source")))


class ReviewFilter(SimpleListFilter):
    """Pages by the state of their medical review."""

    title = _("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, Any], ...]:
        """The choices shown beside the list."""
        return REVIEW_CHOICES

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Pages in the chosen state; all of them for an unknown value."""
        match self.value():
            case "overdue":
                return queryset.review_overdue()
            case "due":
                return queryset.review_due_soon()
            case "none":
                return queryset.filter(models.Q(next_review__isnull=True) | models.Q(reviewer__isnull=True))
        return queryset


class SupportFilter(SimpleListFilter):
    """Pages by whether all their facts stand on a source."""

    title = _("sources")
    parameter_name = "sources"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, Any], ...]:
        """The choices shown beside the list."""
        return SUPPORT_CHOICES

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Pages in the chosen state; all of them for an unknown value."""
        match self.value():
            case "unsupported":
                return queryset.filter(unsupported_count__gt=0)
            case "supported":
                return queryset.filter(unsupported_count=0)
        return queryset


def _one_of(choices: tuple[tuple[str, Any], ...]) -> Callable[[str], bool]:
    return lambda value: value in {name for name, _label in choices}


#: Every parameter the listing reads, with the test its value must pass. modeladmin would hand any other
#: parameter to ``QuerySet.filter`` and so answer questions about related rows (it has no ``lookup_allowed``).
ALLOWED_PARAMETERS: dict[str, Callable[[str], bool]] = {
    "p": re.compile(r"[0-9]{1,4}").fullmatch,  # type: ignore[dict-item]
    "o": re.compile(r"-?[0-9]{1,2}(\.-?[0-9]{1,2}){0,7}").fullmatch,  # type: ignore[dict-item]
    "q": lambda value: len(value) <= 200 and "\x00" not in value,
    "export": lambda value: value in IndexView.FORMATS,
    ReviewFilter.parameter_name: _one_of(REVIEW_CHOICES),
    SupportFilter.parameter_name: _one_of(SUPPORT_CHOICES),
}


def allowed_query(query: QueryDict) -> QueryDict:
    """Keep the listed parameters whose values are well formed; drop everything else without a word."""
    kept = QueryDict(mutable=True)
    for name, is_valid in ALLOWED_PARAMETERS.items():
        value = query.get(name)
        if value is not None and is_valid(value):
            kept[name] = value
    kept._mutable = False
    return kept


class ConditionIndexView(IndexView):
    """modeladmin's index, reading only the parameters it lists."""

    page_title = _("Conditions")
    export_headings = {
        "title": _("Title"),
        "fact_count": _("Facts"),
        "unsupported_count": _("Facts without source"),
        "reviewer": _("Reviewer"),
        "reviewed_on": _("Reviewed on"),
        "next_review": _("Next review"),
    }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Drop every unlisted parameter before modeladmin sees it."""
        request.GET = allowed_query(request.GET)  # type: ignore[assignment]
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the last page for a page number past the end, as the rest of the admin does."""
        last = max(0, (self.queryset.count() - 1) // self.items_per_page)
        self.page_num: int = min(self.page_num, last)
        return super().get_context_data(**kwargs)


class ConditionPermissionHelper(PagePermissionHelper):
    """Lets those in who work on pages or on the research library, and nobody else with access to the admin."""

    def user_can_list(self, user: Any) -> bool:
        """Whether the user may edit some page, or keeps the research library."""
        may_edit: bool = PagePermissionPolicy().user_has_any_permission(user, ["add", "change", "publish"])
        return may_edit or user.has_perm("research.change_citation")


class EditButtonHelper(PageButtonHelper):
    """Offers editing and reading. Copying, unpublishing, deleting stay in the page tree, where their effects show."""

    def get_buttons_for_obj(self, obj: Any, exclude: list[str] | None = None, **kwargs: Any) -> list[dict[str, Any]]:
        """The edit button for those who may edit, and the public page for everybody."""
        buttons: list[dict[str, Any]] = super().get_buttons_for_obj(
            obj, exclude=[*(exclude or []), "copy", "unpublish", "delete"], **kwargs
        )
        if obj.live and (address := obj.get_url(self.request)):
            buttons.append(
                {
                    "url": address,
                    "label": _("View live"),
                    "classname": self.finalise_classname(["button-secondary", "button-small"]),
                    "title": _("View the public page “%(title)s”") % {"title": obj.title},
                }
            )
        return buttons


def _count(rows: models.QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("page").annotate(n=models.Count("pk", distinct=True)).values("n")
    return Coalesce(models.Subquery(counted), 0)


class ConditionListing(ModelAdmin):
    """Condition pages with their facts, unsupported facts, reviewer and review dates."""

    model = ConditionPage
    base_url_path = "conditions"
    menu_label = _("Conditions")
    menu_item_name = "conditions"
    menu_icon = "clipboard-list"
    menu_order = 110
    index_view_class = ConditionIndexView
    permission_helper_class = ConditionPermissionHelper
    button_helper_class = EditButtonHelper
    list_display = ("title", "state", "key_facts", "facts_without_source", "reviewer", "reviewed", "due")
    list_export = ("title", "fact_count", "unsupported_count", "reviewer", "reviewed_on", "next_review")
    list_filter = (ReviewFilter, SupportFilter)
    list_select_related = ("reviewer",)
    list_per_page = 50
    index_template_name = "pages/admin/conditions.html"
    index_view_extra_css = ["pages/admin/condition-listing.css"]
    search_fields = ("title",)
    ordering = ("title",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Condition pages with both counts, in one query."""
        if not self.permission_helper.user_can_list(request.user):
            raise PermissionDenied
        facts = ConditionFact.objects.filter(page=models.OuterRef("pk"))
        standing = FactSource.objects.supporting().filter(claim=models.OuterRef("pk")).order_by()
        return (
            super()
            .get_queryset(request)
            .prefetch_workflow_states()
            .annotate_approved_schedule()
            .annotate(
                fact_count=_count(facts),
                unsupported_count=_count(facts.filter(~models.Exists(standing))),
                unsupported_drafts=_count(facts.filter(~models.Exists(standing), draft=True)),
            )
        )

    def get_list_filter(self, request: HttpRequest) -> tuple[Any, ...]:
        """Only the two filters: modeladmin would add one by locale, which is not on the list of parameters."""
        return self.list_filter

    def state(self, page: ConditionPage) -> str:
        """Wagtail's own words for live, draft and scheduled."""
        return str(page.status_string).capitalize()

    state.short_description = _("State")  # type: ignore[attr-defined]

    def key_facts(self, page: Any) -> int:
        """Number of key facts, drafts included."""
        return int(page.fact_count)

    key_facts.short_description = _("Facts")  # type: ignore[attr-defined]
    key_facts.admin_order_field = "fact_count"  # type: ignore[attr-defined]

    def facts_without_source(self, page: Any) -> int | SafeString:
        """Number of key facts that no standing source supports; those that visitors do not see are called drafts."""
        drafts = int(page.unsupported_drafts)
        shown = int(page.unsupported_count) - drafts
        words = [
            (
                "w-status w-status--primary",
                ngettext("%(n)s fact", "%(n)s facts", shown) % {"n": shown} if shown else "",
            ),
            ("w-status", ngettext("%(n)s draft", "%(n)s drafts", drafts) % {"n": drafts} if drafts else ""),
        ]
        told = [format_html('<span class="{}">{}</span>', look, text) for look, text in words if text]
        return format_html_join(" ", "{}", ((one,) for one in told)) if told else 0

    facts_without_source.short_description = _("Without source")  # type: ignore[attr-defined]
    facts_without_source.admin_order_field = "unsupported_count"  # type: ignore[attr-defined]

    def reviewed(self, page: ConditionPage) -> datetime.date | None:
        """Day of the last medical review."""
        return page.reviewed_on

    reviewed.short_description = _("Reviewed on")  # type: ignore[attr-defined]
    reviewed.admin_order_field = "reviewed_on"  # type: ignore[attr-defined]

    def due(self, page: ConditionPage) -> str | SafeString | None:
        """Day of the next review, said in words when it has passed or is near."""
        if page.next_review is None:
            return None
        today = timezone.localdate()
        day = date_format(page.next_review)
        if page.next_review < today:
            return format_html('{} <span class="w-status w-status--critical">{}</span>', day, _("Overdue"))
        if page.next_review <= today + datetime.timedelta(days=30):
            return format_html('{} <span class="w-status">{}</span>', day, _("Due soon"))
        return day

    due.short_description = _("Next review")  # type: ignore[attr-defined]
    due.admin_order_field = "next_review"  # type: ignore[attr-defined]
