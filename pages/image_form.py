"""The form of a picture in the admin: it wants words for people who can't see it, and a file that can be cleaned."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models.signals import pre_save
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtail.models import UploadedFile as WaitingUpload

from pages import images
from pages.models import ClinicImage

HELP = {
    "description": gettext_lazy("What it shows, in a sentence, for people who can’t see it."),
    "credit": gettext_lazy("Who took or drew it. Shown under the picture."),
    "licence": gettext_lazy("What allows you to use it, e.g. our own, or CC BY 4.0. For your records."),
}


class PictureField(WagtailImageField):
    """Wagtail's file field, which lets some broken files through to an error (a photograph cut off, a bad header)."""

    def to_python(self, data: Any) -> Any:
        """The upload, refused in words when it cannot be read, or when its notes cannot be taken out."""
        if isinstance(data, UploadedFile):
            images.cleaned(data)
            data.seek(0)
        return super().to_python(data)


class ClinicImageForm(BaseImageForm):
    """Wagtail's image form (setting WAGTAILIMAGES_IMAGE_FORM_BASE)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            # Wagtail makes the field and offers no place to choose its class.
            self.fields["file"].__class__ = PictureField
        for name, help_text in HELP.items():
            if name in self.fields:
                self.fields[name].help_text = help_text

    def clean(self) -> dict[str, Any]:
        """Wants a description, or the plain statement that there is nothing to describe."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "description" in self.fields and not cleaned.get("is_decorative") and not cleaned.get("description"):
            self.add_error(
                "description",
                ValidationError(
                    _("Say what the picture shows, for people who can’t see it. If it adds nothing, tick “decorative”.")
                ),
            )
        return cleaned


def connect() -> None:
    """Starts listening; called when the app is ready."""
    pre_save.connect(_clean_waiting_upload, sender=WaitingUpload, dispatch_uid="pages-images-waiting")


def _clean_waiting_upload(instance: WaitingUpload, **kwargs: Any) -> None:
    """A picture that waits for its description stands on the disk meanwhile: it is cleaned before it gets there."""
    if instance.for_content_type.model_class() is ClinicImage and not instance.file._committed:
        new = images.cleaned(instance.file)
        if new is not None:
            instance.file = new
