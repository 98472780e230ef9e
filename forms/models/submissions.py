"""Submission: one answered form, encrypted; with the definition of its day and the indexes to look it up by."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forms.building.definition import Answers, FormDefinition
from forms.building.kinds import URGENCY_LABELS, Kind, Meaning, Urgency
from forms.building.screening import LABELS as SCREENING_LABELS
from forms.building.screening import Screening
from forms.models.pages import FormPage
from forms.models.sealed import SealedModel
from forms.receiving.identifiers import normalise_email, normalise_phone
from forms.receiving.references import normalise_reference
from forms.safekeeping.encryption import active_index_key, blind_index, blind_indexes


class FormSnapshot(models.Model):
    """A definition as it was when answers came in: labels, choices, consent wording. Stored once per definition."""

    wagtail_reference_index_ignore = True

    digest = models.CharField(max_length=64, unique=True)
    definition = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.digest[:12]

    def form(self) -> FormDefinition:
        """The definition as a value; read once by a process, since equal digests are equal definitions."""
        known = _forms.get(self.digest)
        if known is None:
            if len(_forms) >= FORMS_KEPT:
                _forms.clear()
            known = _forms[self.digest] = FormDefinition.from_snapshot(self.definition)
        return known


FORMS_KEPT = 200
_forms: dict[str, FormDefinition] = {}


OPEN = ("new", "contacting", "scheduled")
NOT_SPAM = ("", "released")
FILTERED = ("status", "spam", "urgency", "screening", "crisis", "due_at", "page", "assignee", "topics")
TOPIC_CODE = 12  # letters of a blind index: enough to tell conditions apart
TOPICS_LENGTH = 16 * (TOPIC_CODE + 1)  # an index entry must stay small; nobody ticks more than sixteen conditions


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Named queries on submissions. None of them needs to decrypt anything."""

    def for_desk(self) -> SubmissionQuerySet:
        """With what a list at the desk shows of each."""
        return self.select_related("page", "assignee", "snapshot").defer("snapshot__definition")

    def inbox(self) -> SubmissionQuerySet:
        """Without spam, possible or confirmed."""
        return self.filter(spam__in=(Submission.Spam.NONE, Submission.Spam.RELEASED)).exclude(
            status=Submission.Status.SPAM
        )

    def unread(self) -> SubmissionQuerySet:
        """In the inbox and untouched."""
        return self.filter(spam__in=(Submission.Spam.NONE, Submission.Spam.RELEASED), status=Submission.Status.NEW)

    def possible_spam(self) -> SubmissionQuerySet:
        """Quarantined and not decided yet."""
        return self.filter(spam=Submission.Spam.POSSIBLE)

    def open(self) -> SubmissionQuerySet:
        """In the inbox and not closed. In the words of the index ``submission_open_list``, which serves the desk."""
        return self.filter(status__in=OPEN, spam__in=NOT_SPAM)

    def overdue(self, now: datetime | None = None) -> SubmissionQuerySet:
        """Still new after the service target."""
        return self.unread().filter(due_at__lt=now or timezone.now())

    def to_purge(self, now: datetime | None = None) -> SubmissionQuerySet:
        """Past their retention date."""
        return self.filter(retain_until__lt=now or timezone.now())

    def about(self, topic: str) -> SubmissionQuerySet:
        """About the condition with this slug."""
        match = models.Q()
        for code in topic_codes(topic):
            match |= models.Q(topics__contains=code)
        return self.filter(match)

    def index_keys(self) -> list[str]:
        """Ids of the keys with which submissions are indexed: a handful of steps through an index of any size."""
        found: list[str] = []
        ids = self.order_by("index_key").values_list("index_key", flat=True)
        while (following := ids.filter(index_key__gt=found[-1]) if found else ids)[:1]:
            found.append(following[0])
        return found

    def found_by(self, text: str) -> SubmissionQuerySet:
        """With this reference, phone number or e-mail address. Only exact matches: the answers are encrypted."""
        reference = normalise_reference(text)
        match = models.Q(reference=reference) if reference else models.Q(pk__in=())
        digests = blind_indexes("email", normalise_email(text)) if "@" in text else []
        with contextlib.suppress(ValueError):
            digests += blind_indexes("phone", normalise_phone(text).partition(";")[0])
        if digests:
            match |= models.Q(pk__in=ContactIndex.objects.filter(digest__in=digests).values("submission"))
        return self.filter(match)


class Submission(SealedModel):
    """One answered form. Answers are readable only through ``answers``; nothing else shows them."""

    class Status(models.TextChoices):
        """Where the desk is with it."""

        NEW = "new", _("New")
        CONTACTING = "contacting", _("Contacting")
        SCHEDULED = "scheduled", _("Scheduled")
        CLOSED = "closed", _("Closed")
        SPAM = "spam", _("Spam")

    class Outcome(models.TextChoices):
        """How it ended."""

        VISIT = "visit", _("Visit booked or held")
        ADVICE = "advice", _("Advice given")
        ELSEWHERE = "elsewhere", _("Referred elsewhere")
        UNREACHED = "unreached", _("Could not be reached")
        WITHDRAWN = "withdrawn", _("Withdrawn by the person")
        DUPLICATE = "duplicate", _("Duplicate")
        OTHER = "other", _("Other")

    class Spam(models.TextChoices):
        """Verdict of the spam checks and of the desk."""

        NONE = "", _("Not suspected")
        POSSIBLE = "possible", _("Possible spam")
        RELEASED = "released", _("Released by the desk")

    class Channel(models.TextChoices):
        """How it came in."""

        WEB = "web", _("Website")
        API = "api", _("API")

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    page = models.ForeignKey(FormPage, verbose_name=_("form"), on_delete=models.PROTECT, related_name="submissions")
    snapshot = models.ForeignKey(FormSnapshot, on_delete=models.PROTECT, related_name="+")
    locale = models.CharField(_("language"), max_length=12)
    channel = models.CharField(_("came in by"), max_length=8, choices=Channel.choices, default=Channel.WEB)

    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.NEW)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    urgency = models.CharField(
        _("urgency"), max_length=8, choices=[(str(u), label) for u, label in URGENCY_LABELS.items()]
    )
    screening = models.CharField(
        _("screening"), max_length=24, blank=True, choices=[(str(s), label) for s, label in SCREENING_LABELS.items()]
    )
    criteria_version = models.CharField(max_length=40, blank=True)
    crisis = models.BooleanField(_("words of crisis"), default=False)
    files = models.PositiveSmallIntegerField(_("attachments"), default=0)
    spam = models.CharField(_("spam check"), max_length=10, choices=Spam.choices, blank=True, default=Spam.NONE)
    spam_reasons = models.CharField(max_length=120, blank=True)

    # Conditions, as blind codes that say nothing without the key. Filters and counts read them from the list's index.
    topics = models.CharField(max_length=TOPICS_LENGTH, blank=True, editable=False)
    index_key = models.CharField(max_length=8, db_index=True, default=active_index_key, editable=False)

    idempotency_key = models.CharField(max_length=64, unique=True, editable=False)
    token_digest = models.CharField(max_length=64, editable=False)
    content_digest = models.CharField(max_length=64, editable=False)
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    received_at = models.DateTimeField(_("received"), default=timezone.now)
    due_at = models.DateTimeField(_("answer by"))
    first_contact_at = models.DateTimeField(_("first contact"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    retain_until = models.DateTimeField(_("keep until"))

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        # The permission that makes the intake role. Being a superuser does not include it: see forms.access.
        permissions = [("handle_submissions", "Can read and handle submissions (intake)")]
        default_permissions = ()
        indexes = [
            # What the desk filters by stands in the index of its order: no row is read that does not pass.
            models.Index(
                fields=["-received_at", "-id"], include=[*FILTERED, "first_contact_at"], name="submission_list"
            ),
            models.Index(fields=["status", "-received_at", "-id"], name="submission_status"),
            models.Index(fields=["page", "-received_at", "-id"], name="submission_page"),
            models.Index(fields=["assignee", "-received_at", "-id"], name="submission_assignee"),
            models.Index(fields=["token_digest"], name="submission_token"),
            models.Index(fields=["content_digest"], name="submission_content"),
            models.Index(fields=["retain_until"], name="submission_retain"),
            models.Index(fields=["due_at"], name="submission_due", condition=models.Q(status="new")),
            models.Index(fields=["-received_at", "-id"], name="submission_spam", condition=models.Q(spam="possible")),
            models.Index(fields=["-received_at", "-id"], name="submission_crisis", condition=models.Q(crisis=True)),
            models.Index(
                fields=["-received_at", "-id"],
                include=FILTERED,
                name="submission_open_list",
                condition=models.Q(status__in=("new", "contacting", "scheduled"), spam__in=("", "released")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    # --- reading ----------------------------------------------------------------------------------------------

    @property
    def form(self) -> FormDefinition:
        """The form as it was when this came in."""
        return self.snapshot.form()

    @property
    def answers(self) -> Answers:
        """The answers by key, decrypted. Who calls this has checked and recorded the access."""
        return self.unseal()["answers"]

    @property
    def consents(self) -> list[dict[str, Any]]:
        """Consents: key, exact wording, whether given, and when."""
        return self.unseal()["consents"]

    @property
    def is_overdue(self) -> bool:
        """Whether the service target has passed without anybody starting."""
        return self.status == self.Status.NEW and self.due_at < timezone.now()

    @property
    def is_quarantined(self) -> bool:
        """Whether the spam checks hold it back."""
        return self.spam == self.Spam.POSSIBLE


class ContactIndex(models.Model):
    """Blind index of a phone number or e-mail address in a submission."""

    wagtail_reference_index_ignore = True

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="contacts")
    digest = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["digest", "submission"], name="contact_index_unique")]

    def __str__(self) -> str:
        return f"{self.submission_id}"


def contact_digests(form: FormDefinition, answers: Answers) -> set[str]:
    """The blind indexes of all phone numbers and addresses in ``answers``, under the active key."""
    found: set[str] = set()
    for field in form.by_key.values():
        given = answers.get(field.key)
        if not isinstance(given, str) or not given:
            continue
        if field.kind == Kind.PHONE:
            found.add(blind_index("phone", given.partition(";")[0]))
        elif field.kind == Kind.EMAIL:
            found.add(blind_index("email", normalise_email(given)))
    return found


def topic_codes(slug: str) -> list[str]:
    """The blind codes of a condition, under every key, the active one first."""
    return [digest[:TOPIC_CODE] for digest in blind_indexes("topic", slug)]


def topics_index(form: FormDefinition, answers: Answers) -> str:
    """The codes of the conditions in ``answers``, under the active key, as stored in ``Submission.topics``."""
    chosen: list[str] = []
    for field in form.by_key.values():
        given = answers.get(field.key)
        if field.kind == Kind.TOPICS and isinstance(given, list):
            chosen += given
    codes = sorted({topic_codes(slug)[0] for slug in chosen})
    return " ".join(codes)[:TOPICS_LENGTH]


def answer_for(form: FormDefinition, answers: Answers, meanings: Iterable[Meaning]) -> str:
    """The first answer, as text, to a field with one of ``meanings``, in the order of ``meanings``."""
    for meaning in meanings:
        for field in form.fields:
            given = answers.get(field.key) if field.meaning == meaning else None
            if isinstance(given, str) and given:
                return given
            if isinstance(given, list) and given:
                return ", ".join(field.label_of(value) for value in given)
    return ""


__all__ = [
    "ContactIndex",
    "FormSnapshot",
    "Screening",
    "Submission",
    "Urgency",
    "answer_for",
    "contact_digests",
    "topic_codes",
    "topics_index",
]
