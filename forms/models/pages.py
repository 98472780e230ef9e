"""Form pages: pages of the site that ask questions. Editors build them from rows; nothing is stored in Wagtail's
own form tables."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, Never

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.forms.models import FormMixin
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.models import Locale

from forms.building.checks import FormPageForm
from forms.building.definition import Choice, FormDefinition, StepDefinition
from forms.building.kinds import Kind
from forms.delivery.webhooks import validate_endpoint
from forms.models.fields import split_lines
from pages.evidence_form import evidence_panels
from pages.models import BasePage, EligibilityCriterion
from research.models import Topic


class FormPage(RoutablePageMixin, FormMixin, BasePage):
    """A page with a form. Choose one of its kinds below; this one is what they share."""

    introduction = models.TextField(_("introduction"), blank=True, help_text=_("One or two sentences under the title."))
    notice = models.TextField(
        _("notice above the questions"),
        blank=True,
        help_text=_("Who reads the answers and when, such as “We read these messages on weekdays.”"),
    )
    next_heading = models.CharField(_("heading of what happens next"), max_length=80, blank=True)
    next_steps = models.TextField(_("what happens next"), blank=True, help_text=_("One step a line."))
    submit_label = models.CharField(_("text of the button"), max_length=60, default=_("Send"))
    thanks_heading = models.CharField(_("thank-you heading"), max_length=120, default=_("Thank you. We have it."))
    thanks_text = models.TextField(
        _("thank-you text"), blank=True, help_text=_("What happens now, and what to do if nothing happens.")
    )

    service_target_hours = models.PositiveIntegerField(
        _("answer within (hours)"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
        help_text=_("After this an item nobody has started shows as overdue at the intake desk."),
    )
    retention_days = models.PositiveIntegerField(
        _("keep for (days)"),
        default=730,
        validators=[MinValueValidator(1), MaxValueValidator(365 * 30)],
        help_text=_("Counted from the day of receipt. After it, the submission is deleted for good."),
    )
    checks_crisis_words = models.BooleanField(
        _("look for words of crisis"),
        default=True,
        help_text=_("Never blocks. Shows crisis help on the thank-you page and flags the item."),
    )
    acknowledge = models.BooleanField(
        _("send an acknowledgment"),
        default=False,
        help_text=_("A neutral mail to the sender with the reference number and no answers."),
    )
    webhook_url = models.URLField(
        _("webhook"), blank=True, help_text=_("Optional. Told that something came in: reference and link, no answers.")
    )
    open_to_api = models.BooleanField(
        _("accept from front ends"), default=True, help_text=_("Allows the form to be filled in through the API.")
    )

    proof_of_work = models.BooleanField(
        _("ask browsers for a proof of work"),
        default=False,
        help_text=_(
            "Against floods of spam. The browser computes for a second before it sends; what comes without this, as "
            "from a browser without JavaScript, is put aside as possible spam for you to release."
        ),
    )

    base_form_class = FormPageForm
    template = "forms/form_page.html"
    landing_page_template = "forms/thanks.html"
    subpage_types: list[str] = []
    is_creatable = False
    preview_modes = BasePage.preview_modes
    site_preview_modes = [("form", _("Form")), ("landing", _("Thank-you page"))]

    content_panels = [
        *BasePage.content_panels,
        *evidence_panels(),
        FieldPanel("introduction"),
        FieldPanel("notice"),
        InlinePanel("form_fields", label=_("Question"), heading=_("Questions"), min_num=1),
        InlinePanel(
            "steps",
            label=_("Step"),
            heading=_("Steps"),
            help_text=_(
                "Leave empty for a form on one page. With two or more, visitors check their answers at the end."
            ),
        ),
        MultiFieldPanel(
            [FieldPanel("submit_label"), FieldPanel("thanks_heading"), FieldPanel("thanks_text")],
            heading=_("Sending and thanking"),
        ),
        MultiFieldPanel([FieldPanel("next_heading"), FieldPanel("next_steps")], heading=_("Beside the form")),
        MultiFieldPanel(
            [
                HelpPanel(
                    content=_(
                        "<p>Answers are encrypted and only the intake role can read them. Notifications hold a "
                        "reference number and a link, never an answer.</p>"
                    )
                ),
                FieldRowPanel([FieldPanel("service_target_hours"), FieldPanel("retention_days")]),
                FieldPanel("checks_crisis_words"),
                FieldPanel("proof_of_work"),
                FieldPanel("acknowledge"),
            ],
            heading=_("Handling"),
        ),
        InlinePanel(
            "notification_rules",
            label=_("Notification"),
            heading=_("Who is told"),
            help_text=_("By e-mail, beside the intake desk, where every submission waits anyway."),
        ),
        MultiFieldPanel([FieldPanel("open_to_api"), FieldPanel("webhook_url")], heading=_("For developers")),
    ]

    class Meta:
        verbose_name = _("form page")
        verbose_name_plural = _("form pages")

    def clean(self) -> None:
        """Refuse a webhook that would never be called."""
        super().clean()
        if self.webhook_url:
            try:
                validate_endpoint(self.webhook_url)
            except ValidationError as error:
                raise ValidationError({"webhook_url": error}) from None

    # --- the form ---------------------------------------------------------------------------------------------

    def definition(self) -> FormDefinition:
        """What this form asks, as a value."""
        return FormDefinition.from_page(self)

    @property
    def next_step_lines(self) -> list[str]:
        """What happens next, step by step."""
        return split_lines(self.next_steps)

    @property
    def service_target(self) -> timedelta:
        """Time within which somebody should start on a submission."""
        return timedelta(hours=self.service_target_hours)

    @property
    def retention(self) -> timedelta:
        """Time a submission is kept."""
        return timedelta(days=self.retention_days)

    # --- serving ----------------------------------------------------------------------------------------------

    def serve(self, request: HttpRequest, view: Any = None, args: Any = None, kwargs: Any = None) -> HttpResponse:
        """Serve the routed view; without one the form itself, never Wagtail's own form handling."""
        return (view or self.serve_form)(request, *(args or ()), **(kwargs or {}))

    def search_text(self) -> str:
        """What visitors may find: title and introductions; no recipients, rules or wording of questions."""
        return "\n".join(text for text in (self.title, self.introduction, self.notice) if text)

    @path("")
    def serve_form(self, request: HttpRequest) -> HttpResponse:
        """The form, or its first step."""
        from forms.receiving import flow

        return flow.serve_form(self, request)

    @path("step-<int:number>/", name="step")
    def serve_step(self, request: HttpRequest, number: int) -> HttpResponse:
        """One step of a form in several steps."""
        from forms.receiving import flow

        return flow.serve_step(self, request, number)

    @path("check/", name="check")
    def serve_check(self, request: HttpRequest) -> HttpResponse:
        """All answers of a form in several steps, before they are sent."""
        from forms.receiving import flow

        return flow.serve_check(self, request)

    @path("proof/", name="proof")
    def serve_proof(self, request: HttpRequest) -> HttpResponse:
        """A challenge for the browser's proof of work, if the form asks for one."""
        from forms.receiving import flow

        return flow.serve_proof(self, request)

    @path("thank-you/<str:ticket>/", name="thanks")
    def serve_thanks(self, request: HttpRequest, ticket: str) -> HttpResponse:
        """The receipt: a reference number and what happens now."""
        from forms.receiving import flow

        return flow.serve_thanks(self, request, ticket)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """What editors see in the preview panel."""
        from forms.receiving import flow

        return flow.serve_preview(self, request, mode_name)

    def serve_submissions_list_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Wagtail's own listing is closed: submissions are read at the intake desk only."""
        from django.http import Http404

        raise Http404

    def process_form_submission(self, form: object) -> Never:
        """Closed: ``forms.receiving.receive.receive`` is the only way in."""
        raise RuntimeError("Use forms.receiving.receive: it encrypts, and it stores once.")

    def get_submission_class(self) -> type[models.Model]:
        """Our own model; nothing of Wagtail's can list or export it."""
        from forms.models.submissions import Submission

        return Submission

    def get_data_fields(self) -> list[tuple[str, str]]:
        """Nothing, so that no stock listing or export has a column to fill."""
        return []


class ReferralPage(FormPage):
    """A referral by a clinician: usually several steps, with an eligibility checklist."""

    parent_page_types = ["pages.HomePage", "pages.ProfessionalsPage"]
    is_creatable = True
    page_description = _("For colleagues: a patient’s referral in steps, with the eligibility list and attachments.")

    class Meta:
        verbose_name = _("referral form")
        verbose_name_plural = _("referral forms")


class CallRequestPage(FormPage):
    """A request to be called back: short, and shown in the slide-over."""

    parent_page_types = ["pages.HomePage"]
    is_creatable = True
    page_description = _("Visitors leave a number and a time; the intake desk calls back.")

    class Meta:
        verbose_name = _("call request form")
        verbose_name_plural = _("call request forms")


class GeneralFormPage(FormPage):
    """Any other form, such as a new patient survey."""

    is_creatable = True
    page_description = _("Any questions you like. What comes in is encrypted and read at the intake desk.")

    class Meta:
        verbose_name = _("form")
        verbose_name_plural = _("forms")


@cache
def _language_code(locale_id: int | None) -> str:
    """The language of a locale. Locales never change their language, so this process asks once."""
    return Locale.objects.get(pk=locale_id).language_code if locale_id else "en"


def define(page: FormPage) -> FormDefinition:
    """Read the rows of ``page`` (saved or not) into a definition; at most one query each for rows of a kind."""
    rows = list(page.get_form_fields())
    kinds = {row.field_type for row in rows}
    offered: dict[str, tuple[Choice, ...]] = {}
    version = ""
    if Kind.ELIGIBILITY in kinds:
        criteria = list(EligibilityCriterion.objects.all())
        offered[Kind.ELIGIBILITY] = tuple(
            Choice(one.key, one.text, one.note, str(one.kind)) for one in criteria if one.active
        )
        version = max((one.changed_at.isoformat(timespec="seconds") for one in criteria), default="")
    if Kind.TOPICS in kinds:
        offered[Kind.TOPICS] = tuple(
            Choice(topic.slug, topic.name) for topic in Topic.objects.roots().order_by("sort_order", "name")
        )
    names = {" ".join(row.label.split()).casefold(): row.key for row in rows} | {row.key: row.key for row in rows}
    return FormDefinition(
        page_id=page.pk or 0,
        slug=page.slug or "",
        title=page.title,
        language=_language_code(page.locale_id),
        fields=tuple(row.define(offered.get(row.field_type, ()), names) for row in rows if row.field_type),
        steps=tuple(
            StepDefinition(number, step.title, step.introduction)
            for number, step in enumerate(page.steps.all(), start=1)
        ),
        checks_crisis_words=page.checks_crisis_words,
        criteria_version=version,
    )
