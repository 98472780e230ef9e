"""/api/v2/: Wagtail's stable read API (pages, images, documents) for existing tools, with the same privacy."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.utils import BadRequestError
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images.api.v2.views import ImagesAPIViewSet

from clinic.api.publicpages import public_pages
from clinic.api.routers.media import public
from pages.models import ClinicDocument, ClinicImage

#: Digits.
LONGEST_OFFSET = 9


class ReadOnly:
    """JSON alone: no browsable pages, no log-in, no cookie that counts; bad parameters are refused in words."""

    renderer_classes = [JSONRenderer]
    authentication_classes: list[Any] = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuses values that Wagtail hands to the database or to its search as they are."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        asked = request.query_params
        if any("\x00" in value for values in asked.lists() for value in values[1]):
            raise BadRequestError("null characters are not allowed")
        if len(asked.get("offset", "")) > LONGEST_OFFSET:
            raise BadRequestError("offset is too large")
        if asked.get("search_operator", "and") not in {"and", "or"}:
            raise BadRequestError("search_operator must be either 'and' or 'or'")

    def handle_exception(self, exc: Exception) -> Response:
        """Words for a filter's value that its field cannot have, too."""
        if isinstance(exc, ValidationError):
            exc = BadRequestError(f"field filter error. {' '.join(exc.messages)}")
        response: Response = super().handle_exception(exc)  # type: ignore[misc]
        return response


def searchable(rows: Any) -> Any:
    """The same rows by their keys alone: Wagtail's search does not understand how they were chosen."""
    return rows.model.objects.filter(pk__in=rows.order_by().values("pk")).order_by("pk")


class PublicPages(ReadOnly, PagesAPIViewSet):
    """Live pages of the site that anyone may open."""

    # Which site answers is a matter of the address asked, never of a parameter.
    known_query_parameters = PagesAPIViewSet.known_query_parameters - {"site"}

    @classmethod
    def get_body_fields(cls, model: Any) -> Any:
        """Number and title: what stands in the columns that tokens write is given, with its sources, by v3 alone."""
        return cls._convert_api_fields(cls.body_fields)

    def get_base_queryset(self) -> Any:
        """Public pages only, whoever asks."""
        return searchable(public_pages(self.request))


class PublicImages(ReadOnly, ImagesAPIViewSet):
    """Images outside restricted collections."""

    def get_queryset(self) -> Any:
        """Public images only, whoever asks."""
        return searchable(public(ClinicImage))


class PublicDocuments(ReadOnly, DocumentsAPIViewSet):
    """Documents outside restricted collections."""

    def get_queryset(self) -> Any:
        """Public documents only, whoever asks."""
        return searchable(public(ClinicDocument))


api = WagtailAPIRouter("wagtailapi_v2")
api.register_endpoint("pages", PublicPages)
api.register_endpoint("images", PublicImages)
api.register_endpoint("documents", PublicDocuments)
