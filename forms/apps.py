"""The app `forms` as Django knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FormsConfig(AppConfig):
    """Registers the app under the label `forms`."""

    name = "forms"
    label = "forms"
    verbose_name = _("Forms and intake")
    default_auto_field = "django.db.models.BigAutoField"
