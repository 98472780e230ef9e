"""Draft: the answers so far of a form in several steps; encrypted and short-lived."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from forms.models.pages import FormPage
from forms.models.sealed import SealedModel
from forms.safekeeping.encryption import keyed_digests

LIFE = timedelta(hours=2)  # since the last step that was saved
GRACE = timedelta(minutes=10)  # longer than any request: one that found the draft alive may be sending it just now


def draft_expiry() -> datetime:
    """When a draft saved now ends."""
    return timezone.now() + LIFE


class DraftQuerySet(models.QuerySet["Draft"]):
    """Named queries on drafts."""

    def alive(self) -> DraftQuerySet:
        """Not expired."""
        return self.filter(expires_at__gt=timezone.now())

    def expired(self) -> DraftQuerySet:
        """Past their life, and in no request's hands any more; the worker removes them."""
        return self.filter(expires_at__lte=timezone.now() - GRACE)

    def of_browser(self, secret: str) -> DraftQuerySet:
        """Started by the browser that holds ``secret`` in its cookie."""
        return self.filter(browser__in=keyed_digests("draft-browser", secret.encode()))


class Draft(SealedModel):
    """Answers so far. Bound to the browser that started it by a secret in a cookie; its id alone opens nothing."""

    page = models.ForeignKey(FormPage, on_delete=models.CASCADE, related_name="+")
    browser = models.CharField(max_length=64)
    has_files = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=draft_expiry, db_index=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)
