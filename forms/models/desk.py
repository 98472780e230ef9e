"""What the intake desk adds: notes on submissions and saved views of the list."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forms.models.sealed import SealedModel


class Note(SealedModel):
    """A note by the desk, encrypted."""

    submission = models.ForeignKey("forms.Submission", on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=150)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        ordering = ("created_at",)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def text(self) -> str:
        """The note's text, decrypted."""
        return self.unseal()


class SavedView(models.Model):
    """A named set of filters of the desk's list. Look-ups (a phone, an e-mail) are never part of it."""

    wagtail_reference_index_ignore = True

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_view_unique")]

    def __str__(self) -> str:
        return self.name
