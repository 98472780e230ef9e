"""Blocks of pictures, films and files. Nothing here is fetched from another site."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock

VIDEO_TYPES = {"mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm"}


class ImageBlock(blocks.StructBlock):
    """A picture with alternative text or a plain statement that it is decorative, and a caption."""

    image = ImageChooserBlock(label=_("Picture"))
    alt_text = blocks.CharBlock(
        label=_("Description for people who can’t see it"),
        required=False,
        max_length=255,
        help_text=_("What the picture says here. Left empty, the description stored with the picture is used."),
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=255)

    def clean(self, value: Any) -> Any:
        """Refuses a picture that has no words and is not said to be decorative."""
        cleaned = super().clean(value)
        image = cleaned.get("image")
        if image and not (cleaned.get("alt_text") or image.description or image.is_decorative):
            raise StructBlockValidationError(
                block_errors={
                    "alt_text": ValidationError(
                        _("Describe the picture here, or open it in Images and tick “decorative”.")
                    )
                }
            )
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Adds the alternative text: the block's, else the picture's, none for a decorative one."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        image = value.get("image")
        context["alt"] = value.get("alt_text") or (image.alt if image else "")
        return context

    def get_preview_value(self) -> Any:
        """The newest picture of the library, as it would stand in a page."""
        newest = get_image_model()._default_manager.order_by("-created_at").first()
        return self.normalize({"image": newest, "caption": _("The caption stands under the picture.")})

    def get_preview_template(self, value: Any, context: dict[str, Any] | None = None) -> str:
        """A clinic without pictures yet sees a drawing in the place of one."""
        return self.DEFAULT_PREVIEW_TEMPLATE if value["image"] else "pages/admin/no_picture_preview.html"

    class Meta:
        icon = "image"
        label = _("Picture")
        label_format = "{caption}"
        template = "components/blocks/image.html"
        description = _("A photograph of the clinic or its people. No stock photos, please.")


class VideoBlock(blocks.StructBlock):
    """A film from our own files that loads nothing until it is played, or a plain link to one elsewhere."""

    title = blocks.CharBlock(label=_("Title"), max_length=120)
    film = DocumentChooserBlock(
        label=_("Video"), required=False, help_text=_("An MP4 or WebM file. It is loaded only when somebody plays it.")
    )
    captions = DocumentChooserBlock(label=_("Captions"), required=False, help_text=_("A WebVTT file (.vtt)."))
    poster = ImageChooserBlock(label=_("Still picture"), required=False)
    link = blocks.URLBlock(
        label=_("Or address of a video elsewhere"),
        required=False,
        help_text=_("Shown as a link that names the site. Nothing is loaded from there."),
    )
    transcript = blocks.RichTextBlock(
        label=_("Transcript"), required=False, features=["bold", "italic", "link", "ul", "ol"]
    )

    def clean(self, value: Any) -> Any:
        """Wants a film or a link, the right kinds of file, and words for people who can't hear it."""
        cleaned = super().clean(value)
        errors = {}
        film, captions = cleaned.get("film"), cleaned.get("captions")
        if bool(film) == bool(cleaned.get("link")):
            errors["film"] = ValidationError(_("Choose a video of ours or give an address, one of the two."))
        if film:
            errors |= _wrong_file("film", film, list(VIDEO_TYPES))
            if not (captions or cleaned.get("transcript")):
                errors["captions"] = ValidationError(_("Add captions or a transcript, for people who can’t hear it."))
        if captions:
            errors |= _wrong_file("captions", captions, ["vtt"])
        if errors:
            raise StructBlockValidationError(block_errors=errors)
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Adds the media type of the film."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        film = value.get("film")
        context["media_type"] = VIDEO_TYPES.get(film.file_extension.lower(), "video/mp4") if film else ""
        return context

    class Meta:
        icon = "media"
        label = _("Video")
        label_format = "{title}"
        template = "components/blocks/video.html"
        description = _("Loads nothing until a visitor plays it.")
        preview_value = {"title": "A walk through the clinic", "link": "https://video.example/walk"}


class DocumentBlock(blocks.StructBlock):
    """A file to download, with its kind and size said before the click."""

    document = DocumentChooserBlock(label=_("File"))
    text = blocks.CharBlock(
        label=_("Link text"), required=False, max_length=120, help_text=_("Left empty, the file’s title is used.")
    )

    def get_preview_value(self) -> Any:
        """The newest file of the library, or one that could be in it."""
        documents = get_document_model()
        newest = documents._default_manager.order_by("-created_at").first()
        sample = documents(pk=0, title=_("The form for your doctor"), file="form.pdf", file_size=184_320)
        return self.normalize({"document": newest or sample, "text": ""})

    class Meta:
        icon = "doc-full-inverse"
        label = _("Download")
        template = "components/blocks/document.html"
        description = _("A file to download, with its kind and size.")


def _wrong_file(name: str, document: Any, allowed: list[str]) -> dict[str, ValidationError]:
    try:
        FileExtensionValidator(allowed)(document.file)
    except ValidationError as error:
        return {name: error}
    return {}
