"""Site-wide settings: the clinic, its crisis lines and hours, navigation, and the announcement bar."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThan
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Orderable

from pages.colours_panel import ColourInput, ColoursPanel

dialable = RegexValidator(r"^\+?[0-9][0-9 ()-]*$", _("Write the number to dial, e.g. 988 or 760-555-0142."))
callable_number = RegexValidator(
    r"^\+?[0-9 ().-]*([0-9][ ().-]*){7}$", _("Write the whole number with its area code, e.g. (760) 555-0142.")
)
hex_colour = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write a color as # and six digits, e.g. #0d5c55."))


@register_setting(icon="home", order=10)
class ClinicSettings(BaseSiteSetting, ClusterableModel):
    """Who the clinic is and how to reach it. Crisis lines can never be empty."""

    name = models.CharField(_("name"), max_length=120, default="Your clinic")
    legal_name = models.CharField(_("legal name"), max_length=160, blank=True)
    phone = models.CharField(
        _("phone"),
        max_length=30,
        blank=True,
        validators=[callable_number],
        help_text=_("As people read it, e.g. (760) 555-0142."),
    )
    referral_phone = models.CharField(
        _("phone for professionals"), max_length=30, blank=True, validators=[callable_number]
    )
    fax = models.CharField(_("fax"), max_length=30, blank=True, validators=[callable_number])
    email = models.EmailField(_("e-mail"), blank=True)
    referral_email = models.EmailField(_("e-mail for referrals"), blank=True)
    street = models.CharField(_("street"), max_length=160, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    region = models.CharField(_("state"), max_length=40, blank=True)
    postal_code = models.CharField(_("ZIP code"), max_length=12, blank=True)
    country = models.CharField(_("country"), max_length=2, default="US")
    hours_note = models.CharField(_("note on hours"), max_length=120, blank=True, help_text=_("E.g. Pacific time."))
    crisis_heading = models.CharField(
        _("crisis heading"), max_length=120, default="Thinking about suicide, or worried about someone?"
    )
    crisis_text = models.TextField(
        _("crisis text"),
        default=(
            "Call or text 988, the Suicide & Crisis Lifeline. It is free, private and open day and night. "
            "If someone is in danger right now, call 911."
        ),
    )
    brand_colour = models.CharField(_("main color"), max_length=7, default="#0d5c55", validators=[hex_colour])
    accent_colour = models.CharField(_("second color"), max_length=7, default="#e9a06a", validators=[hex_colour])
    logo = models.ForeignKey(
        "pages.ClinicImage", verbose_name=_("logo"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    call_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page to schedule a call"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    referral_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page to refer a patient"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    system_fonts = models.BooleanField(
        _("use the visitor’s own fonts"),
        default=False,
        help_text=_("Saves every new visitor 44 kB, and looks plainer."),
    )
    legal_line = models.TextField(_("legal line in the footer"), blank=True)
    frame_version = models.CharField(max_length=16, default="new", editable=False)

    panels = [
        MultiFieldPanel(
            [
                FieldPanel("name"),
                FieldPanel(
                    "legal_name", help_text=_("For the footer and search engines, if it differs from the name.")
                ),
                FieldPanel("logo", help_text=_("Stands for the name in the header. At least 96 pixels high.")),
            ],
            heading=_("The clinic"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("phone"), FieldPanel("email")]),
                FieldRowPanel(
                    [
                        FieldPanel("referral_phone", help_text=_("Left empty, the phone above is given.")),
                        FieldPanel("referral_email", help_text=_("Left empty, the e-mail above is given.")),
                    ]
                ),
                FieldPanel("fax"),
                FieldPanel("street"),
                FieldRowPanel(
                    [FieldPanel("city"), FieldPanel("region"), FieldPanel("postal_code"), FieldPanel("country")]
                ),
            ],
            heading=_("Contact"),
        ),
        MultiFieldPanel(
            [InlinePanel("opening_hours", label=_("Hours")), FieldPanel("hours_note")], heading=_("Opening hours")
        ),
        MultiFieldPanel(
            [
                FieldPanel("crisis_heading"),
                FieldPanel("crisis_text"),
                InlinePanel("crisis_lines", label=_("Crisis line"), min_num=1),
            ],
            heading=_("Crisis help, shown on every page"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [FieldPanel("brand_colour", widget=ColourInput), FieldPanel("accent_colour", widget=ColourInput)]
                ),
                ColoursPanel(),
                FieldPanel("system_fonts"),
            ],
            heading=_("Colors"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("call_page", help_text=_("Where the button “Schedule a call” leads, on every page.")),
                FieldPanel("referral_page", help_text=_("Where “Refer a patient” leads.")),
            ],
            heading=_("Forms"),
        ),
        FieldPanel("legal_line", help_text=_("Small print at the end of every page.")),
    ]

    class Meta:
        verbose_name = _("clinic settings")
        constraints = [
            models.CheckConstraint(
                condition=GreaterThan(Length(Trim(field)), 0),
                name=f"pages_clinic_{field}_said",
                violation_error_message=_("Crisis help stands on every page. Write what people are to read there."),
            )
            for field in ("crisis_heading", "crisis_text")
        ]

    def __str__(self) -> str:
        return self.name


class CrisisLine(Orderable):
    """A line to call or text in a crisis."""

    clinic = ParentalKey(ClinicSettings, on_delete=models.CASCADE, related_name="crisis_lines")
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("number to call"), max_length=20, validators=[dialable])
    sms = models.CharField(_("number to text"), max_length=20, blank=True, validators=[dialable])
    note = models.CharField(
        _("note"),
        max_length=160,
        blank=True,
        help_text=_("One short sentence without a final period, e.g. Call 988 and press 1."),
    )

    panels = [FieldPanel("name"), FieldRowPanel([FieldPanel("phone"), FieldPanel("sms")]), FieldPanel("note")]

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(
                condition=GreaterThan(Length(Trim(field)), 0),
                name=f"pages_crisis_line_{field}_said",
                violation_error_message=_("A crisis line needs a name and a number to call."),
            )
            for field in ("name", "phone")
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.phone}"


class OpeningHours(Orderable):
    """Opening hours of a run of weekdays."""

    class Day(models.IntegerChoices):
        """ISO 8601 weekdays."""

        MONDAY = 1, _("Monday")
        TUESDAY = 2, _("Tuesday")
        WEDNESDAY = 3, _("Wednesday")
        THURSDAY = 4, _("Thursday")
        FRIDAY = 5, _("Friday")
        SATURDAY = 6, _("Saturday")
        SUNDAY = 7, _("Sunday")

    clinic = ParentalKey(ClinicSettings, on_delete=models.CASCADE, related_name="opening_hours")
    first_day = models.PositiveSmallIntegerField(_("from"), choices=Day.choices)
    last_day = models.PositiveSmallIntegerField(_("to"), choices=Day.choices)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    panels = [
        FieldRowPanel([FieldPanel("first_day"), FieldPanel("last_day"), FieldPanel("opens"), FieldPanel("closes")])
    ]

    def __str__(self) -> str:
        return f"{self.get_first_day_display()}-{self.get_last_day_display()}"

    def clean(self) -> None:
        """Nobody comes at a time that has no length."""
        super().clean()
        if self.opens and self.closes and self.closes <= self.opens:
            raise ValidationError({"closes": _("Choose a time after the opening.")})


@register_setting(icon="list-ul", order=20)
class Navigation(BaseSiteSetting, ClusterableModel):
    """Header and footer links."""

    panels = [
        InlinePanel(
            "header_links",
            heading=_("Header"),
            label=_("Link"),
            max_num=7,
            help_text=_("Up to seven, with short words. A link to a page that is not live is left out."),
        ),
        InlinePanel(
            "footer_links",
            heading=_("Footer"),
            label=_("Link"),
            max_num=24,
            help_text=_("In three groups. Within a group, links stand in this order."),
        ),
    ]

    class Meta:
        verbose_name = _("navigation")


class AbstractLink(Orderable):
    """A link to a page or an address."""

    page = models.ForeignKey(
        "wagtailcore.Page", verbose_name=_("page"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    url = models.CharField(_("or address"), max_length=500, blank=True)
    text = models.CharField(_("text"), max_length=60, blank=True, help_text=_("Left empty, the page’s title is used."))

    panels = [
        FieldPanel("page"),
        FieldRowPanel(
            [FieldPanel("text"), FieldPanel("url", help_text=_("Of a page elsewhere, e.g. https://www.samhsa.gov/."))]
        ),
    ]

    def clean(self) -> None:
        """One goal, and an address that a browser can follow safely."""
        super().clean()
        if bool(self.page_id) == bool(self.url):
            raise ValidationError({"page": _("Choose a page or write an address, one of the two.")})
        if self.url and not self.url.startswith(("/", "https://", "http://", "mailto:", "tel:")):
            raise ValidationError({"url": _("Start the address with / or https://, e.g. https://www.samhsa.gov/.")})
        if self.url and not self.text:
            raise ValidationError({"text": _("Write the words of the link.")})

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.text or self.url or str(self.page)


class HeaderLink(AbstractLink):
    """A link of the main navigation."""

    navigation = ParentalKey(Navigation, on_delete=models.CASCADE, related_name="header_links")


class FooterLink(AbstractLink):
    """A link of the footer, under its column's heading."""

    class Column(models.TextChoices):
        """Where in the footer."""

        PATIENTS = "patients", _("For patients")
        PROFESSIONALS = "professionals", _("For professionals")
        LEGAL = "legal", _("Legal line")

    navigation = ParentalKey(Navigation, on_delete=models.CASCADE, related_name="footer_links")
    column = models.CharField(_("column"), max_length=14, choices=Column.choices, default=Column.PATIENTS)

    panels = [FieldPanel("column"), *AbstractLink.panels]


@register_setting(icon="info-circle", order=30)
class Announcement(BaseSiteSetting):
    """A bar above the header, shown between two times. Never for crisis help, which is always there."""

    text = models.CharField(_("text"), max_length=200, blank=True)
    link_page = models.ForeignKey(
        "wagtailcore.Page", verbose_name=_("link"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    starts_at = models.DateTimeField(_("show from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("show until"), null=True, blank=True)

    panels = [
        FieldPanel(
            "text",
            help_text=_("One line above the header of every page. Empty: none. Crisis help is always there anyway."),
        ),
        FieldPanel("link_page", help_text=_("A page that says more.")),
        FieldRowPanel(
            [
                FieldPanel("starts_at", help_text=_("Empty: at once.")),
                FieldPanel("ends_at", help_text=_("Empty: until you take the text away.")),
            ]
        ),
    ]

    class Meta:
        verbose_name = _("announcement")

    def clean(self) -> None:
        """The end comes after the start."""
        super().clean()
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("Choose a time after the start, or the bar never shows.")})

    def is_showing(self, now: datetime.datetime | None = None) -> bool:
        """Whether the bar is due at ``now`` (default: this moment)."""
        moment = now or timezone.now()
        return bool(
            self.text
            and (self.starts_at is None or self.starts_at <= moment)
            and (self.ends_at is None or moment < self.ends_at)
        )
