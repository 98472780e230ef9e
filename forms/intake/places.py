"""Where a page of the desk stands, and where one goes back to."""

from __future__ import annotations

from typing import Any

from django.http import (
    HttpRequest,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _


def crumbs(*more: tuple[str, str]) -> list[dict[str, Any]]:
    """Breadcrumbs of a page of the desk; the last one is the page itself."""
    items = [{"url": reverse("intake:index"), "label": _("Intake")}]
    return items + [{"url": url, "label": label} for label, url in more]


def back(request: HttpRequest, fallback: str) -> HttpResponseRedirect:
    """To where the form says, if that is on this site."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if target and safe else fallback)
