"""Hooks into the admin: the intake desk's addresses, menu and panel; Wagtail's own form data stays closed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.models import Page

from forms.access import can_read_audit, can_read_submissions
from forms.intake.panels import IntakePanel
from forms.models import FormPage, Submission


@hooks.register("register_admin_urls")
def register_intake_urls() -> list[URLPattern | URLResolver]:
    """The desk lives under the admin, behind its log-in."""
    return [path("intake/", include("forms.intake.urls", namespace="intake"))]


class IntakeItem(MenuItem):
    """A menu entry for the intake role, with a number behind its label when there is work."""

    count: str = ""

    def is_shown(self, request: HttpRequest) -> bool:
        """For the intake role only."""
        return can_read_submissions(request.user)

    def render_component(self, request: HttpRequest) -> Any:
        """Count at the time of rendering."""
        component = super().render_component(request)
        rows = {"unread": Submission.objects.unread, "spam": Submission.objects.possible_spam}.get(self.count)
        number = rows().order_by()[:100].count() if rows else 0
        if number:
            component.label = f"{self.label} ({number if number < 100 else '99+'})"
        return component


class AuditItem(MenuItem):
    """The audit trail, also for administrators."""

    def is_shown(self, request: HttpRequest) -> bool:
        """For who may see the trail."""
        return can_read_audit(request.user)


def _item(label: Any, name: str, order: int, *, query: str = "", count: str = "", icon: str = "mail") -> IntakeItem:
    item = IntakeItem(
        label, reverse(f"intake:{name}") + query, name=f"intake-{name}{count}", icon_name=icon, order=order
    )
    item.count = count
    return item


class IntakeMenu(SubmenuMenuItem):
    """The desk's menu; shows how much is unread also when it is closed."""

    def render_component(self, request: HttpRequest) -> Any:
        """Count at the time of rendering."""
        component = super().render_component(request)
        if can_read_submissions(request.user):
            number = Submission.objects.unread().order_by()[:100].count()
            if number:
                component.label = f"{self.label} ({number if number < 100 else '99+'})"
        return component


@hooks.register("register_admin_menu_item")
def register_intake_menu() -> MenuItem:
    """The desk's entry in the main menu."""
    items = [
        _item(_("Inbox"), "index", 10, count="unread"),
        _item(_("Possible spam"), "index", 20, query="?box=spam", count="spam", icon="warning"),
        _item(_("Notifications"), "deliveries", 30, icon="mail"),
        AuditItem(_("Audit trail"), reverse("intake:audit"), name="intake-audit", icon_name="history", order=40),
    ]
    return IntakeMenu(_("Intake"), Menu(items=items), name="intake", icon_name="mail", order=160)


@hooks.register("construct_homepage_panels")
def add_intake_panel(request: HttpRequest, panels: list[Any]) -> None:
    """The desk at a glance, on the home of who works at it."""
    if can_read_submissions(request.user):
        panels.insert(0, IntakePanel())


@hooks.register("insert_global_admin_css")
def intake_css() -> str:
    """The desk's own styles."""
    return format_html('<link rel="stylesheet" href="{}">', static("forms/intake.css"))


@hooks.register("insert_editor_js")
def building_js() -> str:
    """Comfort for who builds a form."""
    return format_html('<script src="{}"></script>', static("forms/building.js"))


# --- Wagtail's own form data is closed -----------------------------------------------------------------------------


@hooks.register("filter_form_submissions_for_user")
def no_stock_submissions(user: Any, editable_forms: QuerySet[Page]) -> QuerySet[Page]:
    """Nobody reads, exports or deletes submissions through Wagtail's own views, whatever they may edit."""
    return editable_forms.none()


@hooks.register("construct_main_menu")
def no_stock_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Wagtail's “Forms” menu would always be empty."""
    items[:] = [item for item in items if item.name != "forms"]


def _held_back(pages: Any) -> int:
    """How many submissions stand below ``pages`` (the pages and everything under them)."""
    count = 0
    for page in pages:
        below = FormPage.objects.descendant_of(page, inclusive=True).values("pk")
        count += Submission.objects.filter(page__in=below)[:1000].count()
    return count


def _refuse(request: HttpRequest, back: str) -> HttpResponse:
    messages.error(
        request,
        _(
            "Not deleted: submissions stand on this form, and they are kept until their retention date. "
            "Unpublish the page instead; it can be deleted when intake has closed and purged what came in."
        ),
    )
    return HttpResponseRedirect(back)


@hooks.register("before_delete_page")
def keep_pages_with_submissions(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Deleting a form, or a page above it, must never delete what people sent."""
    if _held_back([page]):
        return _refuse(request, reverse("wagtailadmin_explore", args=[page.get_parent().pk]))
    return None


@hooks.register("before_bulk_action")
def keep_pages_in_bulk(
    request: HttpRequest, action_type: str, objects: Any, action_class_instance: Any
) -> HttpResponse | None:
    """The same for many pages at once."""
    if action_type == "delete" and objects and issubclass(type(objects[0]), Page) and _held_back(objects):
        return _refuse(request, reverse("wagtailadmin_explore_root"))
    return None
