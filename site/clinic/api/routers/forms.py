"""/forms/: what a form asks, and the same way in for answers as the pages have."""

from __future__ import annotations

import json
import math
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.debug import sensitive_variables
from ninja import Field, Header, Query, Router, Schema, Status

from clinic.api.formcontent import form_definition, form_summary
from clinic.api.pagination import Listing, Paging, paged
from clinic.api.problems import problem
from clinic.api.publicpages import public_pages
from clinic.api.routers.site import crisis_help
from clinic.api.schemas import forms as shapes
from forms.building.screening import Screening
from forms.models import FormPage, Submission
from forms.receiving.proof import asked_by, new_challenge
from forms.receiving.receive import Errors, Meta, Receipt, receive

router = Router(tags=["forms"])
JSON = "application/json"
MULTIPART = "multipart/form-data"


class FormFilters(Schema):
    """Which forms."""

    locale: str | None = Field(None, max_length=20, description="Language code, e.g. es.")


def _forms(request: HttpRequest) -> Any:
    return public_pages(request, FormPage).filter(open_to_api=True).select_related("locale").order_by("path")


def _form(request: HttpRequest, slug: str, locale: str) -> FormPage:
    page: FormPage | None = _forms(request).filter(slug=slug, locale__language_code=locale).first()
    if page is None:
        raise Http404("There is no open form of this name.")
    return page


@router.get(
    "/",
    response=Listing[shapes.FormSummary],
    url_name="form_list",
    operation_id="forms_list",
    summary="List forms",
)
def list_forms(request: HttpRequest, filters: Query[FormFilters], paging: Query[Paging]) -> dict[str, Any]:
    """Public forms that front ends may send."""
    rows = _forms(request)
    if filters.locale is not None:
        rows = rows.filter(locale__language_code=filters.locale)
    return paged(request, rows, paging, lambda pages: [form_summary(page, request) for page in pages])


@router.get(
    "/{slug}/",
    response=shapes.Form,
    url_name="form_detail",
    operation_id="forms_detail",
    summary="What a form asks",
)
def get_form(
    request: HttpRequest,
    slug: str,
    locale: str = Query("en", max_length=20, description="Language code."),  # type: ignore[type-arg]
) -> dict[str, Any]:
    """The definition that the page, the check and the intake desk work from, with hints to draw it."""
    return form_definition(_form(request, slug, locale), request)


@router.get(
    "/{slug}/proof/",
    response=shapes.ProofChallenge,
    url_name="form_proof",
    operation_id="forms_proof",
    summary="A challenge for a proof of work",
)
def get_proof(
    request: HttpRequest,
    response: HttpResponse,
    slug: str,
    locale: str = Query("en", max_length=20, description="Language code of the form."),  # type: ignore[type-arg]
) -> dict[str, Any]:
    """A fresh ALTCHA challenge (PBKDF2/SHA-256), as ALTCHA's widget takes it. Send the solved payload as `altcha`.

    Only where the form's `proof_url` is given. A submission without a proof is stored all the same, and a person looks
    whether it is spam.
    """
    page = _form(request, slug, locale)
    if not asked_by(page):
        raise Http404("This form asks for no proof.")
    response["Cache-Control"] = "private, no-store"
    return new_challenge(page)


@sensitive_variables()
def submit(
    request: HttpRequest,
    slug: str,
    idempotency_key: str = Header(  # type: ignore[type-arg]
        ...,
        alias="Idempotency-Key",
        min_length=8,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Made by the front end once for each filled-in form, e.g. a UUID. Send it again when in doubt.",
    ),
    locale: str = Query("en", max_length=20, description="Language code of the form."),  # type: ignore[type-arg]
) -> Any:
    """Stores answers exactly as the page does: same checks, screening, storage and notifications.

    The same key with the same answers gives the same receipt, so that a request may be repeated without harm; with
    other answers it is a 409. Files travel in a multipart body: a part `answers` with the JSON object, and a part for
    each file, named by the field's key.
    """
    page = _form(request, slug, locale)
    definition = page.definition()
    sent = _sent(request, definition.file_keys)
    if isinstance(sent, HttpResponse):
        return sent
    answers, proof = sent
    meta = Meta(
        token=idempotency_key,
        channel=Submission.Channel.API,
        address=request.META.get("REMOTE_ADDR", ""),
        language=page.locale.language_code,
        proof=proof,
    )
    files = request.FILES if request.content_type == MULTIPART else None
    with translation.override(meta.language):  # messages are for the visitor
        outcome = receive(page, answers, files, meta, definition=definition)
        if isinstance(outcome, Errors):
            return _refusal(outcome)
        return Status(200 if outcome.repeated else 201, _receipt(request, page, outcome))


submit.open_to_all = True  # type: ignore[attr-defined]  # anyone may send a form: no token, and no switch for writing
submit.consumes = (JSON, MULTIPART)  # type: ignore[attr-defined]
router.post(
    "/{slug}/submissions/",
    response={200: shapes.Receipt, 201: shapes.Receipt},
    url_name="form_submit",
    operation_id="forms_submit",
    summary="Send a form",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                JSON: {
                    "schema": {
                        "type": "object",
                        "required": ["answers"],
                        "properties": {
                            "answers": {
                                "type": "object",
                                "additionalProperties": True,
                                "description": "As the form’s `answers_schema` says.",
                            },
                            "altcha": {
                                "type": "string",
                                "description": "The solved challenge of `proof_url`, where the form has one.",
                            },
                        },
                    }
                },
                MULTIPART: {
                    "schema": {
                        "type": "object",
                        "required": ["answers"],
                        "properties": {
                            "answers": {"type": "string", "contentMediaType": JSON},
                            "altcha": {"type": "string"},
                        },
                        "additionalProperties": {"type": "string", "contentMediaType": "application/octet-stream"},
                    }
                },
            },
        }
    },
)(submit)


@sensitive_variables()
def _sent(request: HttpRequest, file_keys: list[str]) -> tuple[dict[str, Any], str] | HttpResponse:
    """The answers and the proof in the request's body, or a problem document saying why they cannot be read."""
    in_parts = request.content_type == MULTIPART
    try:
        read = _read(request.POST.get("answers", "") if in_parts else request.body)
    except (ValueError, RecursionError):
        return problem(400, "The body is not JSON, or names something twice. Send an object with `answers`.")
    if in_parts:
        read = {**request.POST.dict(), "answers": read}
    if not isinstance(read, dict):
        read = {}
    errors = [_unknown(name, "Leave this out.") for name in sorted(read.keys() - {"answers", "altcha"})]
    # A file under a name that no field has would be lost without a word.
    if strangers := set(request.FILES) - set(file_keys):
        right = f"Name the part by its field: {', '.join(file_keys)}." if file_keys else "This form takes no files."
        errors += [_unknown(name, right) for name in sorted(strangers)]
    if errors:
        return problem(422, errors=errors)
    answers, proof = read.get("answers"), read.get("altcha", "")
    if not isinstance(answers, dict):
        hint = "Send an object: answers by the key of their field."
        return problem(422, errors=[{"type": "object", "loc": ["body", "answers"], "msg": hint}])
    return answers, proof if isinstance(proof, str) else ""


def _read(text: str | bytes) -> Any:
    """JSON without what programs read in different ways; raises ValueError or RecursionError."""
    return json.loads(text, parse_float=_finite, parse_constant=_finite, object_pairs_hook=_each_once)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; raises ValueError when a name comes twice: which consent would count?"""
    if len(made := dict(pairs)) < len(pairs):
        raise ValueError("a name comes twice")
    return made


def _unknown(name: str, message: str) -> dict[str, Any]:
    return {"type": "unknown_field", "loc": ["body", name[:100]], "msg": message}


def _finite(text: str) -> float:
    """A number of JSON; raises ValueError for one that is too large to be one (1e400) or none at all (NaN)."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number


def _refusal(outcome: Errors) -> HttpResponse:
    errors: list[dict[str, Any]] = [
        {"type": "invalid_answer", "loc": ["body", "answers", key], "msg": message}
        for key, messages in outcome.fields.items()
        for message in messages
    ]
    errors += [{"type": "refused", "loc": ["body"], "msg": message} for message in outcome.general]
    headers = {"Retry-After": str(outcome.retry_after)} if outcome.retry_after else {}
    return problem(outcome.status, " ".join(outcome.general), errors=errors or None, headers=headers)


def _receipt(request: HttpRequest, page: FormPage, receipt: Receipt) -> dict[str, Any]:
    screened = receipt.screening != Screening.NONE
    return {
        "reference": receipt.reference,
        "received_at": receipt.received_at,
        "repeated": receipt.repeated,
        "screening": {"outcome": receipt.screening, "sentence": receipt.screening_sentence} if screened else None,
        "crisis": crisis_help(request) if receipt.crisis else None,
        "thanks_heading": page.thanks_heading,
        "thanks_text": page.thanks_text,
    }
