"""Models of the project itself."""

from clinic.api.models import TokenGrant, WebhookEndpoint

__all__ = ["TokenGrant", "WebhookEndpoint"]
