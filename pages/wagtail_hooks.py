"""What the pages app adds to the Wagtail admin."""

from __future__ import annotations

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.rich_text.editors.draftail.features import EntityFeature
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail_modeladmin.options import modeladmin_register

from pages.citation_editing import CONTENTSTATE_RULE, ENTITY, FEATURE
from pages.citations_in_text import CitationLinkHandler
from pages.modeladmin import ConditionListing
from research.models import Citation

modeladmin_register(ConditionListing)


@hooks.register("register_rich_text_features")
def register_citation_feature(features: FeatureRegistry) -> None:
    """Let editors insert a source at the cursor of any rich text."""
    features.register_link_type(CitationLinkHandler)
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


def _chooser_url_name() -> str:
    viewset = Citation.snippet_viewset.chooser_viewset
    name: str = viewset.get_url_name("choose")
    return name
