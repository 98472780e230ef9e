"""Models of the project itself."""

from clinic.api.models import TokenGrant

__all__ = ["TokenGrant"]
