"""Security headers: the content security policies of the site and of the admin, and the permissions policy."""

from collections.abc import Sequence
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

ADMIN_PREFIX = "/admin/"
API_DOCS = "/api/v3/docs"
# Powers of the visitor's device, none of which the site asks for.
DEVICE_FEATURES = (
    "camera",
    "display-capture",
    "geolocation",
    "microphone",
    "midi",
    "payment",
    "usb",
    "browsing-topics",
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in DEVICE_FEATURES)

Directives = dict[str, Any]


def site_policy(media_origins: list[str]) -> Directives:
    """Everything from this site alone, nothing inline; images and recordings from `media_origins` too."""
    return {
        "default-src": [SELF],
        "img-src": [SELF, *media_origins],
        "media-src": [SELF, *media_origins],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }


def admin_policy(media_origins: list[str], framed_origins: Sequence[str] = ()) -> Directives:
    """As the site's, but with what Wagtail's admin is built on: inline scripts and styles, data: and blob: images.

    `framed_origins` are shown in its preview panel.
    """
    return site_policy(media_origins) | {
        "script-src": [SELF, UNSAFE_INLINE],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:", "blob:", *media_origins],
        "font-src": [SELF, "data:"],
        "frame-src": [SELF, *framed_origins],
    }


class SecurityHeadersMiddleware(CSPMiddleware):
    """django-csp with the policy chosen by path, and the permissions policy beside it."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """The parts of the policy for this request's path."""
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and parts.config is None and request.path_info.startswith(ADMIN_PREFIX):
            parts.config = settings.ADMIN_CONTENT_SECURITY_POLICY
        elif request.path_info.startswith(API_DOCS):
            parts.update = {"img-src": ["data:"]}  # the drawings in Swagger's own stylesheet
        return parts

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the headers unless the view has set its own."""
        response = super().process_response(request, response)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response
