"""Every recipe of docs/api.md does what it says, against a running site."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from clinic.demo.intake import fill_form
from forms.models import Submission
from tests.api.asking import make_token
from tests.api.world import build
from tests.forms.build import call_page

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
RECIPES = [
    recipe.strip()
    for block in re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    for recipe in re.split(r"\n(?=curl )", block)
]
REFUSED = {"topics=ptsd": 422, "no-such-thing": 404}


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.django_db(transaction=True)
def test_the_recipes_work(live_server: Any, settings: Settings, fresh_forms: Path, tmp_path: Path) -> None:
    settings.API_WRITE_ENABLED = True
    page = build().standard
    call = call_page()
    fill_form(call, "/schedule-a-call/")  # as a newcomer's demo asks
    call.save()
    token = make_token("write_pages")
    assert len(RECIPES) > 15
    for recipe in RECIPES:
        command = recipe.replace("\\\n", " ").replace("$SITE", live_server.url).replace("$TOKEN", token)
        command = command.replace("$PAGE", str(page.pk))
        words = [*shlex.split(command), "-o", str(tmp_path / "answer"), "-w", "%{http_code}"]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        status = next((code for part, code in REFUSED.items() if part in recipe), None)
        expected = {str(status)} if status else {"200", "201"}
        assert done.stdout[-3:] in expected, (recipe, done.stdout, (tmp_path / "answer").read_text()[:500])
    assert Submission.objects.count() == 2
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().summary == "What the day is like."
