"""Makes the frame around every page, and keeps it.

It takes several queries to build, so it is kept in the cache under a version that stands in the database: one query
tells every process whether its copy is still right, and an edit is seen by the next request everywhere.
"""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django.core.cache import cache
from django.db.models import Model, QuerySet
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page, Site
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from pages.frame import DEFAULT_LINE, Frame, Hours, Line, Link, Logo, Notice, Phone
from pages.models import (
    Announcement,
    ClinicImage,
    ClinicRendition,
    ClinicSettings,
    ConditionIndexPage,
    CrisisLine,
    FooterLink,
    HeaderLink,
    Navigation,
    OpeningHours,
    ProfessionalsPage,
    ResearchPage,
    StandardPage,
    TeamPage,
)
from pages.sites import site_of
from pages.theme import DEFAULT_ACCENT, DEFAULT_BRAND, HEX_COLOUR
from research.prepared import prepared

logger = logging.getLogger(__name__)

FORMAT = 2  # raise it when a field of Frame changes, so that copies of an older release are not used
KEPT_SECONDS = 24 * 3600
MOST_KNOWN = 20
LOGO_SIZE = "max-480x96"

#: What stood around the last page of each host, for error pages while the database is gone.
_last_known: dict[str, Frame] = {}


def frame_for(request: HttpRequest) -> Frame:
    """Returns the frame of the request's site in the active language; one query when the cache holds it."""
    kept: Frame | None = getattr(request, "_clinic_frame", None)
    if kept is None:
        site = site_of(request)
        kept = _kept(site, translation.get_language() or "en") if site else _default()
        request._clinic_frame = kept  # type: ignore[attr-defined]
        if len(_last_known) >= MOST_KNOWN:
            _last_known.clear()
        _last_known[request.META.get("HTTP_HOST", "")] = kept
    return kept


def frame_at_any_rate(request: HttpRequest) -> Frame:
    """The frame, or, when the database is gone, the last that this process knew, else one with the country's line."""
    try:
        return frame_for(request)
    except Exception:
        logger.warning("The page frame could not be built; the last one known stands in for it.")
        return _last_known.get(request.META.get("HTTP_HOST", "")) or _default()


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context processor: `frame`, built only when a template asks for it."""
    return {"frame": SimpleLazyObject(lambda: frame_for(request))}


def _kept(site: Site, language: str) -> Frame:
    version = next(iter(_version(site=site.pk)), "")
    if not version:
        return _built(site)
    key = f"frame:{FORMAT}:{site.pk}:{version}:{language}"
    try:
        found = cache.get(key)
    except Exception:  # a cache that is away costs queries, never a page
        logger.warning("The cache did not answer; building the page frame from the database.")
        return _built(site)
    if isinstance(found, Frame):
        return found
    frame = _built(site)
    try:
        cache.set(key, frame, KEPT_SECONDS)
    except Exception:
        logger.warning("The cache did not take the page frame; the next page builds it again.")
    return frame


@prepared
def _version(*, site: int) -> QuerySet[ClinicSettings, str]:
    return ClinicSettings.objects.filter(site_id=site).values_list("frame_version", flat=True)


def _default() -> Frame:
    return Frame(
        crisis_heading=ClinicSettings._meta.get_field("crisis_heading").get_default(),
        crisis_text=ClinicSettings._meta.get_field("crisis_text").get_default(),
    )


def _built(site: Site) -> Frame:
    clinic = ClinicSettings.objects.select_related("call_page", "referral_page", "logo").filter(site=site).first()
    if clinic is None:
        return _default()
    navigation = Navigation.objects.filter(site=site).first()
    header: list[HeaderLink] = list(navigation.header_links.select_related("page")) if navigation else []
    footer: list[FooterLink] = list(navigation.footer_links.select_related("page")) if navigation else []
    notice = Announcement.objects.select_related("link_page").filter(site=site).exclude(text="").first()

    def column(name: str) -> tuple[Link, ...]:
        return _links(link for link in footer if link.column == name)

    return Frame(
        name=clinic.name,
        legal_name=clinic.legal_name or clinic.name,
        phone=Phone.read(clinic.phone, clinic.country),
        referral_phone=Phone.read(clinic.referral_phone or clinic.phone, clinic.country),
        fax=clinic.fax,
        email=clinic.email,
        referral_email=clinic.referral_email or clinic.email,
        street=clinic.street,
        city=clinic.city,
        region=clinic.region,
        postal_code=clinic.postal_code,
        country=clinic.country,
        hours=tuple(Hours(h.first_day, h.last_day, h.opens, h.closes) for h in clinic.opening_hours.all()),
        hours_note=clinic.hours_note,
        crisis_heading=clinic.crisis_heading,
        crisis_text=clinic.crisis_text,
        crisis_lines=tuple(Line(c.name, c.phone, c.sms, c.note) for c in clinic.crisis_lines.all()) or (DEFAULT_LINE,),
        brand=_colour(clinic.brand_colour, DEFAULT_BRAND),
        accent=_colour(clinic.accent_colour, DEFAULT_ACCENT),
        system_fonts=clinic.system_fonts,
        logo=_logo(clinic),
        call=_page_link(clinic.call_page, str(_("Schedule a call"))),
        referral=_page_link(clinic.referral_page, str(_("Refer a patient"))),
        header=_links(header),
        patients=column(FooterLink.Column.PATIENTS),
        professionals=column(FooterLink.Column.PROFESSIONALS),
        legal=column(FooterLink.Column.LEGAL),
        legal_line=clinic.legal_line,
        notice=Notice(notice.text, _page_link(notice.link_page), notice.starts_at, notice.ends_at) if notice else None,
        home=site.root_page.localized.get_url() or "/",
        conditions_url=_section(site, ConditionIndexPage),
        research_url=_section(site, ResearchPage),
        professionals_url=_section(site, ProfessionalsPage),
        team=_team(site),
        locales=dict(Locale.objects.values_list("pk", "language_code")),
    )


def _colour(chosen: str, default: str) -> str:
    """The colour, or the default for what is none: the form refuses it, but a script may have written to the table."""
    return chosen if HEX_COLOUR.fullmatch(chosen) else default


def _section(site: Site, kind: type[Page]) -> str:
    """The address of the site's first live page of a kind, in the active language; empty without one."""
    page = kind.objects.live().descendant_of(site.root_page.localized).order_by("path").first()
    return (page.get_url() or "") if page else ""


def _team(site: Site) -> Link | None:
    """The team page, else the first live page that shows the team in its body."""
    team = TeamPage.objects.live().descendant_of(site.root_page.localized).order_by("path").first()
    if team:
        return _page_link(team)
    for page in StandardPage.objects.live().descendant_of(site.root_page.localized).order_by("path"):
        if any(block.block_type == "people" for block in page.body):
            return _page_link(page)
    return None


def _links(rows: Any) -> tuple[Link, ...]:
    """Links that lead somewhere public, in order."""
    found = (
        _page_link(row.page, row.text) if row.page else Link(row.text or row.url, row.url)
        for row in rows
        if row.page or row.url
    )
    return tuple(link for link in found if link)


def _page_link(page: Page | None, text: str = "") -> Link | None:
    if page is None:
        return None
    shown = page.localized
    if not shown.live:
        return None
    href = shown.get_url()
    return Link(text or shown.title, href) if href else None


def _logo(clinic: ClinicSettings) -> Logo | None:
    if clinic.logo is None:
        return None
    try:
        rendition = clinic.logo.get_rendition(LOGO_SIZE)
    except OSError:
        logger.warning("The logo's file is missing; the clinic's name stands in for it.")
        return None
    return Logo(rendition.url, round(rendition.width / 2), round(rendition.height / 2))


def _touch(sender: Any = None, instance: Model | None = None, raw: bool = False, **_kwargs: Any) -> None:
    """Gives every site's frame a new version. A random one: a counter could come back after a roll-back."""
    if not raw:
        ClinicSettings.objects.update(frame_version=secrets.token_hex(6))


def _touch_for_logo(instance: ClinicRendition, **_kwargs: Any) -> None:
    """Wagtail takes an image's renditions away after it has saved the new file: until then the old logo is found."""
    if instance.filter_spec == LOGO_SIZE:
        _touch()


#: All a frame is built from, beside pages.
WATCHED: tuple[type[Model], ...] = (
    *(ClinicSettings, CrisisLine, OpeningHours, Navigation, HeaderLink, FooterLink, Announcement, Site, Locale),
    ClinicImage,
)


def connect() -> None:
    """Watches everything a frame is built from; called once when the app is ready."""
    for model in WATCHED:
        for signal in (post_save, post_delete):
            signal.connect(_touch, sender=model, dispatch_uid=f"frame-{signal}-{model.__name__}")
    post_delete.connect(_touch_for_logo, sender=ClinicRendition, dispatch_uid="frame-logo-rendition")
    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
        signal.connect(_touch, dispatch_uid=f"frame-{signal}")
    post_delete.connect(_touch, sender=Page, dispatch_uid="frame-page-deleted")
