"""What the project adds to Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.userbar import AccessibilityItem

from clinic.api.admin import TokenGrantViewSet, WebhookViewSet
from clinic.api.previews import FrontEndChecker


@hooks.register("register_admin_viewset")
def register_api_access() -> TokenGrantViewSet:
    """The screen for what API tokens may do."""
    return TokenGrantViewSet("api_access", url_prefix="api-access")


@hooks.register("register_admin_viewset")
def register_webhooks() -> WebhookViewSet:
    """The screen for front ends that want to know of changes."""
    return WebhookViewSet("api_webhooks", url_prefix="api-webhooks")


@hooks.register("construct_wagtail_userbar")
def check_the_front_end(request: HttpRequest, items: list[Any], page: Any) -> None:
    """Lets the content checks reach a front end's preview, when there is a front end."""
    if settings.API_PREVIEW_URL:
        items[:] = [
            FrontEndChecker(in_editor=item.in_editor) if type(item) is AccessibilityItem else item for item in items
        ]
