"""The frame around every page, as a value: clinic, crisis lines, navigation and announcement.

It is made and kept by pages.frame_cache.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone

from pages import theme


@dataclass(frozen=True)
class Phone:
    """A phone number as people read it, and its `tel:` address."""

    text: str
    href: str

    @classmethod
    def read(cls, text: str, country: str = "US") -> Phone | None:
        """Returns the number, or None for an empty text. Ten digits in the US get the country's prefix (RFC 3966)."""
        if not text:
            return None
        return cls(text, f"tel:{dialled(text, country)}")


def dialled(text: str, country: str = "US") -> str:
    """Returns the digits to dial for a phone number as written, in the global form where the country is known."""
    digits = re.sub(r"\D", "", text)
    if text.strip().startswith("+"):
        return f"+{digits}"
    return f"+1{digits}" if country in {"US", "CA"} and len(digits) == 10 else digits


@dataclass(frozen=True)
class Line:
    """A crisis line: the numbers to call and (perhaps) to text, both without a country's prefix."""

    name: str
    phone: str
    sms: str
    note: str

    @property
    def call_href(self) -> str:
        """Address that dials the line."""
        return f"tel:{dialled(self.phone)}"

    @property
    def sms_href(self) -> str:
        """Address that starts a text message to the line, or nothing."""
        return f"sms:{dialled(self.sms)}" if self.sms else ""


DEFAULT_LINE = Line("988 Suicide & Crisis Lifeline", "988", "988", "")


@dataclass(frozen=True)
class Link:
    """A link of the navigation."""

    text: str
    href: str


@dataclass(frozen=True)
class Hours:
    """Opening hours of a run of weekdays (ISO 8601 numbers)."""

    first_day: int
    last_day: int
    opens: datetime.time
    closes: datetime.time

    @property
    def days(self) -> list[int]:
        """The weekdays in order; a run may go over the week's end, as from Saturday to Monday."""
        return [(self.first_day - 1 + step) % 7 + 1 for step in range((self.last_day - self.first_day) % 7 + 1)]


@dataclass(frozen=True)
class Notice:
    """The announcement bar with its times."""

    text: str
    link: Link | None
    starts_at: datetime.datetime | None
    ends_at: datetime.datetime | None

    @property
    def is_showing(self) -> bool:
        """Whether the bar is due at this moment."""
        now = timezone.now()
        return (self.starts_at is None or self.starts_at <= now) and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True)
class Logo:
    """The logo's prepared file with its size in CSS pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class Frame:
    """Everything that stands around the content of a page. A new clinic's frame is complete by its defaults.

    The addresses of sections (`conditions_url`...) are empty while those are not live; `locales` maps the keys of
    Wagtail's locales to language codes.
    """

    name: str = "Your clinic"
    legal_name: str = ""
    phone: Phone | None = None
    referral_phone: Phone | None = None
    fax: str = ""
    email: str = ""
    referral_email: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = "US"
    hours: tuple[Hours, ...] = ()
    hours_note: str = ""
    crisis_heading: str = ""
    crisis_text: str = ""
    crisis_lines: tuple[Line, ...] = (DEFAULT_LINE,)
    brand: str = theme.DEFAULT_BRAND
    accent: str = theme.DEFAULT_ACCENT
    system_fonts: bool = False
    logo: Logo | None = None
    call: Link | None = None
    referral: Link | None = None
    header: tuple[Link, ...] = ()
    patients: tuple[Link, ...] = ()
    professionals: tuple[Link, ...] = ()
    legal: tuple[Link, ...] = ()
    legal_line: str = ""
    notice: Notice | None = None
    home: str = "/"
    conditions_url: str = ""
    research_url: str = ""
    professionals_url: str = ""
    team: Link | None = None
    locales: Mapping[int, str] = field(default_factory=dict)

    @property
    def crisis(self) -> Line:
        """The line named first on every page."""
        return self.crisis_lines[0]

    @property
    def names_emergency(self) -> bool:
        """Whether the emergency number is among the crisis lines already."""
        return any(line.phone == "911" for line in self.crisis_lines)

    @property
    def announcement(self) -> Notice | None:
        """The announcement, while it is due."""
        return self.notice if self.notice and self.notice.is_showing else None

    @property
    def theme_colour(self) -> str:
        """What browsers colour their own bars with: the night at the top of every page."""
        return theme.palette(self.brand, self.accent).light["night"]

    @property
    def theme_href(self) -> str:
        """Address of the clinic's palette. It changes whenever the palette does, so it may be kept for ever."""
        return reverse("theme", args=[theme.stylesheet(self.brand, self.accent, self.system_fonts).hash])
