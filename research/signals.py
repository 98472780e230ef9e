"""What the library does when something changes: a used citation is never deleted, a bad draft never scheduled."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import pre_delete, pre_save
from django.dispatch import receiver
from wagtail.models import Revision

from research.models import Citation
from research.publishing import GuardedPublishing
from research.usage import refuse_deletion_of_used


@receiver(pre_delete, sender=Citation)
def keep_used_citations(sender: type[Citation], instance: Citation, **kwargs: Any) -> None:
    """Foreign keys protect claims; this protects citations in prose and in drafts as well."""
    refuse_deletion_of_used(instance)


@receiver(pre_save, sender=Revision)
def refuse_to_schedule(
    sender: type[Revision], instance: Revision, raw: bool, update_fields: Any = None, **kwargs: Any
) -> None:
    """Whatever is scheduled passes the guard now, while somebody is there to read why not; and again when it is due.

    Wagtail approves a revision for its date without saving the object, whichever way it was asked to.
    """
    if raw or instance.approved_go_live_at is None:
        return
    if update_fields is not None and "approved_go_live_at" not in update_fields:
        return
    if not issubclass(instance.content_type.model_class() or object, GuardedPublishing):
        return
    approved = Revision.objects.filter(pk=instance.pk, approved_go_live_at=instance.approved_go_live_at)
    if not approved.exists():
        instance.as_object().check_may_go_live()
