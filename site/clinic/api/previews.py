"""/previews/: a draft in a configured front end, for the holder of a signed token that soon ends and no one else.

`pages.front_end` makes the tokens. Wagtail's user bar comes from here too, because the front end has no log-in.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from ninja import Field, Query, Router, Schema
from wagtail.admin.userbar import ContentCheckerItem, Userbar
from wagtail.models import Page

from clinic.api.pageshapes import AnyPage, page_detail
from pages.front_end import previewed

router = Router(tags=["previews"])
HTML = "text/html"


class PreviewToken(Schema):
    """What a preview link gives the front end."""

    token: str = Field(min_length=10, max_length=300, description="From the preview link.")
    in_preview_panel: bool = Field(False, description="From the preview link: the page stands in the editor's panel.")


def _previewed(wanted: PreviewToken, response: HttpResponse) -> tuple[Page, Any]:
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    found = previewed(wanted.token)
    if found is None:
        raise Http404("This preview has ended. Open it again from the editor.")
    return found


@router.get(
    "/",
    response=AnyPage,
    url_name="preview",
    operation_id="previews_detail",
    summary="A draft for its token",
)
def get_preview(request: HttpRequest, response: HttpResponse, wanted: Query[PreviewToken]) -> dict[str, Any]:
    """The page as its editor had it when the token was made, saved or not, as it would come once it is published."""
    page, _editor = _previewed(wanted, response)
    page.pk = page.pk or 0  # a page that has never been saved
    return page_detail(page, request)


def get_userbar(request: HttpRequest, wanted: Query[PreviewToken]) -> HttpResponse:
    """Wagtail's user bar with its content checks, to be put into the page that shows the preview.

    In the editor's panel it is hidden, tells the editor what it found, and keeps the place while the page changes.
    """
    response = HttpResponse(content_type=f"{HTML}; charset=utf-8")
    page, editor = _previewed(wanted, response)
    request.user = editor
    request.in_preview_panel = wanted.in_preview_panel  # type: ignore[attr-defined]
    request.is_front_end = True  # type: ignore[attr-defined]
    # Its links and scripts are the admin's, wherever the front end reached this API.
    admin = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    request.META["HTTP_HOST"] = admin.netloc
    html = Userbar(object=page).render_html({"request": request})
    if wanted.in_preview_panel:
        html += f'<script src="{static("clinic/preview-checks.js")}"></script>'
    # Wagtail makes its own addresses whole; these, and those of stylesheets that apps add to the admin, are not.
    response.content = html.replace(f'="{settings.STATIC_URL}', f'="//{admin.netloc}{settings.STATIC_URL}')
    return response


get_userbar.produces = (HTML,)  # type: ignore[attr-defined]
router.get(
    "/userbar/",
    url_name="preview_userbar",
    operation_id="previews_userbar",
    summary="Wagtail's user bar for a draft",
    openapi_extra={
        "responses": {"200": {"description": "HTML.", "content": {HTML: {"schema": {"type": "string"}}}}},
    },
)(get_userbar)


class FrontEndChecker(ContentCheckerItem):
    """Wagtail's content checks, which may also talk across the frame: the editor with the front end it shows, and the
    front end with the editor.
    """

    def get_axe_spec(self, request: HttpRequest) -> dict[str, Any]:
        """As Wagtail's, with the origin on the other side of the frame."""
        admin = urlsplit(settings.WAGTAILADMIN_BASE_URL)
        other = settings.API_PREVIEW_ORIGIN if self.in_editor else f"{admin.scheme}://{admin.netloc}"
        return {**super().get_axe_spec(request), "allowedOrigins": ["<same_origin>", other]}
