"""Uploaded pictures: upright, without the camera's notes, and not touched without need."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from PIL import Image

from pages.models import ClinicImage

PLACE = {1: "N", 2: (33.0, 49.0, 49.0), 3: "W", 4: (116.0, 32.0, 43.0)}


def photograph(kind: str = "JPEG", orientation: int = 6, name: str = "room.jpg") -> ImageFile:
    """40 by 20 pixels, left half red, with a place, a device and an orientation in its EXIF."""
    picture = Image.new("RGB", (40, 20), "blue")
    picture.paste("red", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Secret Camera Co"
    exif.get_ifd(0x8825).update(PLACE)
    file = io.BytesIO()
    picture.save(file, kind, exif=exif)
    return ImageFile(file, name=name)


def stored(image: ClinicImage) -> bytes:
    with image.file.open() as file:
        data: bytes = file.read()
    return data


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp"), ("AVIF", "a.avif")]
)
def test_an_upload_is_stored_upright_and_without_its_place(kind: str, name: str) -> None:
    image = ClinicImage.objects.create(title="Room", file=photograph(kind, name=name))
    data = stored(image)
    assert b"Secret Camera" not in data
    picture = Image.open(io.BytesIO(data))
    assert not picture.getexif()
    assert picture.format == kind
    assert (image.width, image.height) == picture.size == (20, 40), "turned as the camera was held"
    assert image.file_size == len(data)


@pytest.mark.django_db
def test_a_picture_from_a_phone_becomes_one_that_browsers_show() -> None:
    image = ClinicImage.objects.create(title="Room", file=photograph("HEIF", orientation=1, name="IMG_1.heic"))
    assert image.filename.endswith(".jpg")
    assert Image.open(io.BytesIO(stored(image))).format == "JPEG"
    assert b"Secret Camera" not in stored(image)


@pytest.mark.django_db
def test_a_clean_picture_is_not_written_anew() -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(file, "PNG")
    image = ClinicImage.objects.create(title="Leaf", file=ImageFile(file, name="leaf.png"))
    assert stored(image) == file.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("data", [b"", b"not a picture", b"\xff\xd8\xff\xe0broken", b"GIF89a"])
def test_a_broken_file_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(ValidationError, match="can’t be read as a picture"):
        ClinicImage(title="Broken", width=1, height=1, file=ContentFile(data, name="x.jpg")).save()
