"""The app `pages` as Django knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    """Registers the app under the label `pages`."""

    name = "pages"
    label = "pages"
    verbose_name = _("Pages")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Watches what the frame is built from and which sources fall, and keeps the search index true."""
        from pages import frame_cache, image_form, retractions  # noqa: F401  (importing connects the signals)
        from pages.search import indexing

        frame_cache.connect()
        image_form.connect()
        indexing.connect()
