"""Every operation of the document, fuzzed: no server error, no answer that the document does not describe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounded
from pytest_django import Settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from clinic.api.instance import document
from clinic.wsgi import application
from tests.api.test_tokens import make_token
from tests.api.world import World
from tests.forms.build import call_page, referral_page

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
#: Requests for each operation.
EXAMPLES = 5
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def fuzzed(world: World, settings: Settings) -> Iterator[Any]:
    """The document as served, with something to find behind every address."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.FORMS_REFUSE_AFTER = 100_000
    call_page()
    referral_page()
    # As Django's own test client does: the connection is the test's, not the request's.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v3/openapi.json", application)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


OPERATIONS = [(method, path) for path, methods in document()["paths"].items() for method in methods]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_server_error_and_no_undocumented_answer(fuzzed: Any, method: str, path: str) -> None:
    fuzz(fuzzed[path][method.upper()], {})


WRITES = [
    (method, path)
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
    if method != "get" and operation.get("security")
]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_writing_fuzzed_with_a_token_neither(
    fuzzed: Any, world: World, settings: Settings, tmp_path: Path, method: str, path: str
) -> None:
    settings.API_WRITE_ENABLED = True
    settings.MEDIA_ROOT = tmp_path
    plain = make_token("read_drafts", "write_pages", "write_research")
    # Numbers that are there: others end at 404 before anything is tried.
    there = path.replace("{page_id}", str(world.standard.pk)).replace("{key}", world.trial.key)
    operation = fuzzed[path][method.upper()]
    fuzz(operation, {"Authorization": f"Bearer {plain}"})
    operation.path = there
    fuzz(operation, {"Authorization": f"Bearer {plain}"})


def fuzz(operation: Any, headers: dict[str, str]) -> None:
    """Sends what fits the operation's description and checks every answer."""

    @given(case=operation.as_strategy())
    @bounded(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS, headers={"Accept-Encoding": "identity", **headers})

    run()
