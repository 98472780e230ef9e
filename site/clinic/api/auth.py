"""Who asks: Wagtail's API tokens with an end and scopes. No cookie ever counts."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models.signals import post_save
from django.http import HttpRequest
from ninja.errors import AuthenticationError, AuthorizationError
from ninja.security import HttpBearer
from wagtail.api.v3.auth import BearerTokenAuth
from wagtail.models import APIToken

from clinic.api.models import Scope, TokenGrant

REFUSED = "This token is unknown, revoked or expired. Ask an administrator for a new one, or leave the header out."
MISSING = "Send a token: Authorization: Bearer followed by the token."


class ApiToken(BearerTokenAuth):
    """A bearer token that is neither revoked nor past its end, with the scope that an operation needs.

    With ``required`` off, a request without a token is anonymous; a token that is not good is refused all the same, so
    that nobody takes an anonymous answer for their own. A person stands behind the request (``request.user``) only as
    far as the scopes go: a reader without `Scope.READ_DRAFTS` gets what everyone gets.
    """

    openapi_bearerFormat = "wagtail_…"  # noqa: N815  (Ninja reads this name)

    def __init__(self, scope: Scope | None = None, *, required: bool = True) -> None:
        super().__init__()
        self.scope = scope
        self.required = required

    def __call__(self, request: HttpRequest) -> Any:
        """The token, the anonymous user, or an AuthenticationError or AuthorizationError."""
        header = request.headers.get("Authorization")
        if not header:
            request.user = AnonymousUser()
            if self.required:
                raise AuthenticationError(message=MISSING)
            return request.user
        token = HttpBearer.__call__(self, request)
        if token is None:
            raise AuthenticationError(message=REFUSED)
        return token

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The token's row if it is good and has the scope."""
        found = super().authenticate(request, token)
        if found is None:
            return None
        grant = TokenGrant.objects.filter(token=found).first()
        if grant is None or grant.has_expired:
            request.user = AnonymousUser()
            return None
        if not self.required and not grant.allows(Scope.READ_DRAFTS):
            request.user = AnonymousUser()
        elif self.scope is not None and not grant.allows(self.scope):
            raise AuthorizationError(message=f"This token may not {self.scope.label}. Ask for one with that scope.")
        return found


def give_grant(sender: Any, instance: APIToken, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Every new token gets an end and no scope, however it was made."""
    if created and not raw:
        TokenGrant.objects.get_or_create(token=instance)


def connect() -> None:
    """Watches for new tokens; called once when the app is ready."""
    post_save.connect(give_grant, sender=APIToken, dispatch_uid="clinic-token-grant")
