"""What search engines and sharing previews are told about a page."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from wagtail.models import Page, Site

from pages.frame import Frame

logger = logging.getLogger(__name__)

LONGEST = 160  # characters that search results show of a description
SHARED = (1200, 630)


@dataclass(frozen=True)
class Meta:
    """Title and description, the one address, the sharing picture, whether it may be indexed, other languages."""

    title: str
    site_name: str
    description: str = ""
    canonical: str = ""
    image: str = ""
    image_size: tuple[int, int] = SHARED
    image_alt: str = ""
    kind: str = "website"
    no_index: bool = False
    languages: tuple[tuple[str, str], ...] = ()


def meta_of(page: object, frame: Frame, request: HttpRequest | None) -> Meta:
    """Returns what to say about `page`; anything that is not a page of the tree stays out of search engines."""
    if not isinstance(page, Page) or request is None:
        return Meta(title="", site_name=frame.name, no_index=True)
    image, alt = _image(page, request)
    return Meta(
        title=page.seo_title or page.title,
        site_name=frame.name,
        description=description_of(page),
        canonical=page.get_full_url(request) or "",
        image=image,
        image_alt=alt,
        kind="website" if page.depth <= 2 else "article",
        no_index=bool(getattr(page, "no_index", False)) or bool(getattr(request, "is_preview", False)),
        languages=_languages(page, request),
    )


def description_of(page: Page) -> str:
    """Returns the editor's description, else the page's own summary, cut at a word."""
    text: str = page.search_description or getattr(page, "summary", "") or getattr(page, "lede", "") or ""
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def _languages(page: Page, request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """Returns language codes with the addresses of the page in them; nothing while the site has one language."""
    if not page.pk or len({root.language_code for root in Site.get_site_root_paths()}) < 2:
        return ()
    same = page.get_translations(inclusive=True).live().public().select_related("locale").order_by("locale_id")
    found = tuple((one.locale.language_code, one.get_full_url(request)) for one in same)
    return found if len(found) > 1 else ()


def _image(page: Page, request: HttpRequest) -> tuple[str, str]:
    chosen = getattr(page, "social_image", None)
    if chosen is not None:
        try:
            rendition = chosen.get_rendition("fill-{}x{}|format-jpeg".format(*SHARED))
            return request.build_absolute_uri(rendition.url), chosen.description or page.title
        except OSError:
            logger.warning("The sharing image of page %s is missing; the drawn one stands in.", page.pk)
    if not page.pk:
        return "", ""
    return request.build_absolute_uri(reverse("social_image", args=[page.pk])), page.title
