"""The outbox at work: what a submission sets off, and how workers lease, send, retry and give up."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import smtplib
import socket
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from forms.building.definition import Answers, FormDefinition
from forms.building.kinds import Meaning, Urgency
from forms.delivery.webhooks import WebhookError, page_secrets, post
from forms.models.deliveries import Delivery
from forms.models.fields import NotificationRule
from forms.models.pages import FormPage
from forms.models.submissions import Submission, answer_for
from forms.safekeeping.encryption import EncryptionError

log = logging.getLogger(__name__)

LEASE = 120  # seconds; longer than the slowest sending. A killed worker's delivery is free again after it
GIVE_UP_AFTER = timedelta(hours=48)
BATCH = 50
TIMEOUT = 20.0  # seconds for one connection to the mail server


class DeliveryError(Exception):
    """A sending failed. The message is a kind and a code, never content. ``final`` when trying again is useless."""

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


# --- what a submission sets off -------------------------------------------------------------------------------------


def deliveries_for(
    page: FormPage, submission: Submission, answers: Answers, definition: FormDefinition
) -> list[Delivery]:
    """The unsaved deliveries of a submission: by rule, webhook, acknowledgement."""
    addresses: dict[str, None] = {}
    for rule in page.notification_rules.all():
        if _applies(rule, submission, answers, definition):
            addresses.update(dict.fromkeys(address.lower() for address in rule.addresses))
    found = [Delivery(kind=Delivery.Kind.NOTIFY, submission=submission, target=address) for address in addresses]
    if page.webhook_url:
        found.append(Delivery(kind=Delivery.Kind.WEBHOOK, submission=submission, target=page.webhook_url))
    if page.acknowledge and answer_for(definition, answers, [Meaning.CONTACT_EMAIL]):
        found.append(Delivery(kind=Delivery.Kind.ACKNOWLEDGE, submission=submission))
    return found


def _applies(rule: NotificationRule, submission: Submission, answers: Answers, definition: FormDefinition) -> bool:
    if rule.when == NotificationRule.When.URGENT:
        return submission.urgency == Urgency.URGENT or submission.crisis
    if rule.when == NotificationRule.When.CRISIS:
        return submission.crisis
    if rule.when == NotificationRule.When.ANSWER:
        field = definition.named(rule.field)
        given = answers.get(field.key) if field else None
        if given is True:
            return rule.value == "yes"
        return rule.value in given if isinstance(given, list) else given == rule.value
    return True


# --- sending --------------------------------------------------------------------------------------------------------


class MailRoute:
    """One connection to the mail server for a batch; opened when first needed, dropped when it breaks."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def send(self, message: EmailMessage) -> None:
        """Send one message or raise DeliveryError."""
        try:
            if self._connection is None:
                self._connection = get_connection(fail_silently=False)
                if hasattr(self._connection, "timeout") and not self._connection.timeout:
                    self._connection.timeout = TIMEOUT
                self._connection.open()
            if self._connection.send_messages([message]) == 0:
                raise DeliveryError("mail server took nothing")
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _text in error.recipients.values()}
            self.close()
            raise DeliveryError(
                f"recipient refused ({max(codes, default=0)})", final=min(codes, default=0) >= 500
            ) from None
        except smtplib.SMTPResponseException as error:
            self.close()
            raise DeliveryError(f"mail server said {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise DeliveryError(f"mail server not reached ({type(error).__name__})") from None
        except ValueError:
            self.close()
            raise DeliveryError("mail could not be made (bad header)", final=True) from None

    def close(self) -> None:
        """End the connection, whatever state it is in."""
        if self._connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._connection.close()
            self._connection = None


def admin_link(submission: Submission) -> str:
    """The full address of a submission at the desk; it opens only for the intake role."""
    base = str(getattr(settings, "WAGTAILADMIN_BASE_URL", "") or "").rstrip("/")
    try:
        return base + reverse("intake:detail", args=[submission.pk])
    except NoReverseMatch:
        return base


def mail_for(delivery: Delivery, subject: str, body: str, to: str) -> EmailMessage:
    """A mail that keeps its Message-ID however often it is tried."""
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        to=[to],
        headers={"Message-ID": delivery.message_id, "Auto-Submitted": "auto-generated"},
    )


def _submission(delivery: Delivery) -> Submission:
    if delivery.submission is None:
        raise DeliveryError("submission is gone", final=True)
    return delivery.submission


def send_notification(delivery: Delivery, route: MailRoute) -> None:
    """Tell staff that something came in: reference, form, how soon, link. No answer."""
    submission = _submission(delivery)
    context = {"submission": submission, "form": submission.page.title, "link": admin_link(submission)}
    subject = _("New: %(form)s, %(reference)s") % {"form": submission.page.title, "reference": submission.reference}
    route.send(mail_for(delivery, subject, render_to_string("emails/notification.txt", context), delivery.target))


def send_acknowledgement(delivery: Delivery, route: MailRoute) -> None:
    """Tell the sender that it arrived, in words that say nothing about health."""
    submission = _submission(delivery)
    try:
        to = answer_for(submission.form, submission.answers, [Meaning.CONTACT_EMAIL])
    except EncryptionError:
        raise DeliveryError("key missing") from None
    if not to:
        raise DeliveryError("no address", final=True)
    clinic = _clinic(submission)
    with translation.override(submission.locale or None):
        subject = _("We have your message (%s)") % submission.reference
        context = {"submission": submission, "clinic": clinic}
        route.send(mail_for(delivery, subject, render_to_string("emails/acknowledgement.txt", context), to))


def _clinic(submission: Submission) -> object:
    from pages.models import ClinicSettings

    site = submission.page.get_site()
    return ClinicSettings.for_site(site) if site else None


def send_webhook(delivery: Delivery, route: MailRoute) -> None:
    """Tell another system: event, reference, form, link. Signed (Standard Webhooks); no answer."""
    submission = _submission(delivery)
    body = {
        "type": "submission.received",
        "timestamp": submission.received_at.isoformat(),
        "data": {
            "reference": submission.reference,
            "form": submission.page.slug,
            "urgency": submission.urgency,
            "link": admin_link(submission),
        },
    }
    try:
        post(delivery.target, body, secrets=page_secrets(submission.page_id), message_id=delivery.message_id)
    except WebhookError as error:
        raise DeliveryError(str(error), final=error.final) from None


Sender = Callable[[Delivery, MailRoute], None]
_senders: dict[str, Sender] = {
    Delivery.Kind.NOTIFY: send_notification,
    Delivery.Kind.ACKNOWLEDGE: send_acknowledgement,
    Delivery.Kind.WEBHOOK: send_webhook,
}


def register(kind: str, sender: Sender) -> None:
    """Let another app send deliveries of its own ``kind``. ``sender`` raises DeliveryError when it could not."""
    _senders[kind] = sender


# --- working through the outbox -------------------------------------------------------------------------------------


def backoff(attempts: int) -> timedelta:
    """Time until the next try: 30 s, doubling up to 2 h, so that a long outage costs little."""
    return timedelta(seconds=min(30 * 2 ** min(attempts - 1, 10), 7200))


def lease(limit: int, holder: str) -> list[Delivery]:
    """Take up to ``limit`` due deliveries for ``holder``; no other worker gets them until the lease ends."""
    now = timezone.now()
    with transaction.atomic():
        rows = Delivery.objects.select_for_update(skip_locked=True, of=("self",)) if _can_skip() else Delivery.objects
        ids = list(rows.due(now).order_by("next_try_at", "pk").values_list("pk", flat=True)[:limit])
        if not ids:
            return []
        until = now + timedelta(seconds=getattr(settings, "DELIVERY_LEASE_SECONDS", LEASE))
        Delivery.objects.filter(pk__in=ids).update(lease_until=until, lease_holder=holder)
    return list(
        Delivery.objects.filter(pk__in=ids, lease_holder=holder)
        .select_related("submission__page", "submission__snapshot")
        .order_by("next_try_at", "pk")
    )


def _can_skip() -> bool:
    from django.db import connection

    return connection.features.has_select_for_update_skip_locked


def deliver_due(limit: int = 200) -> int:
    """Send what is due, at most ``limit`` deliveries; returns how many were sent. Called by workers, again and again.

    A worker killed at any point loses nothing: an unsent delivery is free again when its lease ends, and one that was
    sent but not marked goes once more with the same Message-ID.
    """
    holder = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
    route, sent, left = MailRoute(), 0, limit
    try:
        while left > 0:
            batch = lease(min(BATCH, left), holder)
            if not batch:
                break
            left -= len(batch)
            for delivery in batch:
                sent += _attempt(delivery, route)
    finally:
        route.close()
    return sent


def _attempt(delivery: Delivery, route: MailRoute) -> bool:
    now = timezone.now()
    if delivery.lease_until is None or delivery.lease_until <= now:
        return False  # ours no longer
    sender = _senders.get(delivery.kind)
    delivery.attempts += 1
    try:
        if sender is None:
            raise DeliveryError("nobody sends this kind", final=False)
        sender(delivery, route)
    except DeliveryError as error:
        _failed(delivery, str(error), final=error.final)
        return False
    except Exception as error:  # a bug must not stop the others; its text may hold content and stays out of the log
        _failed(delivery, f"error ({type(error).__name__})", final=False)
        return False
    delivery.state, delivery.done_at, delivery.last_error = Delivery.State.SENT, timezone.now(), ""
    _save(delivery)
    return True


def _failed(delivery: Delivery, why: str, *, final: bool) -> None:
    now = timezone.now()
    delivery.last_error = why[:200]
    if final or now - delivery.created_at > GIVE_UP_AFTER:
        delivery.state, delivery.done_at = Delivery.State.FAILED, now
        log.error("delivery %s (%s) given up after %d attempts: %s", delivery.pk, delivery.kind, delivery.attempts, why)
    else:
        delivery.next_try_at = now + backoff(delivery.attempts)
        log.warning("delivery %s (%s) attempt %d: %s", delivery.pk, delivery.kind, delivery.attempts, why)
    _save(delivery)


def _save(delivery: Delivery) -> None:
    delivery.lease_until, delivery.lease_holder = None, ""
    delivery.save(
        update_fields=["attempts", "state", "done_at", "last_error", "next_try_at", "lease_until", "lease_holder"]
    )
