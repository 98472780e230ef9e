"""The people of the clinic and the one eligibility list, in the Wagtail admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from pages.models import EligibilityCriterion, Person


class PersonViewSet(SnippetViewSet):
    """Team members and the clinicians who check pages."""

    model = Person
    icon = "group"
    menu_label = _("People")
    menu_order = 200
    add_to_admin_menu = True
    copy_view_enabled = False  # the slug is a person's own
    list_display = [
        "name",
        "credentials",
        "role",
        BooleanColumn("on_team_page", label=_("On the team page"), sort_key="on_team_page"),
        BooleanColumn("demo", label=_("Demo profile"), sort_key="demo"),
    ]
    list_filter = ["on_team_page", "demo"]
    search_fields = ["name"]
    search_backend_name = None
    ordering = ["sort_order", "name"]


class EligibilityViewSet(SnippetViewSet):
    """Who may be suitable and who usually is not: shared by the page for professionals, the form and the desk."""

    model = EligibilityCriterion
    icon = "list-ul"
    menu_label = _("Eligibility")
    menu_order = 800
    add_to_admin_menu = False  # it stands in the Research menu: clinicians keep it
    copy_view_enabled = False  # the key is a criterion's own
    inspect_view_enabled = True
    list_display = [
        "text",
        Column("kind", label=_("List"), accessor="get_kind_display", sort_key="kind"),
        BooleanColumn("active", label=_("In use"), sort_key="active"),
        DateColumn("changed_at", label=_("Changed"), sort_key="changed_at"),
    ]
    list_filter = ["kind", "active"]
    search_fields = ["text", "note"]
    search_backend_name = None
    ordering = ["-kind", "sort_order"]


def register() -> None:
    """Put both in the admin's menu for those who may see them."""
    register_snippet(PersonViewSet)
    eligibility = EligibilityViewSet()
    register_snippet(eligibility)
    hooks.register("register_research_menu_item", eligibility.get_menu_item)
    hooks.register("construct_main_menu", no_snippets_menu)


def no_snippets_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Every snippet has a place of its own in the menu; Wagtail's “Snippets” would only name them twice."""
    items[:] = [item for item in items if item.name != "snippets"]
