"""What the project adds to Wagtail's admin."""

from __future__ import annotations

from wagtail import hooks

from clinic.api.admin import TokenGrantViewSet, WebhookViewSet


@hooks.register("register_admin_viewset")
def register_api_access() -> TokenGrantViewSet:
    """The screen for what API tokens may do."""
    return TokenGrantViewSet("api_access", url_prefix="api-access")


@hooks.register("register_admin_viewset")
def register_webhooks() -> WebhookViewSet:
    """The screen for front ends that want to know of changes."""
    return WebhookViewSet("api_webhooks", url_prefix="api-webhooks")
