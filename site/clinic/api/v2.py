"""/api/v2/: Wagtail's stable read API (pages, images, documents) for existing tools, with the same privacy."""

from __future__ import annotations

from typing import Any

from rest_framework.renderers import JSONRenderer
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images.api.v2.views import ImagesAPIViewSet

from clinic.api.publicpages import public_pages
from clinic.api.routers.media import public
from pages.models import ClinicDocument, ClinicImage


class ReadOnly:
    """JSON alone: no browsable pages, no log-in, no cookie that counts."""

    renderer_classes = [JSONRenderer]
    authentication_classes: list[Any] = []


class PublicPages(ReadOnly, PagesAPIViewSet):
    """Live pages of the site that anyone may open."""

    # Which site answers is a matter of the address asked, never of a parameter.
    known_query_parameters = PagesAPIViewSet.known_query_parameters - {"site"}

    def get_base_queryset(self) -> Any:
        """Public pages only, whoever asks."""
        return public_pages(self.request).order_by("pk")


class PublicImages(ReadOnly, ImagesAPIViewSet):
    """Images outside restricted collections."""

    def get_queryset(self) -> Any:
        """Public images only, whoever asks."""
        return public(ClinicImage).order_by("pk")


class PublicDocuments(ReadOnly, DocumentsAPIViewSet):
    """Documents outside restricted collections."""

    def get_queryset(self) -> Any:
        """Public documents only, whoever asks."""
        return public(ClinicDocument).order_by("pk")


api = WagtailAPIRouter("wagtailapi_v2")
api.register_endpoint("pages", PublicPages)
api.register_endpoint("images", PublicImages)
api.register_endpoint("documents", PublicDocuments)
