"""The visitor's way through a form: show, check, keep between steps, send, thank. No answer stands in an address."""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from forms.building.definition import Answers, FormDefinition
from forms.building.screening import Screening
from forms.models.attachments import Attachment
from forms.models.drafts import LIFE, Draft, draft_expiry
from forms.models.submissions import Submission
from forms.receiving import proof
from forms.receiving.answers import AnswerForm
from forms.receiving.receive import (
    PROOF_FIELD,
    TRAP_FIELD,
    Errors,
    Meta,
    Receipt,
    draft_files,
    forget_files,
    receipt_for,
    receive,
    store_files,
)
from forms.receiving.rendering import FormView, draw
from forms.receiving.repeats import draft_token_digests
from forms.receiving.summary import summary
from forms.receiving.tokens import new_form_token, read_form_token, read_receipt_ticket, receipt_ticket
from forms.safekeeping.encryption import EncryptionError, keyed_digest

if TYPE_CHECKING:
    from forms.models.pages import FormPage

COOKIE = "form-draft"
DRAFT = "draft"  # query parameter and hidden field: which draft; it opens only with the cookie
METHODS = ("GET", "HEAD", "POST")


def private(response: HttpResponse) -> HttpResponse:
    """Keep a response out of every cache: it holds a token, answers or a receipt."""
    response["Cache-Control"] = "private, no-store"
    return response


def serve_form(page: FormPage, request: HttpRequest) -> HttpResponse:
    """The whole form on one page, or step 1."""
    definition = None if _draft_id(request) else page.definition()
    if definition is None or definition.stepped:
        return _step(page, request, definition, 1)
    if request.method not in METHODS:
        return private(HttpResponseNotAllowed(METHODS))
    if request.method != "POST":
        return _render_form(page, request, definition, draw(definition))
    return _send_form(page, request, definition)


@sensitive_variables()
def _send_form(page: FormPage, request: HttpRequest, definition: FormDefinition) -> HttpResponse:
    result = receive(page, request.POST, request.FILES, Meta.from_request(request, page), definition=definition)
    if isinstance(result, Receipt):
        return _to_thanks(page, request, result)
    form = draw(definition, data=request.POST, errors=result.fields, general=result.general)
    return _render_form(page, request, definition, form, errors=result)


def serve_step(page: FormPage, request: HttpRequest, number: int) -> HttpResponse:
    """Step ``number`` of a form in several steps."""
    return _step(page, request, None, number)


@sensitive_variables()
def _step(page: FormPage, request: HttpRequest, definition: FormDefinition | None, number: int) -> HttpResponse:
    if request.method not in METHODS:
        return private(HttpResponseNotAllowed(METHODS))
    draft, answers, token, pinned = _open_draft(page, request)
    definition = pinned or definition or page.definition()
    if not definition.stepped or not 1 <= number <= len(definition.steps):
        raise Http404
    if draft is None and number > 1:
        receipt = _already_sent(page, request)
        return _to_thanks(page, request, receipt) if receipt else _lost(page, request, number)
    held = draft_files(draft)
    if request.method != "POST":
        form = draw(definition, answers=answers if draft else None, step=number, held=held)
        return _render_form(page, request, definition, form, number=number, draft=draft, token=token)
    gone = set(request.POST.getlist("form-remove"))
    held = {key: [one for one in files if str(one.pk) not in gone] for key, files in held.items()}
    checked = AnswerForm(definition, request.POST, request.FILES, step=number, known=answers, held=held)
    if not checked.is_valid():
        found = {key: [str(one) for one in messages] for key, messages in checked.errors.items()}
        form = draw(definition, data=request.POST, errors=found, step=number, held=held)
        return _render_form(
            page, request, definition, form, number=number, draft=draft, token=token, errors=Errors(fields=found)
        )
    answers = {**{key: value for key, value in answers.items() if key in definition.by_key}, **checked.answers()}
    for field in checked.asked:
        if field.key not in checked.cleaned_data:
            answers.pop(field.key, None)  # no longer asked
    secret = request.COOKIES.get(COOKIE, "") or secrets.token_urlsafe(24)
    kept = _keep(page, definition, draft, answers, token, secret, checked, gone)
    if isinstance(kept, Errors):
        form = draw(definition, data=request.POST, errors=kept.fields, step=number, held=held)
        return _render_form(page, request, definition, form, number=number, draft=draft, token=token, errors=kept)
    done = request.POST.get("form-then") == "check" or number == len(definition.steps)
    target = page.reverse_subpage("check") if done else page.reverse_subpage("step", args=[number + 1])
    response = HttpResponseRedirect(f"{page.get_url(request)}{target}?{DRAFT}={kept.pk.hex}", status=303)
    return _with_cookie(response, page, request, secret)


@sensitive_variables()
def serve_check(page: FormPage, request: HttpRequest) -> HttpResponse:
    """The last step: all answers with Change links, and the sending."""
    if request.method not in METHODS:
        return private(HttpResponseNotAllowed(METHODS))
    draft, answers, token, pinned = _open_draft(page, request)
    definition = pinned or page.definition()
    if not definition.stepped:
        raise Http404
    if draft is None:
        receipt = _already_sent(page, request)
        return _to_thanks(page, request, receipt) if receipt else _lost(page, request)
    errors: Errors | None = None
    if request.method == "POST":
        known = read_form_token(token, page.pk)
        meta = Meta(
            token=draft.pk.hex,
            address=request.META.get("REMOTE_ADDR", ""),
            language=definition.language,
            started_at=known.at if known else draft.created_at.timestamp(),
            trap=request.POST.get(TRAP_FIELD, ""),
            proof=request.POST.get(PROOF_FIELD, ""),
        )
        result = receive(page, answers, None, meta, draft=draft, definition=definition)
        if isinstance(result, Receipt):
            return _to_thanks(page, request, result)
        errors = result
    held = draft_files(draft)
    names = {key: [one.name for one in files] for key, files in held.items()}
    sections = [
        {
            "step": step,
            "rows": summary(definition, answers, step=step.number, files=names),
            "change": f"{page.get_url(request)}{page.reverse_subpage('step', args=[step.number])}"
            f"?{DRAFT}={draft.pk.hex}&then=check",
        }
        for step in definition.steps
    ]
    problems = []
    if errors:
        problems = [("", message) for message in errors.general]
        for key, messages in errors.fields.items():
            problems += [(f"row-{key}", message) for message in messages]
    context = _context(page, request) | {
        "sections": sections,
        "problems": problems,
        "draft": draft,
        "step_number": len(definition.steps) + 1,
        "step_count": len(definition.steps) + 1,
        "back": f"{page.get_url(request)}{page.reverse_subpage('step', args=[len(definition.steps)])}"
        f"?{DRAFT}={draft.pk.hex}",
        "has_errors": bool(problems),
    }
    return _answer(request, "forms/check.html", context, errors)


def serve_thanks(page: FormPage, request: HttpRequest, ticket: str) -> HttpResponse:
    """The receipt. A forged or old ticket gets a page that says how to ask, not an error."""
    known = read_receipt_ticket(ticket)
    submission = Submission.objects.filter(pk=known, page=page).first() if known else None
    receipt = receipt_for(submission) if submission else None
    context = _context(page, request) | {"receipt": receipt}
    return private(TemplateResponse(request, page.landing_page_template, context, status=200 if receipt else 410))


def serve_proof(page: FormPage, request: HttpRequest) -> HttpResponse:
    """A fresh challenge for a proof of work, as ALTCHA's solvers take it."""
    if not proof.asked_by(page):
        raise Http404
    if request.method not in ("GET", "HEAD"):
        return private(HttpResponseNotAllowed(("GET", "HEAD")))
    return private(JsonResponse(proof.new_challenge(page)))


def serve_preview(page: FormPage, request: HttpRequest, mode_name: str) -> HttpResponse:
    """The form or the thank-you page as editors see it; nothing can be sent from it."""
    if mode_name == "landing":
        receipt = Receipt("K7Q-M4R-TX9", uuid.UUID(int=0), timezone.now(), Screening.NONE, crisis=False)
        return TemplateResponse(request, page.landing_page_template, _context(page, request) | {"receipt": receipt})
    definition = page.definition()
    return _render_form(page, request, definition, draw(definition), number=1 if definition.stepped else None)


# --- parts ------------------------------------------------------------------------------------------------------------


def _context(page: FormPage, request: HttpRequest) -> dict[str, Any]:
    context: dict[str, Any] = page.get_context(request)
    context["form_url"] = page.get_url(request) or ""
    if page.pk and proof.asked_by(page):
        context["proof_url"] = f"{context['form_url']}{page.reverse_subpage('proof')}"
    return context


def _answer(request: HttpRequest, template: str, context: dict[str, Any], errors: Errors | None) -> HttpResponse:
    response = TemplateResponse(request, template, context, status=errors.status if errors else 200)
    if errors and errors.retry_after:
        response["Retry-After"] = str(errors.retry_after)
    return private(response)


def _render_form(
    page: FormPage,
    request: HttpRequest,
    definition: FormDefinition,
    form: FormView,
    *,
    number: int | None = None,
    draft: Draft | None = None,
    token: str = "",
    errors: Errors | None = None,
) -> HttpResponse:
    # A posted token is kept: a corrected form is still the same rendering to idempotency and timing.
    posted = request.POST.get("form-token", "") if request.method == "POST" else ""
    kept = posted if page.pk and read_form_token(posted, page.pk) else ""
    address = page.get_url(request) or ""
    context = _context(page, request) | {
        "form": form,
        "definition": definition,
        "token": kept or token or new_form_token(page.pk or 0),
        "draft": draft,
        "has_errors": bool(form.errors),
        "action": address if number in (None, 1) else f"{address}{page.reverse_subpage('step', args=[number])}",
        "step_number": number,
        "step": definition.steps[number - 1] if number and definition.steps else None,
        "step_count": len(definition.steps) + 1,
        "then": "check" if "check" in (request.GET.get("then"), request.POST.get("form-then")) else "",
    }
    if draft is not None and number and number > 1:
        context["back"] = f"{address}{page.reverse_subpage('step', args=[number - 1])}?{DRAFT}={draft.pk.hex}"
    return _answer(request, "forms/form_page.html", context, errors)


def _to_thanks(page: FormPage, request: HttpRequest, receipt: Receipt) -> HttpResponse:
    target = page.reverse_subpage("thanks", args=[receipt_ticket(receipt.submission_id)])
    return private(HttpResponseRedirect(f"{page.get_url(request)}{target}", status=303))


def _draft_id(request: HttpRequest) -> uuid.UUID | None:
    text = request.POST.get("form-draft") or request.GET.get(DRAFT) or ""
    try:
        return uuid.UUID(hex=text) if len(text) <= 36 and text else None
    except ValueError:
        return None


@sensitive_variables()
def _open_draft(page: FormPage, request: HttpRequest) -> tuple[Draft | None, Answers, str, FormDefinition | None]:
    """The draft of this browser that the request names: answers, form token, and the form as it was when begun.

    The definition is kept with the draft, so that the form does not change under the hands of who fills it in.
    """
    secret, known = request.COOKIES.get(COOKIE, ""), _draft_id(request)
    if not secret or known is None:
        return None, {}, "", None
    draft = Draft.objects.alive().of_browser(secret).filter(pk=known, page=page).first()
    if draft is None:
        return None, {}, "", None
    try:
        held = draft.unseal()
    except EncryptionError:  # the key went while somebody was filling in: they begin again, told so
        return None, {}, "", None
    return draft, held["answers"], held["token"], FormDefinition.from_snapshot(held["definition"])


@sensitive_variables()
def _keep(
    page: FormPage,
    definition: FormDefinition,
    draft: Draft | None,
    answers: Answers,
    token: str,
    secret: str,
    checked: AnswerForm,
    gone: set[str],
) -> Draft | Errors:
    """Store the answers so far, with the files of this step."""
    is_new = draft is None
    draft = draft or Draft(page=page, browser=keyed_digest("draft-browser", secret.encode()))
    attachments = store_files(checked.new_files, draft=draft)
    if isinstance(attachments, Errors):
        return attachments
    posted = checked.data.get("form-token", "") if checked.data else ""
    token = token or (posted if read_form_token(posted, page.pk) else "")
    draft.seal({"answers": answers, "token": token, "definition": definition.snapshot()})
    draft.has_files = draft.has_files or bool(attachments)
    draft.expires_at = draft_expiry()
    try:
        with transaction.atomic():
            draft.save(force_insert=is_new)
            Attachment.objects.bulk_create(attachments)
            removed = list(Attachment.objects.filter(draft=draft, pk__in=_uuids(gone))) if gone else []
            Attachment.objects.filter(pk__in=[one.pk for one in removed]).delete()
    except BaseException:
        forget_files(attachments)
        raise
    forget_files(removed)
    return draft


def _uuids(texts: set[str]) -> list[uuid.UUID]:
    found = []
    for text in list(texts)[:20]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _already_sent(page: FormPage, request: HttpRequest) -> Receipt | None:
    """The receipt of a draft that was sent a moment ago: a double click, or Back after sending."""
    known = _draft_id(request)
    if known is None:
        return None
    submission = Submission.objects.filter(page=page, token_digest__in=draft_token_digests(page, known)).first()
    return receipt_for(submission) if submission else None


@sensitive_variables()
def _lost(page: FormPage, request: HttpRequest, number: int | None = None) -> HttpResponse:
    """The draft is gone: say so on the first step, and keep what was typed on this one."""
    definition = page.definition()
    message = _("We no longer have the answers you gave in the earlier steps: they are kept for two hours only.")
    advice = _("Please give them again. What you wrote in this step is kept.") if number else _("Please begin again.")
    form = draw(definition, step=1, general=[f"{message} {advice}"])
    if request.method != "POST" or number is None:
        return _render_form(page, request, definition, form, number=1, errors=Errors(status=410))
    checked = AnswerForm(definition, request.POST, None, step=number)
    checked.is_valid()
    secret = request.COOKIES.get(COOKIE, "") or secrets.token_urlsafe(24)
    draft = _keep(page, definition, None, checked.answers(), "", secret, AnswerForm(definition, step=1), set())
    kept = draft if isinstance(draft, Draft) else None
    response = _render_form(page, request, definition, form, number=1, draft=kept, errors=Errors(status=410))
    return _with_cookie(response, page, request, secret)


def _with_cookie(response: HttpResponse, page: FormPage, request: HttpRequest, secret: str) -> HttpResponse:
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(LIFE.total_seconds()),
        path=page.get_url(request),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return private(response)


__all__ = ["private", "serve_check", "serve_form", "serve_preview", "serve_proof", "serve_step", "serve_thanks"]
