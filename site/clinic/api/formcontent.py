"""Form pages as the API gives them: what a form asks, with hints to draw it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from clinic.api.links import api_link, page_link
from forms.building.schema import json_schema, ui_schema
from forms.models import FormPage
from forms.receiving.proof import asked_by
from forms.receiving.uploads import ACCEPT


def form_summary(page: FormPage, request: HttpRequest) -> dict[str, Any]:
    """The fields of `schemas.forms.FormSummary`."""
    return {
        "slug": page.slug,
        "title": page.title,
        "introduction": page.introduction,
        "html_url": page_link(page, request),
        "detail_url": _address(page, request, "form_detail"),
        "locale": page.locale.language_code,
    }


def form_definition(page: FormPage, request: HttpRequest) -> dict[str, Any]:
    """The fields of `schemas.forms.Form`: the definition that the page, the check and the intake desk work from."""
    definition = page.definition()
    return form_summary(page, request) | {
        "notice": page.notice,
        "next_heading": page.next_heading,
        "next_steps": page.next_step_lines,
        "submit_label": str(page.submit_label),  # of a page made this moment the default is a promise
        "submit_url": _address(page, request, "form_submit"),
        "proof_url": _address(page, request, "form_proof") if asked_by(page) else None,
        "version": definition.digest,
        "answers_schema": json_schema(definition),
        "ui": ui_schema(definition),
        "file_fields": definition.file_keys,
        "accepted_files": ACCEPT,
    }


def _address(page: FormPage, request: HttpRequest, name: str) -> str:
    """Where an operation on this form is; a slug alone names the English one."""
    locale = page.locale.language_code
    return api_link(request, name, slug=page.slug) + ("" if locale == "en" else f"?locale={locale}")
