"""The interface in Spanish: nothing that a visitor reads around the content stays English, and the catalog is built."""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from research.choices import Finding, Kind, Species, Status, StudyDesign
from tests.pages import site

ROOT = Path(settings.LOCALE_PATHS[0])
PO, MO = (ROOT / f"es/LC_MESSAGES/django.{kind}" for kind in ("po", "mo"))
PUBLIC = ("*.html", "components/**/*.html", "pages/*.html", "forms/*.html", "research/*.html")
TRANSLATED = re.compile(r"""\{%\s*translate\s+"([^"]+)"|_\("([^"]+)"\)""")
ENTRY = re.compile(r'^msgid (".*")\n(?:msgid_plural (".*")\n)?msgstr(?:\[0\])? (".*")$', re.MULTILINE)


def built() -> gettext.GNUTranslations:
    with MO.open("rb") as file:
        return gettext.GNUTranslations(file)


def test_the_built_catalog_is_the_written_one() -> None:
    catalog = built()
    written = ENTRY.findall(PO.read_text())
    assert len(written) > 300
    for source, plural, target in written:
        said, wanted = ast.literal_eval(source), ast.literal_eval(target)
        if said:
            found = catalog.ngettext(said, ast.literal_eval(plural), 1) if plural else catalog.gettext(said)
            assert found == wanted, "build it again: msgfmt -o django.mo django.po"


def test_every_word_of_the_public_templates_is_translated() -> None:
    catalog = built()
    missing = {
        f"{path.name}: {words}"
        for pattern in PUBLIC
        for path in Path(settings.TEMPLATES[0]["DIRS"][0]).glob(pattern)
        for found in TRANSLATED.findall(path.read_text())
        if (words := found[0] or found[1]) and catalog.gettext(words) == words and words not in SAME
    }
    assert missing == set()


SAME = {"NPI", "Fax", "fax", "Error:", "Legal"}


@pytest.mark.parametrize("choices", [Finding, Kind, Species, Status, StudyDesign])
def test_the_vocabulary_of_research_is_translated(choices: type) -> None:
    with translation.override("en"):
        english = [str(label) for label in choices.labels]  # type: ignore[attr-defined]
    with translation.override("es"):
        spanish = [str(label) for label in choices.labels]  # type: ignore[attr-defined]
    assert all(one != other for one, other in zip(english, spanish, strict=True))


@pytest.mark.django_db
def test_a_page_not_yet_translated_says_its_language(client: Client) -> None:
    site.whole_site()
    page = client.get("/es/conditions/condition-0/").content.decode()
    assert '<html lang="es">' in page
    assert '<main id="main" tabindex="-1" lang="en">' in page
    assert "¿En crisis?" in page
    assert "¿En crisis?" in client.get("/es/search/?q=zzzz").content.decode()
    assert "In crisis?" in client.get("/conditions/condition-0/").content.decode()
