"""The one menu for the research library. What belongs to it but lives elsewhere registers a menu item by a hook."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from research.admin.citations import CitationViewSet
from research.admin.topics import TopicViewSet


class ResearchGroup(SnippetViewSetGroup):
    """Citations and topics, then whatever ``register_research_menu_item`` adds (reports, import)."""

    items = (CitationViewSet, TopicViewSet)
    menu_label = _("Research")
    menu_name = "research"
    menu_icon = "openquote"
    menu_order = 150

    def get_submenu_items(self) -> list[MenuItem]:
        """The viewsets' items and the registered ones."""
        registered = [make() for make in hooks.get_hooks("register_research_menu_item")]
        return [*super().get_submenu_items(), *registered]
