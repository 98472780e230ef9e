"""What the project adds to Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.userbar import ContentCheckerItem

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
    """Lets the content checks of the editor and of a front end's preview reach each other."""
    items[:] = [
        FrontEndChecker(in_editor=item.in_editor)
        if isinstance(item, ContentCheckerItem) and _crosses_a_frame(request, item)
        else item
        for item in items
    ]


def _crosses_a_frame(request: HttpRequest, item: ContentCheckerItem) -> bool:
    return bool(settings.API_PREVIEW_URL) if item.in_editor else getattr(request, "is_front_end", False)
