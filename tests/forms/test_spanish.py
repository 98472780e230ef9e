"""Every word that forms and the intake desk say is in the Spanish catalog: to visitors, in mails, and in the admin."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation.template import templatize

from tests.forms.build import call_page, person

ROOT = Path(settings.ROOT)
MARKED = {"_", "gettext", "gettext_lazy", "ngettext"}
FROM_TEMPLATE = re.compile(r"""\bn?gettext\(u?(?P<quote>['"])(?P<text>.*?)(?<!\\)(?P=quote)""", re.DOTALL)
SAME = {"%d h", "%d min", "API", "Error:", "NPI", "Spam", "Webhook", "webhook"}


def said_in_code() -> Iterator[str]:
    for path in (ROOT / "forms").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKED and node.args:
                text = node.args[0]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.value


def said_in_templates() -> Iterator[str]:
    for folder, ending in (("forms", "*.html"), ("emails", "*.txt")):
        for path in (ROOT / "templates" / folder).rglob(ending):
            for found in FROM_TEMPLATE.finditer(templatize(path.read_text())):
                yield ast.literal_eval(f"'''{found['text']}'''")


@pytest.mark.parametrize("said", [said_in_code, said_in_templates])
def test_everything_forms_say_is_translated(said: object) -> None:
    with (ROOT / "locale/es/LC_MESSAGES/django.mo").open("rb") as file:
        catalog = gettext.GNUTranslations(file)
    words = {text for text in said() if text and text not in SAME}  # type: ignore[operator]
    assert len(words) > 100
    missing = {text for text in words if text not in catalog._catalog and (text, 0) not in catalog._catalog}  # type: ignore[attr-defined]
    assert missing == set(), "add them to django.po, then: msgfmt -o django.mo django.po"


@pytest.mark.django_db
def test_the_desk_speaks_the_language_of_who_works_at_it(client: Client) -> None:
    from wagtail.users.models import UserProfile

    call_page()
    inez = person("inez", intake=True)
    UserProfile.objects.create(user=inez, preferred_language="es")
    client.force_login(inez)
    html = client.get("/admin/intake/").content.decode()
    for words in ("Bandeja de entrada", "Cualquier estado", "La bandeja está vacía", "Posible spam"):
        assert words in html
