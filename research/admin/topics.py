"""Topics in the admin."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSet

from research.models import Citation, Topic


def _records(topic: Any) -> str:
    """The number of records, as a link to their list."""
    address = reverse(Citation.snippet_viewset.get_url_name("list"))
    return format_html('<a href="{}?topic={}">{}</a>', address, topic.pk, topic.records) if topic.records else "0"


def _others(topic: Any) -> str:
    return ", ".join(topic.synonym_list())


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
        Column("records", label=_("Citations"), accessor=_records, sort_key="records"),
        Column("synonyms", label=_("Other names"), accessor=_others, classname="not-on-a-phone"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        """Topics in tree order with the number of their records."""
        found: QuerySet[Topic] = (
            Topic.objects.in_tree_order().select_related("parent").annotate(records=Count("citation_links"))
        )
        return found
