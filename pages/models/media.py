"""Images and documents: Wagtail's own, with the fields a clinic needs and private storage for documents."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from pages import images


def private_storage() -> Storage:
    """The storage whose files are never reachable by a public address."""
    return storages["private"]


class ClinicImage(AbstractImage):
    """An image with written alternative text (Wagtail's description) or a plain statement that it is decorative."""

    file: Any  # Wagtail's image file

    # Not "decorative": Wagtail sets an attribute of that name on every image it makes.
    is_decorative = models.BooleanField(
        _("decorative"),
        default=False,
        help_text=_("Tick only if the picture adds nothing that a listener would miss. Otherwise write a description."),
    )
    credit = models.CharField(_("credit"), max_length=200, blank=True)
    licence = models.CharField(_("license"), max_length=200, blank=True)

    admin_form_fields = (
        *("title", "file", "description", "is_decorative", "credit", "licence"),
        *(name for name in Image.admin_form_fields if name not in {"title", "file", "description"}),
    )

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")
        permissions = [("choose_image", "Can choose image")]

    @property
    def alt(self) -> str:
        """Its words for people who can't see it; none for a decorative one."""
        return "" if self.is_decorative else self.description

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new file is turned upright and loses what the camera wrote into it, before it is ever stored."""
        file: Any = getattr(self, "file")  # noqa: B009  (its type is Wagtail's, which has none)
        if file and not file._committed:
            new = images.cleaned(file)
            if new is not None:
                self.file = new
                self._set_image_file_metadata()
        super().save(*args, **kwargs)


class ClinicRendition(AbstractRendition):
    """A prepared size of an image."""

    image = models.ForeignKey(ClinicImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="pages_rendition_once_per_spec"
            )
        ]


class ClinicDocument(AbstractDocument):
    """A document on private storage, served only through Wagtail's permission check."""

    file = models.FileField(_("file"), upload_to="documents", storage=private_storage)

    admin_form_fields = Document.admin_form_fields

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        permissions = [("choose_document", "Can choose document")]
