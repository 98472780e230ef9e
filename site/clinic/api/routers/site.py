"""/site/, /eligibility/, /redirects/, /search/ and /sitemap/: what stands around the pages."""

from __future__ import annotations

from typing import Any, Literal

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from ninja import Field, Query, Router, Schema
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale

from clinic.api.links import base_of_site, file_link, front_link, page_link
from clinic.api.pagination import Listing, Paging, paged
from clinic.api.publicpages import public_pages
from clinic.api.schemas import site as shapes
from clinic.api.withdrawn import redirects
from pages import frame, theme
from pages.frame_cache import frame_for
from pages.models import EligibilityCriterion
from pages.search.counting import promoted
from pages.search.reading import LONGEST_TEXT
from pages.search.results import PAGES, PEOPLE, RESEARCH, find, shown
from pages.sites import site_of

router = Router()
Language = Literal[tuple(code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES)]  # type: ignore[valid-type]


class SiteLanguage(Schema):
    """In which language."""

    locale: Language = Field("en", description="Language code of links and words.")  # type: ignore[valid-type]


@router.get(
    "/site/",
    response=shapes.Site,
    url_name="site",
    operation_id="site",
    summary="The clinic, crisis lines, navigation, announcement, colours",
    tags=["site"],
)
def get_site(request: HttpRequest, wanted: Query[SiteLanguage]) -> shapes.Site:
    """Everything that stands around the content of a page."""
    with translation.override(wanted.locale):
        around = frame_for(request)  # and the request keeps it
    base = base_of_site(request)

    def link(one: frame.Link | None) -> shapes.Link | None:
        if one is None:
            return None
        return shapes.Link(text=one.text, href=front_link(one.href, base) if one.href.startswith("/") else one.href)

    def links(many: tuple[frame.Link, ...]) -> list[shapes.Link]:
        return [made for one in many if (made := link(one))]

    def phone(one: frame.Phone | None) -> shapes.Phone | None:
        return shapes.Phone(text=one.text, href=one.href) if one else None

    notice = around.announcement
    return shapes.Site(
        name=around.name,
        legal_name=around.legal_name,
        phone=phone(around.phone),
        referral_phone=phone(around.referral_phone),
        fax=around.fax,
        email=around.email,
        referral_email=around.referral_email,
        address=shapes.Address(
            street=around.street,
            city=around.city,
            region=around.region,
            postal_code=around.postal_code,
            country=around.country,
        ),
        hours=[
            shapes.Hours(
                first_day=one.first_day, last_day=one.last_day, opens=f"{one.opens:%H:%M}", closes=f"{one.closes:%H:%M}"
            )
            for one in around.hours
        ],
        hours_note=around.hours_note,
        crisis=crisis_help(request),
        navigation=shapes.Navigation(
            header=links(around.header),
            patients=links(around.patients),
            professionals=links(around.professionals),
            legal=links(around.legal),
        ),
        call=link(around.call),
        referral=link(around.referral),
        announcement=shapes.Announcement(text=notice.text, link=link(notice.link), ends_at=notice.ends_at)
        if notice
        else None,
        logo=shapes.Logo(url=file_link(around.logo.url, request), width=around.logo.width, height=around.logo.height)
        if around.logo
        else None,
        legal_line=around.legal_line,
        theme=_theme(request, around),
        locale=wanted.locale,
        locales=[code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES],
    )


def crisis_help(request: HttpRequest) -> shapes.Crisis:
    """The clinic's crisis lines. There is always one."""
    around = frame_for(request)
    return shapes.Crisis(
        heading=around.crisis_heading,
        text=around.crisis_text,
        lines=[
            shapes.CrisisLine(
                name=line.name,
                phone=line.phone,
                call_href=line.call_href,
                sms=line.sms,
                sms_href=line.sms_href,
                note=line.note,
            )
            for line in around.crisis_lines
        ],
    )


def _theme(request: HttpRequest, around: frame.Frame) -> shapes.Theme:
    colours = theme.palette(around.brand, around.accent)
    return shapes.Theme(
        brand=around.brand,
        accent=around.accent,
        system_fonts=around.system_fonts,
        light=colours.light,
        dark=colours.dark,
        stylesheet_url=file_link(around.theme_href, request),
    )


@router.get(
    "/eligibility/",
    response=shapes.Eligibility,
    url_name="eligibility",
    operation_id="eligibility",
    summary="Inclusion and exclusion criteria",
    tags=["site"],
)
def get_eligibility(request: HttpRequest) -> shapes.Eligibility:
    """The criteria in use, the same that the professionals page and the referral form show."""
    criteria = list(EligibilityCriterion.objects.active())

    def of(kind: str) -> list[shapes.Criterion]:
        return [shapes.Criterion(key=one.key, text=one.text, note=one.note) for one in criteria if one.kind == kind]

    return shapes.Eligibility(
        version=EligibilityCriterion.objects.version(),
        inclusion=of(EligibilityCriterion.Kind.INCLUSION),
        exclusion=of(EligibilityCriterion.Kind.EXCLUSION),
    )


class RedirectFilters(Schema):
    """Which redirects."""

    path: str = Field("", max_length=500, description="An old path, to find where it leads.")


@redirects.get(
    "/",
    response=Listing[shapes.Redirect],
    url_name="redirect_list",
    operation_id="redirects_list",
    summary="Old addresses and where they lead",
    tags=["site"],
    auth=None,
)
def list_redirects(request: HttpRequest, filters: Query[RedirectFilters], paging: Query[Paging]) -> dict[str, Any]:
    """Redirects of this site. One that leads to a page nobody may see is left out."""
    site = site_of(request)
    rows = Redirect.objects.filter(Q(site=site) | Q(site__isnull=True)).order_by("old_path", "pk")
    rows = rows.filter(Q(redirect_page__isnull=True) | Q(redirect_page__in=public_pages(request)))
    if filters.path:
        rows = rows.filter(old_path=Redirect.normalise_path(filters.path))
    base = base_of_site(request)

    def target(one: Redirect) -> str:
        if one.redirect_page:
            return (page_link(one.redirect_page, request) or "") + (one.redirect_page_route_path or "").lstrip("/")
        link: str = one.redirect_link
        return front_link(link, base) if link.startswith("/") else link

    def items(found: list[Redirect]) -> list[shapes.Redirect]:
        return [shapes.Redirect(from_path=one.old_path, to=target(one), permanent=one.is_permanent) for one in found]

    return paged(request, rows.select_related("redirect_page"), paging, items)


class SearchQuery(Schema):
    """What to search for."""

    q: str = Field(max_length=LONGEST_TEXT, description="Words. They are neither stored nor logged.")
    kind: Literal["", "pages", "research", "people"] = Field("", description="One kind only; empty for everything.")
    locale: str | None = Field(None, max_length=20, description="Language code of the pages, e.g. es.")


@router.get(
    "/search/",
    response=shapes.SearchResults,
    url_name="search",
    operation_id="search",
    summary="Search pages, the research library and the team",
    tags=["search"],
)
def get_search(
    request: HttpRequest, response: HttpResponse, wanted: Query[SearchQuery], paging: Query[Paging]
) -> dict[str, Any]:
    """The same search as on the site: other names, near spellings, and what editors put first.

    `urgent` says that the words suggest danger: show crisis help before any result.
    """
    # Words typed here are kept nowhere on the way.
    response["Cache-Control"] = "private, no-store"
    site = site_of(request)
    if site is None:
        raise Http404("No site answers at this address.")
    locale = get_object_or_404(Locale, language_code=wanted.locale) if wanted.locale else None
    results = find(wanted.q, site, locale)
    base = base_of_site(request)

    def address(href: str) -> str:
        return front_link(href, base) if href.startswith("/") else href

    def items(found: list[Any]) -> list[shapes.SearchHit]:
        return [
            shapes.SearchHit(
                kind_label=str(hit.kind_label),
                title_html=str(hit.title),
                html_url=address(hit.href),
                snippet_html=str(hit.snippet),
                note=str(hit.note),
            )
            for hit in shown(found, results.reading, request)
        ]

    return {
        **paged(request, results.of(wanted.kind), paging, items),
        "query": results.reading.text,
        "urgent": results.reading.is_urgent,
        "loosely": results.loosely,
        "kinds": [{"value": kind, "count": len(results.of(kind))} for kind in ("", PAGES, RESEARCH, PEOPLE)],
        "picks": [
            {"title": pick.title or "", "text": pick.description, "html_url": address(href)}
            for pick in promoted(results.reading.text)
            if (href := (page_link(pick.page, request) if pick.page else pick.external_link_url) or "")
        ],
        "suggestions": list(results.suggestions),
    }


@router.get(
    "/sitemap/",
    response=Listing[shapes.SitemapEntry],
    url_name="sitemap_data",
    operation_id="sitemap",
    summary="Pages for search engines",
    tags=["site"],
)
def get_sitemap(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """Every public page that is not kept out of search engines, in the order of the tree."""
    rows = public_pages(request).select_related("locale", "content_type").order_by("path")
    for model in _models_with_no_index():
        rows = rows.exclude(pk__in=model.objects.filter(no_index=True).values("pk"))

    def items(found: list[Any]) -> list[shapes.SitemapEntry]:
        return [
            shapes.SitemapEntry(
                id=page.pk,
                type=page.specific_class._meta.label if page.specific_class else "wagtailcore.Page",
                html_url=page_link(page, request),
                locale=page.locale.language_code,
                last_modified=page.last_published_at.date() if page.last_published_at else None,
            )
            for page in found
        ]

    return paged(request, rows, paging, items)


def _models_with_no_index() -> list[Any]:
    from wagtail.models import get_page_models

    from pages.models import BasePage

    return [model for model in get_page_models() if issubclass(model, BasePage)]
