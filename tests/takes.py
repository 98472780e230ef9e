"""Every template of the public site, taken as visitors get it: pages, their states, errors, each kind of form.

Checks of what a browser or a validator sees run over all of them, and a template that no take uses fails a test: a new
one cannot be forgotten. `python -m tests.takes FILE` writes them down, as JSON, from the data that DATA_DIR names and
leaves as they were.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import django
from bs4 import BeautifulSoup, Tag

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.handlers.exception import response_for_exception
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.signals import template_rendered
from PIL import Image
from wagtail.models import Page

from pages import views
from pages.models import ClinicDocument, ClinicImage, HomePage, StandardPage
from tests.forms import build

TEMPLATES = Path(settings.TEMPLATES[0]["DIRS"][0])
PUBLIC = ("*.html", "components/**/*.html", "components/**/*.svg", "pages/*.html", "forms/*.html", "research/*.html")
#: Pages as they open.
ADDRESSES = {
    "home": "/",
    "conditions": "/conditions/",
    "condition": "/conditions/fibromyalgia/",
    "condition-crisis": "/conditions/suicidal-thoughts/",
    "condition-long": "/conditions/depression/",
    "professionals": "/professionals/",
    "referral-pack": "/professionals/referral-pack/",
    "research": "/research/",
    "research-narrowed": "/research/?topic=ptsd",
    "research-nothing": "/research/?q=zzzzzz",
    "citation": "/research/feder-2014-ptsd/",
    "citation-retracted": "/research/larkin-2011-ed/",
    "standard": "/what-to-expect/",
    "every-block": "/every-block/",
    "table": "/costs/",
    "faq": "/faq/",
    "contact": "/contact/",
    "team": "/about/",
    "legal": "/privacy/",
    "person": "/people/jordan-sample/",
    "search": "/search/",
    "search-found": "/search/?q=ketamine",
    "search-promoted": "/search/?q=price",
    "search-danger": "/search/?q=I+want+to+kill+myself",
    "search-nothing": "/search/?q=dapression",
    "search-loosely": "/search/?q=ptsd+zzzzz",
    "spanish": "/es/",
    "spanish-search": "/es/search/?q=PTSD",
    "not-found": "/no-such-page/",
}
FILLED = {
    "tel": "760 555 0142",
    "email": "visitor@example.org",
    "month": "3",
    "day": "27",
    "year": "1980",
    "npi": "1234567893",
}


@dataclass(frozen=True)
class Take:
    """One page as it was sent: where it stands, what it holds, and the templates it was made of."""

    name: str
    path: str
    status: int
    html: str
    headers: dict[str, str] = field(compare=False)
    templates: frozenset[str] = field(compare=False)


def takes_from(data: Path, file: Path) -> list[Take]:
    """All takes of a site whose data are in ``data``, made in a process of its own: a browser's loop disturbs Django.

    ``file`` is where they are written down.
    """
    root = Path(__file__).resolve().parents[1]
    ours = {
        "ENV_FILE": "",
        "DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "clinic.settings.dev",
        "PYTHONPATH": f"{root}:{root / 'site'}",
    }
    others = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "-m", "tests.takes", str(file)]
    done = subprocess.run(command, cwd=root, env=others | ours, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return [Take(**row | {"templates": frozenset(row["templates"])}) for row in json.loads(file.read_text())]


def public_templates() -> set[str]:
    """The names of all templates that visitors may get to see."""
    return {str(path.relative_to(TEMPLATES)) for pattern in PUBLIC for path in TEMPLATES.glob(pattern)}


def takes() -> list[Take]:
    """All of them, from the demo clinic in the test's database and a few pages of their own beside it."""
    every_block()
    found = [_get(name, path) for name, path in ADDRESSES.items()]
    found += [*_call_form(), *_referral(), *_third_form(), *_errors()]
    return found


def every_block() -> None:
    """A page with the blocks that the demo has no use for: picture, film, download, quote."""
    file = io.BytesIO()
    Image.new("RGB", (1200, 800), "seagreen").save(file, "JPEG")
    image = ClinicImage.objects.create(
        title="Room", description="A bright room with two chairs", file=ImageFile(file, name="room.jpg")
    )
    film, words, pack = (
        ClinicDocument.objects.create(title=title, file=ContentFile(b"x" * 2048, name=name))
        for title, name in (("A walk", "walk.mp4"), ("Captions", "walk.vtt"), ("The pack", "pack.pdf"))
    )
    home = HomePage.objects.get()
    home.add_child(
        instance=StandardPage(
            title="Every block",
            slug="every-block",
            summary="Blocks that the other pages have no use for.",
            body=[
                ("heading", "Pictures and files"),
                ("image", {"image": image, "caption": "The quiet room"}),
                ("video", {"title": "A walk", "film": film, "captions": words, "poster": image}),
                ("video", {"title": "A talk", "link": "https://video.example/talk", "transcript": "<p>Words.</p>"}),
                ("document", {"document": pack}),
                ("heading", "Words"),
                ("quote", {"text": "We say no rather than guess.", "who": "Jordan Sample", "where": "Director"}),
                ("callout", {"kind": "warning", "title": "Mind this", "text": "<p>Please.</p>"}),
                ("questions", [{"question": "Can I drive?", "answer": "<p>No.</p>"}]),
                ("heading", "People"),
                ("people", None),
                ("contact", None),
                (
                    "cta",
                    {"title": "Ready?", "label": "Schedule a call", "page": Page.objects.get(slug="schedule-a-call")},
                ),
            ],
        )
    )


def _get(name: str, path: str, client: Client | None = None) -> Take:
    with recorded() as names:
        response = (client or Client()).get(path, follow=True)
    return _take(name, path, response, names)


def _call_form() -> Iterator[Take]:
    page, client = Page.objects.get(slug="schedule-a-call").specific, Client()
    yield _get("call", "/schedule-a-call/")
    yield _post("call-errors", "/schedule-a-call/", {"form-token": build.token(page)}, client)
    answers = _filled(client.get("/schedule-a-call/").content.decode()) | {"form-token": build.token(page)}
    yield _post("call-thanks", "/schedule-a-call/", answers, client)
    with mock.patch("forms.receiving.outage.LARGEST_BODY", 1):
        yield _post("too-large", "/schedule-a-call/", answers, client)
    with mock.patch("forms.models.FormPage.serve", side_effect=DatabaseError("gone")):
        yield _post("kept", "/schedule-a-call/", answers, client)
    yield _get("receipt-gone", "/schedule-a-call/thank-you/no-such-receipt/")
    strict = Client(enforce_csrf_checks=True)
    yield _post("stale", "/schedule-a-call/", answers, strict)


def _referral() -> Iterator[Take]:
    page, client, path = Page.objects.get(slug="refer-a-patient").specific, Client(), "/refer-a-patient/"
    yield _get("referral-1", path, client)
    for step in (1, 2, 3):
        yield _post(f"referral-{step}-errors", path, {"form-token": build.token(page)}, client)
        answers = _filled(client.get(path).content.decode()) | {"form-token": build.token(page)}
        response = client.post(path, answers)
        assert response.status_code == 303, f"step {step} of the referral was not taken"
        path = response["Location"]
        yield _get(f"referral-{step + 1}", path, client)
    yield _post("referral-thanks", path, {}, client)
    yield _get("referral-draft-gone", "/refer-a-patient/step-2/?draft=" + "0" * 32)


def _third_form() -> Iterator[Take]:
    kinds = (
        "singleline",
        "multiline",
        "email",
        "number",
        "dropdown",
        "checkbox",
        "checkboxes",
        "radio",
        "date",
        "hidden",
    )
    rows = [
        {"label": f"Question {kind}", "field_type": kind, "choices": "One\nTwo", "help_text": "Say what fits."}
        for kind in kinds
    ]
    page = build.general_page(rows, title="A survey")
    yield _get("survey", page.url)
    yield _post("survey-errors", page.url, {"form-token": build.token(page)}, Client())


def _errors() -> Iterator[Take]:
    request = RequestFactory().get("/conditions/")
    for name, error in (("bad-request", SuspiciousOperation("odd")), ("forbidden", PermissionDenied())):
        with recorded() as names:
            response = response_for_exception(request, error)
        yield _take(name, "/conditions/", response, names)
    with recorded() as names:
        response = views.server_error(request)
    yield _take("server-error", "/conditions/", response, names)
    with recorded() as names:
        response = Client(enforce_csrf_checks=True).post("/admin/login/", {"x": "1"})
    yield _take("forged", "/admin/login/", response, names)


def _post(name: str, path: str, data: dict[str, Any], client: Client) -> Take:
    with recorded() as names:
        response = client.post(path, data, follow=True)
    return _take(name, path, response, names)


def _take(name: str, path: str, response: HttpResponse, names: set[str]) -> Take:
    headers = {key: value for key, value in response.headers.items() if key.startswith("Content-")}
    return Take(name, path, response.status_code, response.content.decode(), headers, frozenset(names))


@contextmanager
def recorded() -> Iterator[set[str]]:
    """The names of the templates rendered inside the block."""
    names: set[str] = set()

    def note(sender: Any, template: Any, **_kwargs: Any) -> None:
        if template.name:
            names.add(template.name)

    template_rendered.connect(note)
    try:
        yield names
    finally:
        template_rendered.disconnect(note)


def _filled(html: str) -> dict[str, Any]:
    """Something that fits for each question of the page's form."""
    form = BeautifulSoup(html, "html5lib").select_one("main form[method=post]")
    assert isinstance(form, Tag)
    answers: dict[str, Any] = {}
    for control in form.select("input, textarea, select"):
        name, kind = str(control.get("name", "")), str(control.get("type", control.name))
        if not name or control.find_parent(class_="hp") or kind in ("file", "submit"):
            continue
        if kind in ("radio", "checkbox"):
            answers.setdefault(name, control.get("value", "on"))
        elif kind == "select":
            answers[name] = next(value for one in control.select("option") if (value := one.get("value")))
        elif kind == "hidden":
            answers[name] = control.get("value", "")
        else:
            clue = re.search("month|day|year|npi", name)
            answers[name] = FILLED.get(clue[0] if clue else kind, "Rosa Example")
    return answers


if __name__ == "__main__":
    from django.db import transaction
    from django.test.utils import setup_test_environment

    setup_test_environment()
    with transaction.atomic():
        rows = [dataclasses.asdict(one) | {"templates": sorted(one.templates)} for one in takes()]
        transaction.set_rollback(True)
    Path(sys.argv[1]).write_text(json.dumps(rows))
