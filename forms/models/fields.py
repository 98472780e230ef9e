"""Rows of a form page: fields, steps and notification rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.forms.models import AbstractFormField
from wagtail.contrib.forms.utils import get_field_clean_name
from wagtail.models import Orderable

from forms.building.definition import Choice, Condition, FieldDefinition
from forms.building.kinds import AUTOCOMPLETE_CHOICES, KIND_CHOICES, MEANING_CHOICES, NEEDS_CHOICES, Kind, Meaning

KEY_LENGTH = 60


def key_for(label: str) -> str:
    """The key a new field gets from its label."""
    return get_field_clean_name(label)[:KEY_LENGTH].strip("_") or "field"


def split_lines(text: str) -> list[str]:
    """Lines of ``text`` without empty ones and without the spaces around them."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class FormField(AbstractFormField):
    """One field of a form.

    ``clean_name`` is the key under which answers are stored. It is made from the label once, when the field is first
    saved, and never changes afterwards.
    """

    page = ParentalKey("forms.FormPage", on_delete=models.CASCADE, related_name="form_fields")
    field_type = models.CharField(_("kind of answer"), max_length=16, choices=KIND_CHOICES)
    field_type.required_on_save = True  # type: ignore[attr-defined]  # Wagtail's previews need it
    label = models.CharField(
        _("label"), max_length=255, help_text=_("The question as visitors read it, such as “Your name”.")
    )
    help_text = models.CharField(
        _("help"), max_length=500, blank=True, help_text=_("One short sentence under the label. Leave out if obvious.")
    )
    required = models.BooleanField(
        _("required"), default=True, help_text=_("Ask for less: every required answer costs visitors.")
    )
    choices = models.TextField(
        _("choices"),
        blank=True,
        help_text=_("One a line. A small hint may follow after a bar, as in “Morning | 8 to 11”."),
    )
    default_value = models.TextField(_("value to start with"), blank=True)
    wording = models.TextField(
        _("wording"),
        blank=True,
        help_text=_(
            "For a consent: the exact sentence people agree to. It is stored with every answer. "
            "For a section heading: the text under it."
        ),
    )
    autocomplete = models.CharField(
        _("browser may fill in"),
        max_length=24,
        blank=True,
        choices=AUTOCOMPLETE_CHOICES,
        help_text=_("Choose “Off” for anything about somebody else."),
    )
    meaning = models.CharField(
        _("meaning for the intake desk"),
        max_length=24,
        blank=True,
        choices=MEANING_CHOICES,
        help_text=_("Lets the desk show, call and look up the right person."),
    )
    step = models.PositiveSmallIntegerField(
        _("step"), default=1, help_text=_("Which step the question belongs to. Leave at 1 for a form on one page.")
    )
    condition_field = models.CharField(
        _("show only when the answer to"),
        max_length=255,
        blank=True,
        help_text=_("Label of another question above this one. Empty: always show."),
    )
    condition_value = models.CharField(
        _("is"),
        max_length=500,
        blank=True,
        help_text=_("One of its choices; several with a bar between them; “yes” for a checkbox."),
    )
    missing_message = models.CharField(
        _("message when left empty"),
        max_length=200,
        blank=True,
        help_text=_("Says what to do, such as “Enter your name”. Empty: made from the label."),
    )

    panels = [
        FieldPanel("label"),
        FieldRowPanel([FieldPanel("field_type", classname="formbuilder-type"), FieldPanel("required")]),
        FieldPanel("help_text"),
        FieldPanel("choices", classname="formbuilder-choices"),
        FieldPanel("wording"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("meaning"), FieldPanel("autocomplete")]),
                FieldRowPanel([FieldPanel("step"), FieldPanel("default_value", classname="formbuilder-default")]),
                FieldRowPanel([FieldPanel("condition_field"), FieldPanel("condition_value")]),
                FieldPanel("missing_message"),
            ],
            heading=_("More settings"),
            classname="collapsed",
        ),
    ]

    class Meta(AbstractFormField.Meta):
        verbose_name = _("field")
        verbose_name_plural = _("fields")

    def __str__(self) -> str:
        return self.label

    def get_field_clean_name(self) -> str:
        """The key a new field gets; Wagtail calls this for new fields and previews."""
        return key_for(self.label)

    @property
    def key(self) -> str:
        """The key of the answers, also before the field is saved."""
        return self.clean_name or self.get_field_clean_name()

    def clean(self) -> None:
        """Refuse settings that would make a question nobody can answer."""
        super().clean()
        errors: dict[str, Any] = {}
        choices = [line.partition("|")[0].strip() for line in split_lines(self.choices)]
        if self.field_type in NEEDS_CHOICES:
            if len(choices) < (1 if self.field_type == Kind.CHECKBOXES else 2):
                errors["choices"] = _("Write at least two choices, one a line.")
            elif len(set(choices)) < len(choices):
                errors["choices"] = _("Each choice must be different. Change or remove the one that comes twice.")
        if self.field_type in (Kind.CONSENT, Kind.HEADING) and self.field_type == Kind.CONSENT and not self.wording:
            errors["wording"] = _("Write the exact sentence that people agree to.")
        if bool(self.condition_field) != bool(self.condition_value):
            missing = "condition_value" if self.condition_field else "condition_field"
            errors[missing] = _("Fill in both parts of the condition, or neither.")
        if errors:
            raise ValidationError(errors)

    def define(self, offered: tuple[Choice, ...] = (), names: Mapping[str, str] | None = None) -> FieldDefinition:
        """This field as a pure value.

        ``offered`` are the choices of a kind whose choices live elsewhere; ``names`` gives the key for a label (lower
        case) or key, so that a condition may name its question by either.
        """
        choices = offered
        if self.field_type in NEEDS_CHOICES:
            parts = [line.partition("|") for line in split_lines(self.choices)]
            choices = tuple(Choice(label.strip(), label.strip(), hint.strip()) for label, _bar, hint in parts)
        condition = None
        if self.condition_field and self.condition_value:
            values = tuple(value.strip() for value in self.condition_value.split("|") if value.strip())
            source = " ".join(self.condition_field.split())
            known = names or {}
            condition = Condition(known.get(source) or known.get(source.casefold()) or source, values)
        return FieldDefinition(
            key=self.key,
            kind=Kind(self.field_type),
            label=self.label,
            help=self.help_text,
            required=self.required and self.field_type not in (Kind.HEADING, Kind.HIDDEN),
            choices=choices,
            autocomplete=self.autocomplete,
            meaning=Meaning(self.meaning),
            step=self.step,
            condition=condition,
            wording=self.wording,
            default=self.default_value,
            missing=self.missing_message,
        )


class FormStep(Orderable):
    """One step of a form in several steps; its number is its place in the list."""

    page = ParentalKey("forms.FormPage", on_delete=models.CASCADE, related_name="steps")
    title = models.CharField(_("title"), max_length=120, help_text=_("Such as “About the patient”."))
    introduction = models.TextField(_("introduction"), blank=True)

    panels = [FieldPanel("title"), FieldPanel("introduction")]

    class Meta(Orderable.Meta):
        verbose_name = _("step")
        verbose_name_plural = _("steps")

    def __str__(self) -> str:
        return self.title


def validate_addresses(value: str) -> None:
    """Every address in a comma-separated list must be one (and no header can be smuggled in)."""
    for address in value.split(","):
        validate_email(address.strip())


class NotificationRule(Orderable):
    """Who is told about a submission, and when. Mails hold a reference and a link, never an answer."""

    class When(models.TextChoices):
        """What the rule applies to."""

        ALWAYS = "always", _("Every submission")
        URGENT = "urgent", _("Urgent submissions")
        CRISIS = "crisis", _("Submissions with words of crisis")
        ANSWER = "answer", _("Submissions with a certain answer")

    page = ParentalKey("forms.FormPage", on_delete=models.CASCADE, related_name="notification_rules")
    recipients = models.CharField(
        _("send to"), max_length=500, validators=[validate_addresses], help_text=_("E-mail addresses with commas.")
    )
    when = models.CharField(_("for"), max_length=8, choices=When.choices, default=When.ALWAYS)
    field = models.CharField(
        _("question"), max_length=255, blank=True, help_text=_("Label of the question, for “a certain answer”.")
    )
    value = models.CharField(_("answer"), max_length=255, blank=True, help_text=_("One of its choices."))

    panels = [
        FieldPanel("recipients"),
        FieldPanel("when"),
        FieldRowPanel([FieldPanel("field"), FieldPanel("value")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")

    def __str__(self) -> str:
        return f"{self.get_when_display()}: {self.recipients}"

    def clean(self) -> None:
        """A rule about an answer must name the question and the answer."""
        super().clean()
        if self.when == self.When.ANSWER and not (self.field and self.value):
            raise ValidationError({"field": _("Name the question and the answer this rule is for.")})

    @property
    def addresses(self) -> list[str]:
        """The recipients one by one."""
        return [address.strip() for address in self.recipients.split(",") if address.strip()]
