"""In a citation's editor: what the last checks found, with a copy of what is gone."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import Panel

from research.models import CitationCheck


class ChecksPanel(Panel):
    """What the last look at the record's addresses and at its retraction state found."""

    class BoundPanel(Panel.BoundPanel):
        """The panel beside one record."""

        template_name = "research/admin/checks.html"

        def is_shown(self) -> bool:
            """Only a saved record has been checked."""
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Add the checks of what the record says now."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            checks = CitationCheck.objects.filter(citation=self.instance.pk).select_related("citation")
            retraction = checks.filter(kind=CitationCheck.Kind.RETRACTION)
            return {**context, "checks": checks.of_today() | retraction}
