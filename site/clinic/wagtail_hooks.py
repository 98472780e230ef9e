"""What the project adds to Wagtail's admin."""

from __future__ import annotations

from wagtail import hooks

from clinic.api.admin import TokenGrantViewSet


@hooks.register("register_admin_viewset")
def register_api_access() -> TokenGrantViewSet:
    """The screen for what API tokens may do."""
    return TokenGrantViewSet("api_access", url_prefix="api-access")
