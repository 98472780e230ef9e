"""The app `research` as Django knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResearchConfig(AppConfig):
    """Registers the app under the label `research`."""

    name = "research"
    label = "research"
    verbose_name = _("Research")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the signals and the system checks."""
        from research import (
            edition,
            signals,  # noqa: F401  (importing connects them)
        )
        from research.formatting import style  # noqa: F401
        from research.lookup import services  # noqa: F401

        edition.connect()
