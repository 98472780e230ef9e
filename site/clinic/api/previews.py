"""Previews: a draft in a configured front end, for the holder of a signed token that soon ends and no one else."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from ninja import Query, Router
from wagtail.models import Page, Revision

from clinic.api.pageshapes import AnyPage, page_detail

SALT = "clinic.api.preview"
#: Seconds a token opens its draft.
LIFETIME = 15 * 60
router = Router(tags=["previews"])


def preview_token(revision: Revision) -> str:
    """A token that opens exactly this revision for a quarter of an hour."""
    return signing.dumps(revision.pk, salt=SALT)


@require_safe
def open_preview(request: HttpRequest, page_id: int) -> HttpResponse:
    """Sends an editor to the front end with a token for the page's latest draft. The admin asks for the log-in."""
    page = get_object_or_404(Page, pk=page_id)
    permissions = page.permissions_for_user(request.user)
    if not (permissions.can_edit() or permissions.can_publish()):
        raise PermissionDenied
    revision = page.get_latest_revision()
    if not settings.API_PREVIEW_URL or revision is None:
        raise Http404
    query = urlencode({"token": preview_token(revision)})
    return HttpResponseRedirect(f"{settings.API_PREVIEW_URL}?{query}")


@router.get(
    "/",
    response=AnyPage,
    url_name="preview",
    operation_id="previews_detail",
    summary="A draft for its token",
)
def get_preview(
    request: HttpRequest,
    response: HttpResponse,
    token: str = Query(..., min_length=10, max_length=300, description="From the preview link."),  # type: ignore[type-arg]
) -> dict[str, Any]:
    """The draft that the token was made for, as the page would come once it is published."""
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    try:
        revision = Revision.objects.filter(pk=signing.loads(token, salt=SALT, max_age=LIFETIME)).first()
    except signing.BadSignature:
        revision = None
    page = revision.as_object() if revision else None
    if not isinstance(page, Page):
        raise Http404("This preview has ended. Open it again from the editor.")
    return page_detail(page, request)
