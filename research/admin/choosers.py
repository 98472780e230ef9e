"""The chooser of citations, for sources of facts and for the text editor."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from wagtail.admin.forms.choosers import BaseFilterForm, SearchFilterMixin
from wagtail.admin.views.generic.chooser import ChosenView
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
    SnippetChosenView,
)

from research.choices import Status
from research.models import Citation

SEARCHED = ("title", "key", "ama_text", "headline", "doi", "pmid")
"""The columns in which editors look for a citation, here and in the list."""


class CitationSearchForm(SearchFilterMixin, BaseFilterForm):
    """Looks in the columns. The index, asked by Wagtail on SQLite, took seconds for ten thousand records."""

    def filter(self, objects: Any) -> Any:
        """The records that hold every word."""
        text = self.cleaned_data.get("q", "")
        for word in text.split()[:10]:
            condition = Q()
            for name in SEARCHED:
                condition |= Q(**{f"{name}__icontains": word})
            objects = objects.filter(condition)
        self.is_searching, self.search_query = bool(text), text or None
        return objects


class CitationChooseView(ChooseView):
    """The chooser's window."""

    filter_form_class = CitationSearchForm


class CitationChooseResultsView(ChooseResultsView):
    """The list in it."""

    filter_form_class = CitationSearchForm


class CitationChosenView(SnippetChosenView):
    """What the chooser hands back: also the name that stands in running text."""

    def get_chosen_response_data(self, item: Citation) -> dict[str, Any]:
        """Wagtail's data, with key, short name and status beside it."""
        return {
            **super().get_chosen_response_data(item),
            "key": item.key,
            "short_name": item.short_name,
            "title": item.title,
            "status": item.get_status_display() if item.status != Status.CURRENT else "",
        }


class CitationChooserViewSet(SnippetChooserViewSet):
    """The chooser of citations."""

    choose_view_class: type[ChooseView] = CitationChooseView
    choose_results_view_class: type[ChooseResultsView] = CitationChooseResultsView
    chosen_view_class: type[ChosenView] = CitationChosenView
    preserve_url_parameters = ["multiple"]
