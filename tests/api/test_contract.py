"""The contract with front ends: the OpenAPI document and one answer of each page type, kept as files.

After a change that is meant, write them again with `python manage.py write_api_contract` and
`REWRITE_GOLDEN=1 pytest tests/api/test_contract.py`, and read the difference.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from openapi_spec_validator import OpenAPIV31SpecValidator

from clinic.api.blocks import stream_type
from clinic.api.instance import document
from clinic.api.pageshapes import DETAILS
from pages.blocks import BODY_BLOCKS
from tests.api.world import World
from tests.forms.build import call_page, general_page, referral_page

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).parent / "golden"
DOCUMENT = ROOT / "docs" / "openapi.json"


@pytest.mark.any_database
def test_the_document_is_the_one_kept() -> None:
    kept = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    assert json.loads(json.dumps(document())) == kept, "Meant? Then: python manage.py write_api_contract"


@pytest.mark.any_database
def test_the_command_writes_the_document(tmp_path: Path) -> None:
    call_command("write_api_contract", output=tmp_path / "openapi.json")
    assert (tmp_path / "openapi.json").read_text(encoding="utf-8") == DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.any_database
def test_the_document_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(json.loads(json.dumps(document()))).validate()


@pytest.mark.any_database
def test_every_operation_is_named_once_and_documents_its_problems() -> None:
    names = []
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            names.append(operation["operationId"])
            assert operation["summary"], path
            assert "422" in operation["responses"], (path, method)
            for parameter in operation.get("parameters", ()):
                assert "schema" in parameter
    assert len(names) == len(set(names))


@pytest.mark.any_database
def test_every_block_has_a_type_of_its_own() -> None:
    schemas = json.dumps(document()["components"]["schemas"])
    for name, _block in BODY_BLOCKS:
        assert f'"const": "{name}"' in schemas or f'["{name}"]' in schemas, name
    assert stream_type(BODY_BLOCKS)


def _steady(value: Any) -> Any:
    """Numbers of rows, digests over them and times of day differ from run to run; everything else must not."""
    if isinstance(value, dict):
        return {name: _steady(one) if name != "id" or isinstance(one, str) else 0 for name, one in value.items()}
    if isinstance(value, list):
        return [_steady(one) for one in value]
    if isinstance(value, str):
        value = re.sub(r"^[0-9a-f]{64}$", "0" * 64, value)
        value = re.sub(r"/(pages|images|documents)/\d+/", r"/\1/0/", value)
        return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "2026-01-01T00:00:00Z", value)
    return value


ANSWERS = {
    "condition": "conditions/ptsd/",
    "home": "pages/find/?html_path=/",
    "professionals": "pages/find/?html_path=/for-professionals/",
    "research": "pages/find/?html_path=/research/",
    "standard": "pages/find/?html_path=/what-to-expect/",
    "faq": "pages/find/?html_path=/questions/",
    "contact": "pages/find/?html_path=/contact/",
    "team": "pages/find/?html_path=/team/",
    "legal": "pages/find/?html_path=/privacy/",
    "condition-index": "pages/find/?html_path=/conditions/",
    "citation": "research/citations/feder-2014-ptsd/",
    "topic": "research/topics/depression/",
    "site": "site/",
    "eligibility": "eligibility/",
    "list-of-conditions": "conditions/?fields=*",
    "form": "forms/schedule-a-call/",
    "call-request": "pages/find/?html_path=/schedule-a-call/",
    "referral": "pages/find/?html_path=/refer-a-patient/",
    "general-form": "pages/find/?html_path=/ask-us/",
}

#: What the clinic of these tests has not got from the start.
MADE: dict[str, Callable[[], Any]] = {
    "form": call_page,
    "call-request": call_page,
    "referral": referral_page,
    "general-form": lambda: general_page([{"label": "Your question", "field_type": "multiline"}], "ask-us"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_are_the_ones_kept(world: World, get: Callable[..., Any], name: str) -> None:
    if MADE.get(name):
        MADE[name]()
    answer = json.dumps(_steady(get(ANSWERS[name])), indent=1, ensure_ascii=False) + "\n"
    kept = GOLDEN / f"{name}.json"
    if os.environ.get("REWRITE_GOLDEN"):
        kept.write_text(answer, encoding="utf-8")
    # The order of an object's names is no part of the contract, and PostgreSQL keeps its own.
    assert json.loads(answer) == json.loads(kept.read_text(encoding="utf-8"))


@pytest.mark.any_database
def test_every_page_type_of_the_site_has_an_answer_kept() -> None:
    kept = {json.loads(file.read_text(encoding="utf-8")).get("type") for file in GOLDEN.glob("*.json")}
    creatable = {
        model._meta.label for model in DETAILS if model.is_creatable and model._meta.app_label != "wagtailcore"
    }
    assert len(creatable) > 8
    assert creatable <= kept
