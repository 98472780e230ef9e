"""The app `clinic` as Django knows it, and Wagtail's app of users with this project's list."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class ClinicConfig(AppConfig):
    """Registers the project's own system checks and commands."""

    name = "clinic"
    label = "clinic"
    verbose_name = _("Clinic")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the system checks, the roles, the news of fallen sources, and the API's page shapes and tokens."""
        from clinic import checks, doubted_sources, roles  # noqa: F401  (importing checks registers them)
        from clinic.api import auth, webhooks
        from clinic.api.pageshapes import register_shapes

        roles.connect()
        auth.connect()
        webhooks.connect()
        doubted_sources.connect()
        register_shapes()


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's own app, whose list of users says what each of them may do."""

    user_viewset = "clinic.users.UserViewSet"
