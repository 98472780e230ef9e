"""SpentProof: proofs of work that were taken, until they would have expired."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class SpentProofQuerySet(models.QuerySet["SpentProof"]):
    """Named queries on spent proofs."""

    def expired(self) -> SpentProofQuerySet:
        """Refused by their date by now, so nobody needs to remember them."""
        return self.filter(expires_at__lt=timezone.now())


class SpentProof(models.Model):
    """A proof that a submission has used up. Stored with the submission, in its transaction; holds nothing of it."""

    wagtail_reference_index_ignore = True

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    objects = SpentProofQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.digest[:12]
