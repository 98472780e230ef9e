"""Shapes of what stands around every page: the clinic, crisis lines, navigation, announcement, colours."""

from __future__ import annotations

import datetime

from ninja import Field

from clinic.api.pagination import Listing
from clinic.api.schemas.shape import Shape


class Phone(Shape):
    """A phone number as people read it, and its `tel:` address."""

    text: str
    href: str


class CrisisLine(Shape):
    """A line to call or text in a crisis. Show at least the first on every page."""

    name: str
    phone: str
    call_href: str
    sms: str
    sms_href: str
    note: str


class Crisis(Shape):
    """Crisis help. Never empty."""

    heading: str
    text: str
    lines: list[CrisisLine] = Field(min_length=1)


class Link(Shape):
    """A link of the navigation."""

    text: str
    href: str = Field(description="As API_LINKS wants it.")


class Navigation(Shape):
    """Header and footer links, in order."""

    header: list[Link]
    patients: list[Link]
    professionals: list[Link]
    legal: list[Link]


class Hours(Shape):
    """Opening hours of a run of weekdays, 1 for Monday to 7 for Sunday (ISO 8601)."""

    first_day: int
    last_day: int
    opens: str = Field(description="Local time, e.g. 08:00.", pattern=r"^\d\d:\d\d$")
    closes: str = Field(pattern=r"^\d\d:\d\d$")


class Address(Shape):
    """Where the clinic is."""

    street: str
    city: str
    region: str
    postal_code: str
    country: str


class Logo(Shape):
    """The logo's file with its size in CSS pixels."""

    url: str
    width: int
    height: int


class Announcement(Shape):
    """A notice that is due now."""

    text: str
    link: Link | None
    ends_at: datetime.datetime | None


class Theme(Shape):
    """Design tokens for both modes: name of the CSS custom property without dashes, and its colour."""

    brand: str
    accent: str
    system_fonts: bool
    light: dict[str, str]
    dark: dict[str, str]
    stylesheet_url: str


class Site(Shape):
    """Everything that stands around the content of a page."""

    name: str
    legal_name: str
    phone: Phone | None
    referral_phone: Phone | None
    fax: str
    email: str
    referral_email: str
    address: Address
    hours: list[Hours]
    hours_note: str
    crisis: Crisis
    navigation: Navigation
    call: Link | None = Field(description="The page to schedule a call.")
    referral: Link | None = Field(description="The page to refer a patient.")
    announcement: Announcement | None
    logo: Logo | None
    legal_line: str
    theme: Theme
    locale: str
    locales: list[str] = Field(description="Languages that the site's content may come in.")


class Criterion(Shape):
    """One line of the inclusion or exclusion list."""

    key: str = Field(description="Stays the same when the wording changes.")
    text: str
    note: str = Field(description="For referrers.")


class Eligibility(Shape):
    """The two lists. They overlap on purpose: a form may flag, never reject."""

    version: datetime.datetime | None = Field(description="When the list last changed.")
    inclusion: list[Criterion]
    exclusion: list[Criterion]


class Redirect(Shape):
    """An old address of the site and where it leads now."""

    from_path: str
    to: str
    permanent: bool


class SearchHit(Shape):
    """One result; words found are marked with <mark>."""

    kind_label: str
    title_html: str
    html_url: str
    snippet_html: str
    note: str


class SearchKind(Shape):
    """A kind to narrow the results to."""

    value: str = Field(description="Empty for everything.")
    count: int


class SearchPick(Shape):
    """A result that editors put first."""

    title: str
    text: str
    html_url: str


class SearchResults(Listing[SearchHit]):
    """The outcome of a search."""

    query: str = Field(description="The words as they were read.")
    urgent: bool = Field(description="Whether crisis help belongs before any result.")
    loosely: bool = Field(description="Whether no result has every word.")
    kinds: list[SearchKind]
    picks: list[SearchPick] = Field(description="What editors put first for these words.")
    suggestions: list[str] = Field(description="Near spellings, when nothing was found.")


class SitemapEntry(Shape):
    """A page that search engines may list."""

    id: int
    type: str
    html_url: str | None
    locale: str
    last_modified: datetime.date | None
