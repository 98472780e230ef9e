"""What the desk does with submissions: each change is recorded in the same transaction."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from forms.delivery.outbox import deliveries_for
from forms.models.audit import AuditEntry, record
from forms.models.deliveries import Delivery
from forms.models.desk import Note
from forms.models.submissions import Submission


@transaction.atomic
def move(submission: Submission, status: str, *, request: HttpRequest, outcome: str = "") -> None:
    """Set the status. ``outcome`` belongs to ``closed`` and is dropped otherwise."""
    before, now = submission.status, timezone.now()
    submission.status = status
    submission.outcome = outcome if status == Submission.Status.CLOSED else ""
    handled = (Submission.Status.CONTACTING, Submission.Status.SCHEDULED, Submission.Status.CLOSED)
    if submission.first_contact_at is None and status in handled:
        submission.first_contact_at = now
    submission.closed_at = now if status in (Submission.Status.CLOSED, Submission.Status.SPAM) else None
    if submission.is_quarantined and status in handled:
        submission.spam = Submission.Spam.RELEASED  # working on it says that it is no spam
    submission.save(update_fields=["status", "outcome", "first_contact_at", "closed_at", "spam"])
    record(
        AuditEntry.Action.CHANGE,
        request=request,
        submission=submission,
        was=before,
        now=status,
        outcome=submission.outcome,
    )


@transaction.atomic
def assign(submission: Submission, assignee: User | None, *, request: HttpRequest) -> None:
    """Give it to somebody of the intake role, or to nobody."""
    submission.assignee = assignee
    submission.save(update_fields=["assignee"])
    record(
        AuditEntry.Action.CHANGE,
        request=request,
        submission=submission,
        assigned_to=assignee.get_username() if assignee else "nobody",
    )


@transaction.atomic
def release(submission: Submission, *, request: HttpRequest) -> None:
    """Let it out of quarantine: it joins the inbox, and the notifications that were held back go out now."""
    if not submission.is_quarantined:
        return
    submission.spam = Submission.Spam.RELEASED
    submission.due_at = timezone.now() + submission.page.service_target
    submission.save(update_fields=["spam", "due_at"])
    form, answers = submission.form, submission.answers
    page = submission.page
    Delivery.objects.bulk_create(deliveries_for(page, submission, answers, form))
    record(AuditEntry.Action.RELEASE, request=request, submission=submission)


@transaction.atomic
def add_note(submission: Submission, text: str, *, author: User, request: HttpRequest) -> Note:
    """Write a note; its text is encrypted and recorded nowhere else."""
    note = Note(submission=submission, author=author, author_name=author.get_username())
    note.seal(text)
    note.save(force_insert=True)
    record(AuditEntry.Action.NOTE, request=request, submission=submission)
    return note


@transaction.atomic
def resend(delivery: Delivery, *, request: HttpRequest) -> None:
    """Try a delivery that was given up again, from the beginning of its time."""
    Delivery.objects.filter(pk=delivery.pk).send_again()
    record(AuditEntry.Action.RESEND, request=request, submission=delivery.submission, kind=delivery.kind)
