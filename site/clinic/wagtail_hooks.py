"""What the project adds to Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets import Button

from clinic.api.admin import TokenGrantViewSet, WebhookViewSet
from clinic.api.previews import open_preview


@hooks.register("register_admin_viewset")
def register_api_access() -> TokenGrantViewSet:
    """The screen for what API tokens may do."""
    return TokenGrantViewSet("api_access", url_prefix="api-access")


@hooks.register("register_admin_viewset")
def register_webhooks() -> WebhookViewSet:
    """The screen for front ends that want to know of changes."""
    return WebhookViewSet("api_webhooks", url_prefix="api-webhooks")


@hooks.register("register_admin_urls")
def preview_addresses() -> list[Any]:
    """Where editors go to see a draft in the front end."""
    return [path("front-end-preview/<int:page_id>/", open_preview, name="front_end_preview")]


@hooks.register("register_page_header_buttons")
def preview_button(page: Any, user: Any, view_name: str, next_url: str | None = None) -> list[Button]:
    """A way to the front end's preview beside the page's other actions, when there is a front end."""
    if not settings.API_PREVIEW_URL or not page.latest_revision_id:
        return []
    address = reverse("front_end_preview", args=[page.pk])
    return [Button(_("Preview in the front end"), url=address, icon_name="view", priority=90)]
