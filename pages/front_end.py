"""FrontEndPreview: a page as its editor has it now, saved or not, shown by the front end that API_PREVIEW_URL names.

On wagtail-headless-preview: its rows hold the page, its signed tokens name them. Here a token also names its editor,
belongs to one preview alone, and soon ends. `clinic.api.previews` gives the page to whoever holds the token.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail_headless_preview.models import HeadlessPreviewMixin, PagePreview

#: The preview mode's name.
FRONT_END = "front-end"
#: Seconds a token opens its preview.
LIFETIME = 15 * 60
#: Previews of one page that one editor can have open. The panel makes a new one with every change.
KEPT = 5


class FrontEndPreview(HeadlessPreviewMixin):
    """Adds the front end, if there is one, to a page's preview modes, and puts it first."""

    #: How this site itself can show the page.
    site_preview_modes: list[tuple[str, Any]] = [("", _("This site"))]

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        """The modes that the editor's preview panel offers."""
        front_end = [(FRONT_END, _("Front end"))] if settings.API_PREVIEW_URL else []
        return [*front_end, *self.site_preview_modes]

    def make_preview_request(
        self,
        original_request: HttpRequest | None = None,
        preview_mode: str | None = None,
        extra_request_attrs: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Keeps the page under a new token and sends the editor to the front end with it, or shows the page here."""
        if preview_mode != FRONT_END or original_request is None:
            shown: HttpResponse = super().make_preview_request(original_request, preview_mode, extra_request_attrs)
            return shown
        self.previewed_by = original_request.user
        original_request.in_preview_panel = bool((extra_request_attrs or {}).get("in_preview_panel"))  # type: ignore[attr-defined]
        forget_ended()
        sent: HttpResponse = super().serve_preview(original_request, FRONT_END)
        return sent

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The page as this site shows it: what stands above the package's mixin is Wagtail."""
        shown: HttpResponse = super(HeadlessPreviewMixin, self).serve_preview(request, mode_name)
        return shown

    def create_page_preview(self) -> PagePreview:
        """Keeps the page as it is now, and of the editor's earlier previews of it the newest few."""
        of_editor = f"{self.previewed_by.pk}.{self.pk or 'new'}."
        token = self.get_preview_signer().sign(of_editor + secrets.token_urlsafe(16))
        preview, _made = self.update_page_preview(token)
        earlier = PagePreview.objects.filter(token__startswith=of_editor).order_by("-pk").values_list("pk", flat=True)
        PagePreview.objects.filter(pk__in=list(earlier[KEPT:])).delete()
        return preview

    def get_preview_url(self, request: HttpRequest, token: str) -> str:
        """The front end's address with the token; it also learns whether it stands in the editor's panel."""
        query = {"token": token}
        if getattr(request, "in_preview_panel", False):
            query["in_preview_panel"] = "true"
        separator = "&" if "?" in settings.API_PREVIEW_URL else "?"
        return f"{settings.API_PREVIEW_URL}{separator}{urlencode(query)}"


def previewed(token: str) -> tuple[Page, Any] | None:
    """The page under this token and its editor; None if the token is forged or has ended, or the editor may not."""
    try:
        signed = HeadlessPreviewMixin.get_preview_signer().unsign(token, max_age=LIFETIME)
    except BadSignature:
        return None
    preview = PagePreview.objects.filter(token=token).first()
    page = preview.as_page() if preview else None
    editor = get_user_model()._default_manager.filter(pk=signed.partition(".")[0], is_active=True).first()
    if page is None or editor is None:
        return None
    if page.pk:
        permissions = page.permissions_for_user(editor)
        allowed = permissions.can_edit() or permissions.can_publish()
    else:
        allowed = page.get_parent().permissions_for_user(editor).can_add_subpage()
    return (page, editor) if allowed else None


def forget_ended() -> None:
    """Deletes the previews whose token has ended."""
    signer = HeadlessPreviewMixin.get_preview_signer()
    ended = []
    for pk, token in PagePreview.objects.values_list("pk", "token"):
        try:
            signer.unsign(token, max_age=LIFETIME)
        except BadSignature:
            ended.append(pk)
    if ended:
        PagePreview.objects.filter(pk__in=ended).delete()
