"""TokenGrant: what one API token may do, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import APIToken

from forms.delivery.webhooks import validate_endpoint

#: How long a new token lives unless somebody says otherwise.
LIFETIME = timedelta(days=90)


def default_expiry() -> datetime:
    """When a token made now ends."""
    return timezone.now() + LIFETIME


class Scope(models.TextChoices):
    """What a token can be allowed beside what everyone may do."""

    READ_DRAFTS = "read_drafts", _("read drafts")
    WRITE_PAGES = "write_pages", _("write pages, images and documents")
    WRITE_RESEARCH = "write_research", _("write research records")


class TokenGrant(models.Model):
    """The scopes and the end of one of Wagtail's API tokens. Every token gets one; without scopes it may do nothing
    that anyone may not. A scope never gives more than the token's person has.
    """

    token = models.OneToOneField(APIToken, on_delete=models.CASCADE, related_name="grant", verbose_name=_("token"))
    expires_at = models.DateTimeField(
        _("expires"), default=default_expiry, help_text=_("From then on the token is refused.")
    )
    read_drafts = models.BooleanField(
        _("may read drafts"),
        default=False,
        help_text=_("Pages and records that its person may edit, before they are public."),
    )
    write_pages = models.BooleanField(
        _("may write pages"), default=False, help_text=_("Pages, images and documents, as far as its person may.")
    )
    write_research = models.BooleanField(
        _("may write research"), default=False, help_text=_("Research records, as far as its person may.")
    )

    class Meta:
        verbose_name = _("access of an API token")
        verbose_name_plural = _("access of API tokens")
        ordering = ("-token__created",)
        # Grants come and go with their tokens.
        default_permissions = ("change", "view")

    def __str__(self) -> str:
        return str(self.token)

    @property
    def has_expired(self) -> bool:
        """Whether the token has come to its end."""
        return self.expires_at <= timezone.now()

    def allows(self, scope: str) -> bool:
        """Whether the token has the scope."""
        return scope in Scope.values and bool(getattr(self, scope))

    @property
    def scopes(self) -> str:
        """The scopes in words, for lists."""
        names = [str(scope.label) for scope in Scope if self.allows(scope)]
        return ", ".join(names) or str(_("reads what is public"))


class WebhookEndpoint(models.Model):
    """An address of a front end that wants to know when something public changes."""

    url = models.URLField(
        _("address"), max_length=500, unique=True, help_text=_("Starts with https://. It gets signed messages.")
    )
    note = models.CharField(_("what it is"), max_length=160, blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("url",)

    def __str__(self) -> str:
        return self.url

    def clean(self) -> None:
        """Refuse an address that would never be called."""
        super().clean()
        if self.url:
            try:
                validate_endpoint(self.url)
            except ValidationError as error:
                raise ValidationError({"url": error}) from None
