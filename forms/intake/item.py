"""One submission at the desk: what was answered, and what is done with it."""

from __future__ import annotations

import io
import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from forms.access import intake_people
from forms.building.definition import Answers, FormDefinition
from forms.building.kinds import Kind, Meaning
from forms.intake import handling
from forms.intake.gate import intake_only, person
from forms.intake.places import back, crumbs
from forms.intake.words import in_words
from forms.models.attachments import Attachment
from forms.models.audit import AuditEntry, record
from forms.models.submissions import Submission, answer_for
from forms.receiving.identifiers import display_phone
from forms.receiving.summary import Row, summary
from forms.safekeeping.encryption import EncryptionError


def find(request: HttpRequest, pk: uuid.UUID) -> Submission:
    """The submission, or 404."""
    found = Submission.objects.for_desk().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@intake_only
@require_GET
@sensitive_variables()
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One submission: answers as asked, files, timeline, notes, and what can be done with it."""
    submission = find(request, pk)
    record(AuditEntry.Action.READ, request=request, submission=submission)
    context = _detail_context(submission) | {
        "header_title": submission.reference,
        "breadcrumbs_items": crumbs((submission.reference, "")),
        "header_icon": "mail",
        "people": intake_people(),
        "statuses": Submission.Status.choices,
        "chosen": request.GET.get("status") or submission.status,
        "outcomes": Submission.Outcome.choices,
    }
    return render(request, "forms/intake/detail.html", context)


@intake_only
@require_GET
@sensitive_variables()
def printed(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One submission on paper."""
    submission = find(request, pk)
    record(AuditEntry.Action.PRINT, request=request, submission=submission)
    return render(request, "forms/intake/print.html", _detail_context(submission))


@sensitive_variables()
def _detail_context(submission: Submission) -> dict[str, Any]:
    context: dict[str, Any] = {"submission": submission, "problem": "", "language": _language(submission.locale)}
    try:
        held = submission.unseal()
        form, answers = submission.form, held["answers"]
        files: dict[str, list[str]] = {}
        attachments = list(submission.attachments.all())
        for one in attachments:
            files.setdefault(one.field_key, []).append(one.name)
        notes = [(note, note.text) for note in submission.notes.all()]
    except EncryptionError as error:
        return context | {"problem": str(error)}
    steps = form.steps if form.stepped else ()
    sections = [(step.title, _rows(form, answers, files, step.number)) for step in steps]
    context |= {
        "definition": form,
        "sections": sections or [("", _rows(form, answers, files))],
        "consents": held["consents"],
        "attachments": attachments,
        "notes": notes,
        "name": answer_for(form, answers, [Meaning.PATIENT_NAME, Meaning.CONTACT_NAME]),
        "calls": [
            (number, display_phone(number), whose)
            for number, whose in _reached(form, answers, Meaning.CONTACT_PHONE, Meaning.PATIENT_PHONE)
        ],
        "mails": _reached(form, answers, Meaning.CONTACT_EMAIL, Meaning.PATIENT_EMAIL),
        "wish": answer_for(form, answers, [Meaning.CONTACT_PREFERENCE]),
        "voicemail": answer_for(form, answers, [Meaning.VOICEMAIL]),
        "best_time": answer_for(form, answers, [Meaning.PREFERRED_TIME]),
        "timeline": [
            (entry, in_words(entry))
            for entry in AuditEntry.objects.filter(reference=submission.reference).order_by("-number")[:100]
        ],
        "deliveries": submission.deliveries.order_by("created_at"),
        "related": Submission.objects.filter(contacts__digest__in=submission.contacts.values("digest"))
        .exclude(pk=submission.pk)
        .distinct()
        .order_by("-received_at")[:10],
        "spam_reasons": [SPAM_REASONS.get(one, one) for one in submission.spam_reasons.split(",") if one],
    }
    return context


def _reached(form: FormDefinition, answers: Answers, own: Meaning, patient: Meaning) -> list[tuple[str, str]]:
    """Numbers or addresses, each with whose it is where two people are spoken of: nobody calls one for the other."""
    names = [answer_for(form, answers, [one]) for one in (Meaning.CONTACT_NAME, Meaning.PATIENT_NAME)]
    found: dict[str, str] = {}
    for meaning, name in zip((own, patient), names, strict=True):
        if value := answer_for(form, answers, [meaning]):
            found.setdefault(value, name if all(names) else "")
    return list(found.items())


def _language(code: str) -> str:
    """The language the form was filled in, by its name; as it was kept where it has none."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _rows(form: FormDefinition, answers: Answers, files: dict[str, list[str]], step: int | None = None) -> list[Row]:
    """Questions and answers without the consents, which stand in a list of their own with their exact wording."""
    return [row for row in summary(form, answers, step=step, files=files) if row.kind != Kind.CONSENT]


SPAM_REASONS = {
    "trap": gettext_lazy("a field that people cannot see was filled in"),
    "token": gettext_lazy("it did not come from a form that was shown"),
    "fast": gettext_lazy("it was filled in faster than anybody reads"),
    "many": gettext_lazy("many forms came from the same address"),
    "links": gettext_lazy("it holds many links"),
    "proof": gettext_lazy("its browser gave no proof of work (no JavaScript, or a program)"),
}


def _here(submission: Submission) -> str:
    return reverse("intake:detail", args=[submission.pk])


@intake_only
@require_POST
def move(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change the status; closing needs an outcome."""
    submission = find(request, pk)
    status, outcome = request.POST.get("status", ""), request.POST.get("outcome", "")
    if status not in Submission.Status.values:
        messages.error(request, _("Choose a status."))
    elif status == Submission.Status.CLOSED and outcome not in Submission.Outcome.values:
        messages.error(request, _("Choose how it ended, then close it."))
        return back(request, f"{_here(submission)}?{urlencode({'status': status})}")
    else:
        handling.move(submission, status, request=request, outcome=outcome)
        messages.success(request, _("%s: status changed.") % submission.reference)
    return back(request, _here(submission))


@intake_only
@require_POST
def assign(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Assign to somebody of the role."""
    submission = find(request, pk)
    chosen = request.POST.get("assignee", "")
    assignee = next((one for one in intake_people() if str(one.pk) == chosen), None)
    if chosen and assignee is None:
        messages.error(request, _("Choose somebody of the intake role."))
    else:
        handling.assign(submission, assignee, request=request)
        messages.success(request, _("%s: assigned.") % submission.reference)
    return back(request, _here(submission))


@intake_only
@require_POST
@sensitive_post_parameters()
@sensitive_variables()
def note(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Add a note."""
    submission = find(request, pk)
    text = request.POST.get("text", "").strip().replace("\x00", "")
    if not text:
        messages.error(request, _("Write a note first."))
    elif len(text) > 5000:
        messages.error(request, _("A note holds at most 5,000 characters. Write two."))
    else:
        handling.add_note(submission, text, author=person(request), request=request)
        messages.success(request, _("Note added."))
    return back(request, _here(submission))


@intake_only
@require_POST
def release(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Let a submission out of quarantine."""
    submission = find(request, pk)
    handling.release(submission, request=request)
    messages.success(request, _("%s: no spam. It is in the inbox now.") % submission.reference)
    return back(request, _here(submission))


@intake_only
@require_GET
@sensitive_variables()
def attachment(request: HttpRequest, pk: uuid.UUID, attachment_id: uuid.UUID) -> HttpResponseBase:
    """One file, as a download that no browser runs."""
    submission = find(request, pk)
    found = Attachment.objects.filter(pk=attachment_id, submission=submission).first()
    if found is None:
        raise Http404
    record(AuditEntry.Action.DOWNLOAD, request=request, submission=submission)
    try:
        content, name, content_type = found.read(), found.name, found.content_type
    except (EncryptionError, OSError) as error:
        reason = str(error) if isinstance(error, EncryptionError) else _("The file store does not answer. Try again.")
        messages.error(request, reason)
        return HttpResponseRedirect(_here(submission))
    response = FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Length"] = str(len(content))
    return response
