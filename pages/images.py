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
MOVING = ("transparency", "duration", "loop", "background", "disposal", "blend", "timestamp")
# A picture that must be written anew is written at a quality whose loss nobody sees.
WRITTEN_AS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 92, "optimize": True, "progressive": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 92, "method": 6},
    "AVIF": {"quality": 88},
    "GIF": {},
}


def cleaned(upload: File[bytes]) -> ContentFile[bytes] | None:
    """Returns the picture upright and without notes, under its own name; None when there is nothing to change.

    HEIC, which browsers do not show, becomes JPEG. Moving pictures stay moving. Raises ValidationError for a file that
    is no picture, or one whose notes cannot be taken out.
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
    if kind == picture.format and not _tells(picture):
        return None
    if kind not in WRITTEN_AS:
        raise ValidationError(_("Save the picture as JPEG, PNG or WebP, and try again."))
    data = _written(picture, kind)
    if _tells(Image.open(io.BytesIO(data))):
        raise ValidationError(
            _("The camera’s notes in this file can’t be taken out. Save it as a new JPEG or PNG, and try again.")
        )
    name = PurePath(upload.name or "picture")
    return ContentFile(data, name=str(name.with_suffix(".jpg") if kind != picture.format else name))


def _written(picture: Image.Image, kind: str) -> bytes:
    """Returns the picture's file, written anew with nothing but its pixels and their colour profile."""
    options = dict(WRITTEN_AS[kind])
    if profile := picture.info.get("icc_profile"):
        options["icc_profile"] = profile
    if getattr(picture, "n_frames", 1) > 1 and kind == picture.format:
        # Moving pictures are made by programs, not held by hands: there is nothing to turn.
        result, options["save_all"] = picture, True
        result.info = {key: value for key, value in picture.info.items() if key in MOVING}
    else:
        result = ImageOps.exif_transpose(picture)
        if kind == picture.format == "JPEG" and picture.getexif().get(ORIENTATION, 1) == 1:
            result, options["quality"] = picture, "keep"
            options.pop("progressive")
        if kind == "JPEG" and result.mode not in {"RGB", "L", "CMYK"}:
            result = result.convert("RGB")
        result.info = {key: value for key, value in result.info.items() if key in {"transparency", "gamma"}}
    written = io.BytesIO()
    result.save(written, kind, **({"exif": b""} if kind != "GIF" else {}), **options)
    return written.getvalue()


def _tells(picture: Image.Image) -> bool:
    """Whether the file holds anything about its making."""
    applications = {name for name, _data in getattr(picture, "applist", [])}
    has_text = any(picture.info.get(key) for key in NOTES) or bool(getattr(picture, "text", None))
    return bool(picture.getexif()) or has_text or bool(applications & {"APP1", "APP13"})
