"""Puts the importer into the admin: its addresses and its item in the Research menu."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from research.importing import views

urlpatterns = [
    path("", views.start, name="start"),
    path("look-up/", views.look_up, name="look_up"),
    path("export/<slug:format_name>/", views.export, name="export"),
    path("<int:pk>/", views.review, name="review"),
    path("<int:pk>/run/", views.run, name="run"),
    path("<int:pk>/report/", views.report, name="report"),
    path("<int:pk>/discard/", views.discard, name="discard"),
]


@hooks.register("register_admin_urls")
def importer_urls() -> list[URLPattern | URLResolver]:
    """The importer's pages, below the admin's own address."""
    return [path("research/import/", include((urlpatterns, "research_import")))]


class ImportMenuItem(MenuItem):
    """Shown to whoever may import."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether this person may import."""
        return views.may_import(request.user)


@hooks.register("register_research_menu_item")
def importer_menu_item() -> Any:
    """The item in the Research menu."""
    return ImportMenuItem(
        _("Import"), reverse("research_import:start"), name="research-import", icon_name="download", order=400
    )
