"""Uploaded pictures: upright, without the camera's notes, and not touched without need."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from wagtail.models import UploadedFile

from pages.models import ClinicImage, HomePage, StandardPage
from tests.pages import site

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
    file.seek(0)
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


def moving(kind: str) -> bytes:
    """Two frames with a note, and a place where the format has room for one."""
    file = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera Co"
    exif.get_ifd(0x8825).update(PLACE)
    options: dict[str, Any] = {"comment": b"Secret Camera Co"} if kind == "GIF" else {"exif": exif}
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=120, loop=0, **options)
    return file.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "name"), [("GIF", "a.gif"), ("WEBP", "a.webp")])
def test_a_moving_picture_loses_its_notes_and_goes_on_moving(kind: str, name: str) -> None:
    assert b"Secret Camera" in moving(kind)
    image = ClinicImage.objects.create(title="Wave", file=ImageFile(io.BytesIO(moving(kind)), name=name))
    data = stored(image)
    assert b"Secret Camera" not in data
    picture = Image.open(io.BytesIO(data))
    assert picture.n_frames == 2
    assert not picture.getexif()
    picture.seek(1)
    assert picture.convert("RGB").getpixel((4, 4))[2] > 200, "the second frame is still blue"
    assert picture.info["duration"] == 120


# --- In the admin -----------------------------------------------------------------------------------------------


@pytest.fixture
def editor(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("editor", "editor@clinic.example", "a pass phrase for tests"))
    return client


def upload(name: str = "room.jpg", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photograph().read() if data is None else data, content_type="image/jpeg")


def test_a_picture_without_words_is_refused_unless_it_is_decorative(editor: Client) -> None:
    response = editor.post("/admin/images/add/", {"title": "Room", "file": upload()})
    assert "for people who can’t see it" in response.content.decode()
    assert not ClinicImage.objects.exists()
    editor.post("/admin/images/add/", {"title": "Room", "file": upload(), "description": "The infusion room"})
    editor.post("/admin/images/add/", {"title": "Leaf", "file": upload(), "is_decorative": "on"})
    assert [image.title for image in ClinicImage.objects.order_by("pk")] == ["Room", "Leaf"]
    assert b"Secret Camera" not in stored(ClinicImage.objects.get(title="Room"))


@pytest.mark.parametrize("data", [b"\xff\xd8\xff\xe0broken", b"<svg onload=alert(1)>", b""])
def test_a_file_that_is_no_picture_is_refused_beside_its_field(editor: Client, data: bytes) -> None:
    response = editor.post("/admin/images/add/", {"title": "Room", "file": upload(data=data), "is_decorative": "on"})
    assert response.status_code == 200
    assert not ClinicImage.objects.exists()


def test_a_truncated_photograph_is_refused_beside_its_field(editor: Client) -> None:
    whole = photograph().read()
    response = editor.post(
        "/admin/images/add/", {"title": "R", "file": upload(data=whole[:-120]), "is_decorative": "on"}
    )
    assert response.status_code == 200
    assert "can’t be read as a picture" in response.content.decode()


def test_pictures_uploaded_together_wait_clean_until_they_are_described(editor: Client) -> None:
    response = editor.post("/admin/images/multiple/add/", {"title": "Room", "files[]": upload()})
    assert response.json()["success"] and not ClinicImage.objects.exists()
    waiting = UploadedFile.objects.get()
    with waiting.file.open() as file:
        assert b"Secret Camera" not in file.read()
    prefix = f"uploaded-image-{waiting.pk}"
    words = {f"{prefix}-title": "Room", f"{prefix}-description": "The infusion room", f"{prefix}-collection": "1"}
    editor.post(f"/admin/images/multiple/create_from_uploaded_image/{waiting.pk}/", words)
    assert ClinicImage.objects.get().description == "The infusion room"


# --- On the page ------------------------------------------------------------------------------------------------


@pytest.fixture
def about(db: None) -> StandardPage:
    """A page with one picture of 1600 by 1000 pixels."""
    site.home()
    file = io.BytesIO()
    Image.new("RGB", (1600, 1000), "teal").save(file, "JPEG")
    image = ClinicImage.objects.create(
        title="Room", description="The infusion room", file=ImageFile(file, name="room.jpg")
    )
    made = StandardPage(title="About", slug="about", body=[("image", {"image": image, "caption": "Our room"})])
    HomePage.objects.get().add_child(instance=made)
    return made


def test_a_picture_comes_in_new_formats_and_sizes_with_its_measures(client: Client, about: StandardPage) -> None:
    body = client.get("/about/").content.decode()
    assert body.count("<source ") == 2 and 'type="image/avif"' in body and 'type="image/webp"' in body
    assert "480w" in body and "1200w" in body and 'sizes="' in body
    tag = body[body.index("<img ", body.index("<picture>")) :]
    tag = tag[: tag.index(">")]
    assert 'alt="The infusion room"' in tag and 'loading="lazy"' in tag
    assert 'width="' in tag and 'height="' in tag
    assert "style=" not in tag


def test_a_picture_whose_file_is_gone_leaves_the_page_standing(client: Client, about: StandardPage) -> None:
    image = ClinicImage.objects.get()
    image.file.storage.delete(image.file.name)
    response = client.get("/about/")
    assert response.status_code == 200
    assert "About" in response.content.decode()


def test_a_page_whose_sharing_picture_is_gone_shares_the_drawn_one(client: Client, about: StandardPage) -> None:
    image = ClinicImage.objects.get()
    StandardPage.objects.update(social_image=image)
    assert "/images/" in client.get("/about/").content.decode().split('og:image" content="')[1][:80]
    image.renditions.all().delete()
    image.file.storage.delete(image.file.name)
    assert f"/social/{about.pk}.png" in client.get("/about/").content.decode()
