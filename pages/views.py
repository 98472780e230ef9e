"""Views of the public site that are not pages of the tree: stylesheet, sharing pictures, error pages."""

from __future__ import annotations

import logging

from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from pages import social, theme
from pages.frame_cache import frame_at_any_rate, frame_for

logger = logging.getLogger(__name__)

# What a visitor still gets when not even the error page can be rendered.
LAST_RESORT = (
    '<!doctype html><html lang="en-US"><meta charset="utf-8"><title>Something went wrong</title>'
    "<h1>Something went wrong on our side</h1><p>Please try again in a few minutes.</p>"
    '<p>In crisis? <a href="tel:988">Call 988</a> or <a href="sms:988">text 988</a>, any time. '
    'In an emergency, call <a href="tel:911">911</a>.</p></html>'
)


@require_safe
def theme_css(request: HttpRequest, name: str) -> HttpResponse:
    """The clinic's palette, kept for ever under its own hash; an old hash gets today's palette, kept briefly."""
    frame = frame_for(request)
    sheet = theme.stylesheet(frame.brand, frame.accent, frame.system_fonts)
    response = HttpResponse(sheet.css, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable" if name == sheet.hash else "public, max-age=300"
    return response


@require_safe
def social_image(request: HttpRequest, page_id: int) -> HttpResponse:
    """The drawn picture for sharing a public page."""
    site = Site.find_for_request(request)
    page = Page.objects.live().public().filter(pk=page_id).first()
    if page is None or site is None or (not page.is_descendant_of(site.root_page) and page != site.root_page):
        raise Http404
    frame = frame_for(request)
    drawn = social.picture(page.pk, page.title, frame.name, frame.brand, frame.accent)
    return HttpResponse(drawn, content_type="image/png", headers={"Cache-Control": "public, max-age=86400"})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, in the frame; a foreign host name gets bare text, since the frame's links would repeat it."""
    if isinstance(exception, DisallowedHost):
        text = _("This host name is not served here. An operator can add it to ALLOWED_HOSTS.")
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
    return render(request, "400.html", status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: in the clinic's frame if it can still be had, else with the country's crisis line. Never fails itself."""
    try:
        page: str = render_to_string("500.html", {"frame": frame_at_any_rate(request)})
    except Exception:
        logger.exception("The error page could not be rendered.")
        page = LAST_RESORT
    return HttpResponse(page, status=500)
