"""Form pages as the API gives them: what a form asks, with hints to draw it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from wagtail.api.v2.utils import get_full_url

from clinic.api.links import api_link, page_link
from forms.building.kinds import Kind
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
        "detail_url": api_link(request, "form_detail", slug=page.slug),
        "locale": page.locale.language_code,
    }


def form_definition(page: FormPage, request: HttpRequest) -> dict[str, Any]:
    """The fields of `schemas.forms.Form`: the definition that the page, the check and the intake desk work from."""
    definition = page.definition()
    path = reverse("wagtailapi_v3:form_submit", kwargs={"slug": page.slug})
    locale = page.locale.language_code
    return form_summary(page, request) | {
        "notice": page.notice,
        "next_heading": page.next_heading,
        "next_steps": page.next_step_lines,
        "submit_label": page.submit_label,
        "submit_url": get_full_url(request, path if locale == "en" else f"{path}?locale={locale}"),
        "proof_url": _proof_url(page, request) if asked_by(page) else None,
        "version": definition.digest,
        "answers_schema": json_schema(definition),
        "ui": ui_schema(definition),
        "file_fields": [field.key for field in definition.fields if field.kind == Kind.FILE],
        "accepted_files": ACCEPT,
    }


def _proof_url(page: FormPage, request: HttpRequest) -> str:
    locale = page.locale.language_code
    path = reverse("wagtailapi_v3:form_proof", kwargs={"slug": page.slug})
    return str(get_full_url(request, path if locale == "en" else f"{path}?locale={locale}"))
