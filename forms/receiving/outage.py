"""When a form cannot be taken (database gone, disk full, stale CSRF token): the answers stay on the visitor's screen.

The page can do without the database, says plainly that nothing was sent, and carries what was typed for sending again.
It is answered for public form posts only, never for the admin or the API.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from pages.frame_cache import frame_at_any_rate

log = logging.getLogger(__name__)

PRIVATE = ("/admin", "/api/", "/documents/", "/_")
RETRY_AFTER = 30  # seconds
LARGEST_BODY = 64 * 1024 * 1024  # bytes; five files of 10 MB, with room


def is_public_form(request: HttpRequest) -> bool:
    """Whether the request sends a form of the public site."""
    return request.method == "POST" and not request.path.startswith(PRIVATE)


class KeepAnswersMiddleware:
    """Answers 503 with the typed answers when the database fails under a public form; refuses huge bodies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the size before anything reads the body."""
        if is_public_form(request) and _too_big(request):
            return too_large(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Database errors and full disks under a public form."""
        if is_public_form(request) and isinstance(exception, DatabaseError | InterfaceError | OSError):
            log.error("a form could not be stored (%s)", type(exception).__name__)
            return keep_answers(request)
        return None


def _too_big(request: HttpRequest) -> bool:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0) > getattr(settings, "FORMS_LARGEST_BODY", LARGEST_BODY)
    except ValueError:
        return False


def too_large(request: HttpRequest) -> HttpResponse:
    """413: nothing was read, so nothing can be kept; the page before still has it all."""
    response = render(request, "forms/too_large.html", {"frame": frame_at_any_rate(request)}, status=413)
    response["Cache-Control"] = "private, no-store"
    response["Connection"] = "close"
    return response


def keep_answers(request: HttpRequest, *, status: int = 503, stale: bool = False) -> HttpResponse:
    """The page that keeps what was typed. Nothing of it is stored or logged."""
    try:
        posted = [(name, value) for name, values in request.POST.lists() for value in values]
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, OSError):
        posted = []
    hidden = [(name, value) for name, value in posted if name != "csrfmiddlewaretoken"]
    shown = [value for name, value in hidden if value and not name.startswith("form-") and value not in ("yes", "on")]
    try:
        had_files = bool(request.FILES)
    except (TooManyFilesSent, OSError, ValueError):
        had_files = True
    context = {
        "frame": frame_at_any_rate(request),
        "hidden": hidden,
        "shown": shown,
        "had_files": had_files,
        "action": request.get_full_path(),
        "stale": stale,
        "heading": _("Please send it once more") if stale else _("We could not take your answers just now"),
    }
    response = render(request, "forms/keep_answers.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A stale or missing CSRF token: public forms keep what was typed, everything else gets the plain refusal."""
    if is_public_form(request):
        return keep_answers(request, status=403, stale=True)
    return render(request, "403_csrf.html", status=403)
