"""AuditEntry: who did what with submissions. Append-only, and chained so that a gap or a change shows."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Never

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forms.models.sealed import SealedModel
from forms.safekeeping import chain
from forms.safekeeping.encryption import derived_key, derived_keys, keyed_digest

if TYPE_CHECKING:
    from forms.models.submissions import Submission


class AuditHead(models.Model):
    """The last link of the chain: one row, locked while an entry is added."""

    wagtail_reference_index_ignore = True

    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default=chain.GENESIS)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.number)


class AppendOnlyError(TypeError):
    """Somebody tried to change or delete an audit entry."""


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Entries can be read and added, nothing else."""

    def update(self, **kwargs: Any) -> Never:
        """Refused."""
        raise AppendOnlyError("Audit entries cannot be changed.")

    def delete(self) -> Never:
        """Refused."""
        raise AppendOnlyError("Audit entries cannot be deleted.")


class AuditEntry(SealedModel):
    """One entry: who, what, which submission, when, from where, why. The reason is encrypted."""

    class Action(models.TextChoices):
        """What was done."""

        LIST = "list", _("Listed")
        LOOKUP = "lookup", _("Looked up")
        READ = "read", _("Read")
        PRINT = "print", _("Printed")
        DOWNLOAD = "download", _("Opened an attachment")
        CHANGE = "change", _("Changed")
        NOTE = "note", _("Added a note")
        RELEASE = "release", _("Released from quarantine")
        EXPORT = "export", _("Exported")
        REFUSED = "refused", _("Refused")
        SUBJECT_ACCESS = "subject_access", _("Exported one person’s records")
        ERASE = "erase", _("Erased")
        PURGE = "purge", _("Purged")
        ROTATE = "rotate", _("Rotated keys")
        RESEND = "resend", _("Sent again")

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField(_("when"))
    actor_id = models.CharField(max_length=40, blank=True)  # no foreign key: the entry outlives the user
    actor_name = models.CharField(_("who"), max_length=150)
    action = models.CharField(_("what"), max_length=20, choices=Action.choices)
    reference = models.CharField(_("submission"), max_length=16, blank=True)
    address = models.CharField(_("from"), max_length=45, blank=True)
    details = models.JSONField(default=dict)  # counts and states, never answers
    reason_digest = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        default_permissions = ("view",)
        ordering = ("-number",)
        indexes = [
            models.Index(fields=["reference", "number"], name="audit_reference"),
            models.Index(fields=["action", "-number"], name="audit_action"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add only; a stored entry cannot be changed."""
        if not self._state.adding:
            raise AppendOnlyError("Audit entries cannot be changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        """Refused."""
        raise AppendOnlyError("Audit entries cannot be deleted.")

    @property
    def reason(self) -> str:
        """Why, in the words of who did it."""
        return self.unseal() if self.reason_digest else ""

    def content(self) -> dict[str, Any]:
        """What the digest is made over."""
        return {
            "id": str(self.pk),
            "number": self.number,
            "at": self.at.astimezone(timezone.get_fixed_timezone(0)).isoformat(timespec="microseconds"),
            "actor_id": self.actor_id,
            "actor_name": self.actor_name,
            "action": str(self.action),
            "reference": self.reference,
            "address": self.address,
            "details": self.details,
            "reason": self.reason_digest,
        }


def record(
    action: AuditEntry.Action,
    *,
    user: AbstractBaseUser | AnonymousUser | None = None,
    request: HttpRequest | None = None,
    submission: Submission | None = None,
    reason: str = "",
    **details: Any,
) -> AuditEntry:
    """Add an entry. ``details`` are counts and states, never answers.

    Call it before the answers leave the server: when the entry cannot be written, nothing is shown.
    """
    if user is None and request is not None:
        user = getattr(request, "user", None)
    entry = AuditEntry(
        id=uuid.uuid4(),
        at=timezone.now(),
        actor_id=str(user.pk) if user is not None and user.pk else "",
        actor_name=(user.get_username() if user is not None and user.pk else "") or "system",
        action=action,
        reference=submission.reference if submission is not None else "",
        address=(request.META.get("REMOTE_ADDR", "") if request is not None else "")[:45],
        details={key: value for key, value in details.items() if value not in (None, "", [])},
        reason_digest=keyed_digest("audit-reason", reason.encode("utf-8", "replace")) if reason else "",
    )
    entry.seal(reason)
    with transaction.atomic():
        head, _created = AuditHead.objects.select_for_update().get_or_create(pk=1)
        entry.number = head.number + 1
        entry.previous = head.digest
        entry.digest = chain.link(derived_key("audit-chain"), entry.previous, entry.content())
        entry.save(force_insert=True)
        head.number, head.digest = entry.number, entry.digest
        head.save(update_fields=["number", "digest"])
    return entry


def verify() -> tuple[int, str, chain.Break | None]:
    """Check the whole chain against its head: count of good entries, last good digest, first break or None."""
    count, digest, broken = chain.verify(derived_keys("audit-chain"), _entries())
    head = AuditHead.objects.filter(pk=1).first()
    if broken is None and (head.number if head else 0) != count:
        broken = chain.Break(count + 1, "entries at the end are missing")
    elif broken is None and head and head.digest != digest:
        broken = chain.Break(count, "the last entry is not the one that was added last")
    return count, digest, broken


def seal(**details: Any) -> chain.Break | None:
    """Add an entry that proves all entries before it under the active key; a chain that does not hold is not sealed.

    Returns where it does not hold, or None. After it, the keys that linked the earlier entries are no longer needed.
    """
    with transaction.atomic():
        AuditHead.objects.select_for_update().filter(pk=1).first()  # nothing is added meanwhile
        broken = verify()[2]
        if broken is None:
            record(AuditEntry.Action.ROTATE, seal=chain.seal_of(_entries()), **details)
    return broken


def _entries() -> Iterator[chain.Entry]:
    for entry in AuditEntry.objects.order_by("number").iterator(chunk_size=2000):
        yield entry.number, entry.previous, entry.digest, entry.content()
