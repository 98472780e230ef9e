"""What the pages app adds to the Wagtail admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.rich_text.editors.draftail.features import EntityFeature
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import Page
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail_modeladmin.options import modeladmin_register

from pages import reports  # noqa: F401  (importing adds them to the library's)
from pages.citation_editing import CONTENTSTATE_RULE, ENTITY, FEATURE
from pages.citations_in_text import CitationLinkHandler
from pages.colours_panel import colours
from pages.gate import acknowledge
from pages.modeladmin import ConditionListing
from pages.page_links import LivePageLinkHandler
from pages.snippets import register as register_snippets
from research.models import Citation

modeladmin_register(ConditionListing)
register_snippets()


@hooks.register("register_rich_text_features", order=10)
def register_citation_feature(features: FeatureRegistry) -> None:
    """Let editors insert a source at the cursor of any rich text."""
    features.register_link_type(CitationLinkHandler)
    features.register_link_type(LivePageLinkHandler)
    features.register_editor_plugin(
        "draftail",
        FEATURE,
        EntityFeature(
            {
                "type": ENTITY,
                "icon": "openquote",
                "description": _("Source"),
                "attributes": ["id"],
                "allowlist": {},
                "chooserUrls": {"citationChooser": reverse_lazy(_chooser_url_name())},
            },
            js=["wagtailadmin/js/chooser-modal.js", "pages/admin/citation.js"],
        ),
    )
    features.register_converter_rule("contentstate", FEATURE, CONTENTSTATE_RULE)


@hooks.register("before_publish_page")
@hooks.register("after_create_page")
def keep_the_reason(request: HttpRequest, page: Page) -> None:
    """A new page is stored by now: its acknowledgement can be, too."""
    pending = getattr(page, "pending_acknowledgement", None)
    if pending:
        doubts, reason = pending
        acknowledge(page, doubts, reason, request.user if request.user.is_authenticated else None)
        page.pending_acknowledgement = None


@hooks.register("register_log_actions")
def register_acknowledgement(actions: LogActionRegistry) -> None:
    """Show acknowledgements in a page's history, with the reason."""

    @actions.register_action("pages.acknowledge_evidence")
    class AcknowledgementFormatter(LogFormatter):
        label = _("Acknowledge a doubtful source")

        def format_message(self, log_entry: Any) -> str:
            sources = " ".join(log_entry.data.get("sources", []))
            return _("%(sources)s Reason: %(reason)s") % {
                "sources": sources,
                "reason": log_entry.data.get("reason", ""),
            }


def _chooser_url_name() -> str:
    viewset = Citation.snippet_viewset.chooser_viewset
    name: str = viewset.get_url_name("choose")
    return name


@hooks.register("register_admin_urls")
def register_colours_url() -> list[URLPattern]:
    """The preview of the clinic's colours."""
    return [path("colours/", colours, name="clinic_colours")]
