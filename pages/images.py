"""What happens to a picture when it is uploaded: turned upright, and rid of what the camera wrote into it.

Cameras store where and when a photograph was taken and by which device (EXIF, XMP, IPTC). None of that may leave the
clinic with a picture of its rooms or staff. The colours' profile is kept.
"""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import Any

import pillow_heif
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

pillow_heif.register_heif_opener()

ORIENTATION = 0x0112  # EXIF 2.32, tag 274
NOTES = ("exif", "xmp", "XML:com.adobe.xmp", "photoshop", "comment", "adobe_transform_comment")
# A picture that must be written anew is written at a quality whose loss nobody sees.
WRITTEN_AS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 92, "optimize": True, "progressive": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 92, "method": 6},
    "AVIF": {"quality": 88},
}


def cleaned(upload: File[bytes]) -> ContentFile[bytes] | None:
    """Returns the picture upright and without notes, under its own name; None when there is nothing to change.

    HEIC, which browsers do not show, becomes JPEG. Moving pictures are left alone. Raises ValidationError for a file
    that is no picture.
    """
    upload.seek(0)
    try:
        picture = Image.open(upload)
        picture.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValidationError(
            _("This file can’t be read as a picture. Open it on your computer, save it as JPEG or PNG, and try again.")
        ) from error
    finally:
        upload.seek(0)
    kind = "JPEG" if picture.format in {"HEIF", "MPO"} else picture.format or ""
    if kind not in WRITTEN_AS or (getattr(picture, "n_frames", 1) > 1 and picture.format not in {"HEIF", "MPO"}):
        return None
    if kind == picture.format and not _tells(picture):
        return None
    upright = ImageOps.exif_transpose(picture)
    options: dict[str, Any] = dict(WRITTEN_AS[kind])
    if kind == "JPEG" and picture.format == "JPEG" and picture.getexif().get(ORIENTATION, 1) == 1:
        upright, options = picture, {"quality": "keep"}
    if kind == "JPEG" and upright.mode not in {"RGB", "L", "CMYK"}:
        upright = upright.convert("RGB")
    if profile := picture.info.get("icc_profile"):
        options["icc_profile"] = profile
    upright.info = {key: value for key, value in upright.info.items() if key in {"transparency", "gamma"}}
    written = io.BytesIO()
    upright.save(written, kind, exif=b"", **options)
    name = PurePath(upload.name or "picture")
    return ContentFile(written.getvalue(), name=str(name.with_suffix(".jpg") if kind != picture.format else name))


def _tells(picture: Image.Image) -> bool:
    """Whether the file holds anything about its making."""
    applications = {name for name, _data in getattr(picture, "applist", [])}
    has_text = any(key in picture.info for key in NOTES) or bool(getattr(picture, "text", None))
    return bool(picture.getexif()) or has_text or bool(applications & {"APP1", "APP13"})
