"""Two files that every page of the admin waits for, blank, until they have come. Wagtail makes both anew for each page.

The browser keeps them here. The words of scripts depend on the person's language, so they are kept for minutes only;
the icons' address changes with the icons.
"""

from django.urls import URLPattern, path
from django.views.decorators.cache import cache_control
from wagtail.admin.views.home import sprite
from wagtail.admin.views.i18n import localized_js_catalog

MINUTES, YEAR = 600, 365 * 24 * 3600  # seconds

#: To stand before Wagtail's own addresses of the same names.
urlpatterns: list[URLPattern] = [
    path("jsi18n/", cache_control(private=True, max_age=MINUTES)(localized_js_catalog)),
    path("sprite/", cache_control(private=True, max_age=YEAR, immutable=True)(sprite)),
]
