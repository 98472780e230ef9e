"""Topics in the admin."""

from __future__ import annotations

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSet

from research.models import Topic


class TopicViewSet(SnippetViewSet):
    """Topics, for clinicians."""

    model = Topic
    icon = "folder-open-inverse"
    menu_label = _("Topics")
    menu_name = "topics"
    add_to_admin_menu = False
    search_backend_name = None
    search_fields = ["name", "synonyms"]
    list_per_page = 60
    list_display = [
        "name",
        Column("parent", label=_("Part of"), sort_key="parent__name"),
        Column("records", label=_("Citations"), sort_key="records"),
        Column("slug", label=_("Slug")),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        """Topics in tree order with the number of their records."""
        found: QuerySet[Topic] = (
            Topic.objects.in_tree_order().select_related("parent").annotate(records=Count("citation_links"))
        )
        return found
