"""/images/ and /documents/: the library's public pictures in ready sizes, and its public files."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef
from django.http import Http404, HttpRequest
from ninja import Field, Query, Schema
from wagtail.models import CollectionViewRestriction

from clinic.api.answers import Answer
from clinic.api.pagination import Listing, Paging, paged
from clinic.api.pictures import SetName, filter_specs, picture_fields
from clinic.api.schemas import media as shapes
from clinic.api.withdrawn import documents, images
from pages.models import ClinicDocument, ClinicImage


def public(model: Any) -> Any:
    """Images or documents outside restricted collections, in one query: an answer must not depend on who asks."""
    asked_for = ExpressionWrapper(OuterRef("collection__path"), output_field=CharField())
    restrictions = CollectionViewRestriction.objects.alias(asked_for=asked_for)
    return model.objects.filter(~Exists(restrictions.filter(asked_for__startswith=F("collection__path"))))


class MediaFilters(Schema):
    """Which images or documents."""

    search: str = Field("", max_length=200, description="Words of the title.")
    tag: list[str] = Field([], max_length=20)

    def apply(self, rows: Any) -> Any:
        """Narrows ``rows``."""
        if self.search.strip():
            rows = rows.filter(title__icontains=self.search.strip())
        if self.tag:
            rows = rows.filter(tags__name__in=self.tag).distinct()
        return rows.order_by("-created_at", "-pk")


class PictureSet(Schema):
    """Which sizes."""

    set: SetName = Field("content", description="The set of sizes that the image is for.")


def _image(image: ClinicImage, request: HttpRequest, sizes: str) -> shapes.ImageRecord:
    return shapes.ImageRecord(
        **picture_fields(image, request, sizes),
        title=image.title,
        licence=image.licence,
        created_at=image.created_at,
        tags=sorted(tag.name for tag in image.tags.all()),
    )


@images.get(
    "/",
    response=Listing[shapes.ImageRecord],
    url_name="image_list",
    operation_id="images_list",
    summary="List images",
)
def list_images(
    request: HttpRequest, filters: Query[MediaFilters], sizes: Query[PictureSet], paging: Query[Paging]
) -> dict[str, Any]:
    """Images outside restricted collections, newest first, each in the sizes of one set."""
    rows = filters.apply(public(ClinicImage)).prefetch_related("tags").prefetch_renditions(*filter_specs(sizes.set))
    return paged(request, rows, paging, lambda page: [_image(one, request, sizes.set) for one in page])


@images.get(
    "/{image_id}/",
    response=shapes.ImageRecord,
    url_name="image_detail",
    operation_id="images_detail",
    summary="One image",
)
def get_image(request: HttpRequest, image_id: int, sizes: Query[PictureSet]) -> shapes.ImageRecord:
    """An image by its number, in the sizes of one set."""
    rows = public(ClinicImage).prefetch_related("tags").prefetch_renditions(*filter_specs(sizes.set))
    image = rows.filter(pk=image_id).first()
    if image is None:
        raise Http404(f"There is no public image with the number {image_id}.")
    return _image(image, request, sizes.set)


@documents.get(
    "/",
    response=Listing[shapes.Document],
    url_name="document_list",
    operation_id="documents_list",
    summary="List documents",
)
def list_documents(request: HttpRequest, filters: Query[MediaFilters], paging: Query[Paging]) -> dict[str, Any]:
    """Files outside restricted collections, newest first."""
    answer = Answer(request)
    return paged(
        request, filters.apply(public(ClinicDocument)), paging, lambda page: [answer.document(one) for one in page]
    )


@documents.get(
    "/{document_id}/",
    response=shapes.Document,
    url_name="document_detail",
    operation_id="documents_detail",
    summary="One document",
)
def get_document(request: HttpRequest, document_id: int) -> shapes.Document:
    """A file by its number."""
    document = public(ClinicDocument).filter(pk=document_id).first()
    if document is None:
        raise Http404(f"There is no public document with the number {document_id}.")
    return Answer(request).document(document)
