"""Blocks and pages made from the admin alone, by the marketing user, and what the admin refuses."""

from __future__ import annotations

import io
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail.blocks import StreamBlock, StructBlock
from wagtail.models import Page, get_page_models
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from pages.blocks import BODY_BLOCKS, QUESTION_GROUPS, ROW_BLOCKS
from pages.models import (
    Announcement,
    ClinicDocument,
    ClinicImage,
    ClinicSettings,
    ConditionIndexPage,
    ConditionPage,
    HeaderLink,
    HomePage,
    ResearchPage,
    StandardPage,
)
from pages.theme import stylesheet

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def marketing(client: Client) -> Client:
    client.force_login(User.objects.get(username="marketing"))
    return client


def picture(**fields: Any) -> ClinicImage:
    file = io.BytesIO()
    Image.new("RGB", (1200, 800), "green").save(file, "JPEG")
    values = {"title": "Room", "description": "A bright room with two chairs", **fields}
    image: ClinicImage = ClinicImage.objects.create(file=ImageFile(file, name="room.jpg"), **values)
    return image


def document(name: str = "pack.pdf") -> ClinicDocument:
    made: ClinicDocument = ClinicDocument.objects.create(title="Pack", file=ContentFile(b"%PDF-1.4", name=name))
    return made


@pytest.mark.parametrize(("name", "block"), [*ROW_BLOCKS, *QUESTION_GROUPS, *BODY_BLOCKS])
def test_every_block_explains_and_shows_itself_before_it_is_chosen(marketing: Client, name: str, block: Any) -> None:
    assert block.meta.template
    assert name == "row" or block.get_description()
    response = marketing.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    assert response.status_code == 200
    assert "pages/site" in response.content.decode()
    shown = BeautifulSoup(response.content, "html5lib").main
    assert shown is not None and len(shown.get_text(strip=True)) > 10, "an empty preview shows nothing"


def test_blocks_of_files_show_what_the_library_holds_and_stand_in_for_it(marketing: Client) -> None:
    def shown(name: str) -> str:
        block = dict(BODY_BLOCKS)[name]
        return marketing.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix}).content.decode()

    assert "<svg" in shown("image") and "The caption stands" in shown("image")
    assert "form.pdf" in shown("document") and "180.0" in shown("document")
    picture(), document()
    assert "<picture>" in shown("image")
    assert ">Pack</a>" in shown("document")


def every_block() -> list[tuple[str, Any]]:
    call = Page.objects.get(slug="schedule-a-call")
    return [
        ("heading", "What to bring"),
        ("text", rich_text("<p>A <b>list</b> of medicines.</p>")),
        ("callout", {"kind": "warning", "title": "Mind this", "text": rich_text("<p>Please.</p>")}),
        ("quote", {"text": "We say no rather than guess.", "who": "Dana", "where": "Nurse"}),
        (
            "table",
            {
                "column-count": "2",
                "row-count": "1",
                "column-0-type": "text",
                "column-0-heading": "What",
                "column-0-order": "0",
                "column-0-deleted": "",
                "column-1-deleted": "",
                "row-0-deleted": "",
                "column-1-type": "text",
                "column-1-heading": "Price",
                "column-1-order": "1",
                "row-0-order": "0",
                "cell-0-0": "A call",
                "cell-0-1": "Free",
                "caption": "Prices",
            },
        ),
        ("image", {"image": picture().pk, "alt_text": "", "caption": "The quiet room"}),
        (
            "video",
            {
                "title": "A walk",
                "film": "",
                "captions": "",
                "poster": "",
                "link": "https://video.example/w",
                "transcript": rich_text(""),
            },
        ),
        ("document", {"document": document().pk, "text": "The pack"}),
        ("steps", listed({"title": "The call", "text": rich_text("<p>We call.</p>")})),
        ("questions", listed({"question": "Can I drive?", "answer": rich_text("<p>No.</p>")})),
        ("people", ""),
        ("contact", ""),
        ("cta", {"title": "Ready?", "text": "", "label": "Schedule a call", "page": call.pk}),
    ]


def listed(*items: dict[str, Any]) -> dict[str, Any]:
    """A list block as the editor's form sends it."""
    data: dict[str, Any] = {"count": str(len(items))}
    for place, item in enumerate(items):
        data |= {f"{place}-deleted": "", f"{place}-order": str(place), f"{place}-type": "item", f"{place}-id": ""}
        data[f"{place}-value"] = item
    return data


def test_a_page_with_every_block_is_made_and_published_from_the_admin(marketing: Client) -> None:
    home = Page.objects.get(depth=2)
    blocks = every_block()
    assert {name for name, _value in blocks} == {name for name, _block in BODY_BLOCKS}
    form = {
        "title": "Our rooms",
        "slug": "our-rooms",
        "summary": "Quiet.",
        "body": streamfield(blocks),
        "action-publish": "1",
    }
    address = reverse("wagtailadmin_pages:add", args=["pages", "standardpage", home.pk])
    response = marketing.post(address, nested_form_data(form))
    assert response.status_code == 302, response.context["form"].errors if response.context else response
    page = StandardPage.objects.get(slug="our-rooms")
    assert [block.block_type for block in page.body] == [name for name, _value in blocks]
    shown = Client().get(page.get_url()).content.decode()
    for words in (
        "What to bring",
        "Mind this",
        "The quiet room",
        "video.example",
        "The pack",
        "Can I drive?",
        "Jordan Sample",
        "Ready?",
    ):
        assert words in shown, words
    assert 'type="image/avif"' in shown
    assert 'type="image/webp"' in shown
    assert 'alt="A bright room with two chairs"' in shown
    assert 'loading="lazy"' in shown


def test_a_condition_page_is_made_from_the_admin(marketing: Client) -> None:
    index = Page.objects.get(slug="conditions")
    empty = inline_formset([])
    form = {
        "title": "Chronic migraine",
        "slug": "chronic-migraine",
        "summary": "What it is.",
        "signs_heading": "Signs",
        "how_it_may_work": rich_text("<p>Nobody knows.</p>"),
        "regulatory_note": rich_text("<p>Off label.</p>"),
        "at_a_glance": streamfield([("row", {"label": "What it is", "text": rich_text("<p>A headache.</p>")})]),
        "who_it_may_suit": streamfield([]),
        "body": streamfield([]),
        "facts": empty,
        "warning_signs": inline_formset([{"text": "A one-sided headache"}]),
        "questions": inline_formset([{"question": "Does it last?", "answer": rich_text("<p>Hours.</p>")}]),
    }
    address = reverse("wagtailadmin_pages:add", args=["pages", "conditionpage", index.pk])
    response = marketing.post(address, nested_form_data(form))
    assert response.status_code == 302, response.context["form"].errors if response.context else response
    page = ConditionPage.objects.get(slug="chronic-migraine")
    assert not page.live, "a draft until somebody publishes it"
    assert page.get_latest_revision_as_object().questions.get().question == "Does it last?"


ROWS = streamfield([("row", {"label": "By car", "text": rich_text("<p>Park behind.</p>")})])
BODY = streamfield([("heading", "Forms"), ("text", rich_text("<p>Encrypted.</p>"))])
GROUP = {
    "heading": "Before",
    "introduction": "",
    "questions": listed({"question": "Can I drive?", "answer": rich_text("<p>No.</p>")}),
}
#: What the marketing user fills in for a page of each type, and words that visitors then read.
PAGES: dict[str, tuple[dict[str, Any], str]] = {
    "homepage": (
        {
            "promise": "Careful treatment",
            "lede": "What we do.",
            "visit_steps": ROWS,
            "plain_figures": streamfield([]),
            "body": BODY,
            "cards": inline_formset([]),
        },
        "Careful treatment",
    ),
    "conditionindexpage": ({"introduction": "What we treat."}, "What we treat."),
    "researchpage": (
        {"summary": "Studies.", "how_we_choose": rich_text("<p>Trials first.</p>"), "cards": inline_formset([])},
        "Trials first.",
    ),
    "professionalspage": (
        {
            "summary": "Criteria.",
            **dict.fromkeys(
                ("what_it_is", "regulatory_note", "mechanism_introduction", "next_steps"),
                rich_text("<p>An anesthetic.</p>"),
            ),
            "hypotheses": ROWS,
            "monitoring": streamfield([]),
            "body": streamfield([]),
            "evidence": inline_formset([]),
        },
        "An anesthetic.",
    ),
    "faqpage": ({"summary": "Short answers.", "groups": streamfield([("group", GROUP)])}, 'id="q-can-i-drive"'),
    "contactpage": (
        {
            "summary": "",
            "before_you_write": rich_text("<p>No medical details.</p>"),
            "map_link": "https://maps.example/",
            "directions": ROWS,
            "access": streamfield([]),
            "body": streamfield([]),
        },
        "Park behind.",
    ),
    "teampage": (
        {"people_heading": "Who we are", "introduction": BODY, "body": streamfield([])},
        "Jordan Sample",
    ),
    "legalpage": ({"in_force_since": "2026-01-05", "in_short": ROWS, "body": BODY}, "Jan. 5, 2026"),
}


@pytest.mark.parametrize("kind", PAGES)
def test_every_page_type_is_made_and_published_from_the_admin(marketing: Client, kind: str) -> None:
    fields, words = PAGES[kind]
    # There is one of these, and it is here already.
    for only in (ConditionIndexPage, ResearchPage):
        if only.__name__.lower() == kind:
            only.objects.get().delete()
    parent = Page.objects.get(depth=1 if kind == "homepage" else 2)
    form = {"title": "A new page", "slug": "a-new-page", **fields, "action-publish": "1"}
    address = reverse("wagtailadmin_pages:add", args=["pages", kind, parent.pk])
    assert marketing.get(address).status_code == 200
    response = marketing.post(address, nested_form_data(form))
    assert response.status_code == 302, response.context["form"].errors if response.context else response
    page = Page.objects.get(slug="a-new-page").specific
    assert page.live
    if isinstance(page, HomePage):  # it is the front page of no site yet
        assert page.promise == words
    else:
        assert words in Client().get(page.get_url()).content.decode()


def test_every_page_type_of_the_site_is_among_those_made() -> None:
    here = {model.__name__.lower() for model in get_page_models() if model._meta.app_label == "pages"}
    assert here == {*PAGES, "standardpage", "conditionpage"}


def test_two_places_with_the_same_words_are_refused(marketing: Client) -> None:
    home = Page.objects.get(depth=2)
    form = {"title": "Twice", "slug": "twice", "groups": streamfield([("group", GROUP), ("group", GROUP)])}
    response = marketing.post(
        reverse("wagtailadmin_pages:add", args=["pages", "faqpage", home.pk]),
        nested_form_data(form | {"action-publish": "1"}),
    )
    assert response.status_code == 200
    assert "stands on this page twice" in response.content.decode()


def test_a_picture_without_words_is_refused_unless_it_is_decorative() -> None:
    block = dict(BODY_BLOCKS)["image"]
    assert isinstance(block, StructBlock)
    silent, decorative = picture(description=""), picture(description="", is_decorative=True)
    with pytest.raises(ValidationError):
        block.clean(block.to_python({"image": silent.pk}))
    assert block.clean(block.to_python({"image": silent.pk, "alt_text": "Two chairs"}))
    assert 'alt=""' in block.render(block.clean(block.to_python({"image": decorative.pk})))


def test_a_film_needs_words_and_the_right_files() -> None:
    block = dict(BODY_BLOCKS)["video"]
    film, captions = document("walk.mp4"), document("walk.vtt")

    def value(**fields: Any) -> Any:
        return block.to_python({"title": "A walk", **fields})

    for wrong in (
        {},
        {"film": film.pk},
        {"film": film.pk, "link": "https://video.example/"},
        {"film": document().pk, "captions": captions.pk},
    ):
        with pytest.raises(ValidationError):
            block.clean(value(**wrong))
    shown = block.render(block.clean(value(film=film.pk, captions=captions.pk)))
    assert 'preload="none"' in shown
    assert "<iframe" not in shown


@pytest.mark.parametrize("address", ["/broken-picture/", "/broken-document/"])
def test_a_missing_file_never_breaks_a_page(client: Client, address: str) -> None:
    image, file = picture(), document()
    image.file.storage.delete(image.file.name)
    file.file.storage.delete(file.file.name)
    home = Page.objects.get(depth=2)
    body = [("image", image)] if "picture" in address else [("document", file)]
    stream = StreamBlock(BODY_BLOCKS).to_python(
        [
            {"type": kind, "value": {kind: thing.pk, "alt_text": "x"} if kind == "image" else {kind: thing.pk}}
            for kind, thing in body
        ]
    )
    page = StandardPage(title="Broken", slug=address.strip("/"), summary="", body=stream)
    home.add_child(instance=page)
    assert client.get(address).status_code == 200


def test_crisis_help_cannot_be_saved_empty(marketing: Client) -> None:
    clinic = ClinicSettings.objects.get()
    address = reverse("wagtailsettings:edit", args=["pages", "clinicsettings", clinic.site_id])
    form = {
        "name": "Clinic",
        "country": "US",
        "crisis_heading": "",
        "crisis_text": "",
        "brand_colour": "#0d5c55",
        "accent_colour": "#e9a06a",
        "crisis_lines": inline_formset([]),
        "opening_hours": inline_formset([]),
    }
    response = marketing.post(address, nested_form_data(form))
    assert response.status_code == 200
    errors = response.context["form"].errors
    assert {"crisis_heading", "crisis_text"} <= set(errors)
    assert response.context["form"].formsets["crisis_lines"].non_form_errors()
    assert ClinicSettings.objects.get().crisis_lines.exists()


@pytest.mark.parametrize("blank", ["", "   "])
def test_crisis_help_cannot_be_emptied_past_the_form(blank: str) -> None:
    clinic = ClinicSettings.objects.get()
    line = clinic.crisis_lines.all()[0]
    for thing, field in ((clinic, "crisis_heading"), (clinic, "crisis_text"), (line, "name"), (line, "phone")):
        kept = getattr(thing, field)
        setattr(thing, field, blank)
        with pytest.raises(ValidationError):
            thing.full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            thing.save()
        with pytest.raises(IntegrityError), transaction.atomic():
            type(thing).objects.update(**{field: blank})
        setattr(thing, field, kept)


def test_a_colour_that_is_none_breaks_no_page(client: Client) -> None:
    ClinicSettings.objects.update(brand_colour="red", accent_colour="#12")
    ClinicSettings.objects.get().save()
    page = client.get("/")
    assert page.status_code == 200
    assert stylesheet().hash in page.content.decode()


def test_a_changed_colour_is_told_to_the_editor(marketing: Client) -> None:
    shown = marketing.get(reverse("clinic_colours"), {"brand": "#ffff00", "accent": "#e9a06a"}).content.decode()
    assert "#ffff00 is shown darker" in shown
    assert "six digits" in marketing.get(reverse("clinic_colours"), {"brand": "red"}).content.decode()
    assert Client().get(reverse("clinic_colours")).status_code == 302


def test_what_could_never_work_is_refused() -> None:
    clinic = ClinicSettings.objects.get()
    with pytest.raises(ValidationError, match="after the start"):
        Announcement(site=clinic.site, text="x", starts_at="2026-05-02T10:00Z", ends_at="2026-05-01T10:00Z").clean()
    for link in (HeaderLink(), HeaderLink(url="javascript:alert(1)", text="x"), HeaderLink(url="/faq/")):
        with pytest.raises(ValidationError):
            link.clean()
