"""What the project adds to Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.menu import DismissibleMenuItem, MenuItem
from wagtail.admin.userbar import ContentCheckerItem
from wagtail.models import Page

from clinic.api.admin import TokenGrantViewSet, WebhookViewSet
from clinic.api.previews import FrontEndChecker
from clinic.api.writing import PublishUnlocked, RevertUnlocked


@hooks.register("register_admin_viewset")
def register_api_access() -> TokenGrantViewSet:
    """The screen for what API tokens may do."""
    return TokenGrantViewSet("api_access", url_prefix="api-access")


@hooks.register("register_admin_viewset")
def register_webhooks() -> WebhookViewSet:
    """The screen for front ends that want to know of changes."""
    return WebhookViewSet("api_webhooks", url_prefix="api-webhooks")


@hooks.register("register_actions")
def respect_locks(registry: Any) -> None:
    """What the API does with pages in the place of Wagtail's own actions."""
    registry.register(Page, PublishUnlocked)
    registry.register(Page, RevertUnlocked)


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


@hooks.register("insert_global_admin_css")
def admin_css() -> str:
    """The few rules that every page of the admin gets."""
    return format_html('<link rel="stylesheet" href="{}">', static("clinic/admin.css"))


@hooks.register("insert_editor_js")
def one_save_at_a_time() -> str:
    """Keeps a pressed button and Wagtail's saving by itself from racing each other."""
    return format_html('<script src="{}"></script>', static("clinic/one-save.js"))


@hooks.register("construct_help_menu")
def help_without_news(request: HttpRequest, items: list[MenuItem]) -> None:
    """Wagtail's news are for who runs the site; nobody at work gets a badge that calls for a click elsewhere."""
    items[:] = [_unbadged(item) for item in items if not item.name.startswith("whats-new")]


def _unbadged(item: MenuItem) -> MenuItem:
    if not isinstance(item, DismissibleMenuItem):
        return item
    plain = {name: value for name, value in item.attrs.items() if name in {"target", "rel"}}
    return MenuItem(item.label, item.url, item.name, icon_name=item.icon_name, attrs=plain, order=item.order)
