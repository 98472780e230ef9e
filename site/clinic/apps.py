"""The app `clinic` as Django knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClinicConfig(AppConfig):
    """Registers the project's own system checks and commands."""

    name = "clinic"
    label = "clinic"
    verbose_name = _("Clinic")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the system checks."""
        from clinic import checks, roles  # noqa: F401  (importing checks registers them)

        roles.connect()
