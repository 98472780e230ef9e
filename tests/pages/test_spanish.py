"""The interface in Spanish: nothing that a visitor reads around the content stays English, and the catalog is built."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation.template import templatize

from research.choices import Finding, Kind, Species, Status, StudyDesign

ROOT = Path(settings.LOCALE_PATHS[0])
PO, MO = (ROOT / f"es/LC_MESSAGES/django.{kind}" for kind in ("po", "mo"))
#: Templates that visitors see.
PUBLIC = ("*.html", "components/**/*.html", "pages/*.html", "forms/*.html", "research/*.html")
#: Modules whose words only staff read. Everything else is taken to speak to visitors: a new module is, until it stands
#: here.
STAFF = re.compile(
    r"^(pages/(evidence_form|front_end|gate|colours_panel|image_form|images|reports|retractions|snippets|modeladmin|wagtail_hooks|theme)"
    r"|research/(admin|importing|lookup|reports|formats|models)/|research/(checking|csl|identifiers|publishing|usage)"
    r"|research/(retractions|formatting/style|retraction_watch|apps)"
    r"|forms/(intake|delivery|building|safekeeping)/|forms/(wagtail_hooks|apps|roles|audit|access)"
    r"|(pages|forms)/(migrations|management)/|pages/blocks/|forms/models/)"
)
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
IN_TEMPLATE = re.compile(r"""\b(?:_|n?gettext|pgettext)\(\s*u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
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


def words_of_template(path: Path) -> Iterator[str]:
    """Everything a template has translated, as Django itself reads it."""
    for found in IN_TEMPLATE.findall(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        yield ast.literal_eval(found)


def words_of_module(path: Path) -> Iterator[str]:
    """Everything a module has translated. Of a model, what its methods say: its fields are labelled for staff."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts: list[ast.AST] = [tree]
    if "models" in path.parts:
        parts = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name != "clean"]
    for part in parts:
        for node in ast.walk(part):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and node.args:
                words = node.args[0]
                if isinstance(words, ast.Constant) and isinstance(words.value, str):
                    yield words.value


def test_every_word_that_a_visitor_reads_is_translated() -> None:
    catalog = built()
    folder = Path(settings.TEMPLATES[0]["DIRS"][0])
    said = {
        (path.name, words) for pattern in PUBLIC for path in folder.glob(pattern) for words in words_of_template(path)
    }
    for app in ("pages", "research", "forms"):
        for path in (folder.parent / app).glob("**/*.py"):
            name = str(path.relative_to(folder.parent))
            if not STAFF.match(name):
                said |= {(name, words) for words in words_of_module(path)}
    assert len(said) > 400
    missing = {(name, words) for name, words in said if catalog.gettext(words) == words and words not in SAME}
    assert missing == set(), "add them to locale/es/LC_MESSAGES/django.po, then: msgfmt -o django.mo django.po"


#: Words that are the same in Spanish.
SAME = {"NPI", "Fax", "fax", "Error:", "Legal", "n = %(size)s", "No", "%d min", "%d h"}


@pytest.mark.parametrize("choices", [Finding, Kind, Species, Status, StudyDesign])
def test_the_vocabulary_of_research_is_translated(choices: type) -> None:
    with translation.override("en"):
        english = [str(label) for label in choices.labels]  # type: ignore[attr-defined]
    with translation.override("es"):
        spanish = [str(label) for label in choices.labels]  # type: ignore[attr-defined]
    assert all(one != other for one, other in zip(english, spanish, strict=True))


@pytest.mark.usefixtures("whole_site")
def test_a_page_not_yet_translated_says_its_language(client: Client) -> None:
    page = client.get("/es/conditions/condition-0/").content.decode()
    assert '<html lang="es">' in page
    assert '<main id="main" tabindex="-1" lang="en">' in page
    assert "¿En crisis?" in page
    assert "¿En crisis?" in client.get("/es/search/?q=zzzz").content.decode()
    assert "In crisis?" in client.get("/conditions/condition-0/").content.decode()
