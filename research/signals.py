"""What the library does when records change: a used citation is never deleted."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver

from research.models import Citation
from research.usage import refuse_deletion_of_used


@receiver(pre_delete, sender=Citation)
def keep_used_citations(sender: type[Citation], instance: Citation, **kwargs: Any) -> None:
    """Foreign keys protect claims; this protects citations in prose and in drafts as well."""
    refuse_deletion_of_used(instance)
