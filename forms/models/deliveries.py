"""Delivery: the outbox. A row is written in the transaction of what it tells about, and workers send it later."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def new_message_id() -> str:
    """A Message-ID (RFC 5322, 3.6.4) that stays the same over all attempts."""
    domain = getattr(settings, "MESSAGE_ID_DOMAIN", "") or "wellcited.invalid"
    return f"<{uuid.uuid4().hex}@{domain}>"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Named queries on the outbox."""

    def waiting(self) -> DeliveryQuerySet:
        """Neither sent nor given up."""
        return self.filter(state=Delivery.State.WAITING)

    def due(self, now: datetime | None = None) -> DeliveryQuerySet:
        """To be sent now: their time has come and no worker holds them."""
        now = now or timezone.now()
        return (
            self.waiting()
            .filter(next_try_at__lte=now)
            .filter(models.Q(lease_until__isnull=True) | models.Q(lease_until__lte=now))
        )

    def given_up(self) -> DeliveryQuerySet:
        """Failed for good; somebody has to look."""
        return self.filter(state=Delivery.State.FAILED)

    def send_again(self) -> int:
        """Put back what was given up, from the beginning of its time; returns how many."""
        now = timezone.now()
        return self.given_up().update(
            state=Delivery.State.WAITING, attempts=0, last_error="", done_at=None, created_at=now, next_try_at=now
        )

    def oldest_waiting_age(self) -> timedelta:
        """How long the oldest unsent delivery has waited; zero when none waits."""
        oldest = self.waiting().aggregate(oldest=models.Min("created_at"))["oldest"]
        return timezone.now() - oldest if oldest else timedelta(0)


class Delivery(models.Model):
    """Something to send. Holds no answer: a mail is made when it is sent, from a reference and a link."""

    wagtail_reference_index_ignore = True

    class State(models.TextChoices):
        """Life of a delivery."""

        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Given up")

    class Kind(models.TextChoices):
        """What is sent. Other apps add kinds of their own through ``forms.delivery.outbox.register``."""

        NOTIFY = "notify", _("Notification by e-mail")
        ACKNOWLEDGE = "acknowledge", _("Acknowledgment to the sender")
        WEBHOOK = "webhook", _("Webhook")

    kind = models.CharField(_("kind"), max_length=20)
    submission = models.ForeignKey(
        "forms.Submission", null=True, blank=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    # Address of staff or of an endpoint. Empty for an acknowledgement: that address stays encrypted in the answers.
    target = models.CharField(_("to"), max_length=500, blank=True)
    payload = models.JSONField(default=dict, blank=True)  # never personal data
    message_id = models.CharField(max_length=120, unique=True, default=new_message_id)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    next_try_at = models.DateTimeField(_("next try"), default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_holder = models.CharField(max_length=64, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)  # kind and code only, no content

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        default_permissions = ()
        indexes = [
            models.Index(fields=["next_try_at"], name="delivery_due", condition=models.Q(state="waiting")),
            models.Index(fields=["state", "-created_at"], name="delivery_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def kind_in_words(self) -> str:
        """What is sent; the name of a kind that another app added stands as it is."""
        return str(dict(Delivery.Kind.choices).get(self.kind, self.kind))
