"""Records around submissions: the audit trail, the outbox, and one person's records (access and erasure)."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from forms.access import can_read_submissions
from forms.intake import handling
from forms.intake.gate import auditors_only, intake_only
from forms.intake.places import crumbs
from forms.intake.words import in_words
from forms.models.audit import AuditEntry, record, verify
from forms.models.deliveries import Delivery
from forms.models.submissions import Submission
from forms.receiving.references import normalise_reference
from forms.receiving.summary import summary
from forms.safekeeping.encryption import EncryptionError
from forms.safekeeping.purging import erase

PER_PAGE = 50


@auditors_only
@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """The trail, newest first; filtered by what was done, by whom, or by reference."""
    entries = AuditEntry.objects.order_by("-number")
    action, who = request.GET.get("action", ""), request.GET.get("who", "")[:150].replace("\x00", "")
    reference = normalise_reference(request.GET.get("reference", "")[:40])
    if action in AuditEntry.Action.values:
        entries = entries.filter(action=action)
    if who:
        entries = entries.filter(actor_name=who)
    if request.GET.get("reference"):
        entries = entries.filter(reference=reference or "-")
    upto = request.GET.get("upto", "")
    if upto.isascii() and upto.isdigit() and len(upto) < 18:
        entries = entries.filter(number__lte=int(upto))
    rows = list(entries[: PER_PAGE + 1])
    shown, more = rows[:PER_PAGE], rows[PER_PAGE:]
    query = request.GET.copy()
    query.pop("upto", None)
    context = {
        "header_title": _("Audit trail"),
        "breadcrumbs_items": crumbs((_("Audit trail"), "")),
        "header_icon": "history",
        "rows": [(entry, in_words(entry), _reason(request, entry)) for entry in shown],
        "actions": AuditEntry.Action.choices,
        "chosen": {"action": action, "who": who, "reference": request.GET.get("reference", "")[:40]},
        "older": f"{query.urlencode()}&upto={more[0].number}" if more else "",
        "checked": _checked() if request.GET.get("check") else None,
    }
    return render(request, "forms/intake/audit.html", context)


def _reason(request: HttpRequest, entry: AuditEntry) -> str:
    if not entry.reason_digest or not can_read_submissions(request.user):
        return ""
    try:
        return entry.reason
    except EncryptionError as error:
        return str(error)


def _checked() -> dict[str, Any]:
    count, digest, broken = verify()
    return {"count": count, "digest": digest, "broken": broken}


@intake_only
@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """The outbox of submissions: what waits, what was sent, what was given up."""
    state = request.GET.get("state", "")
    rows = Delivery.objects.exclude(submission=None).select_related("submission").order_by("-created_at")
    if state in Delivery.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p", "1")[:9])
    context = {
        "header_title": _("Notifications"),
        "breadcrumbs_items": crumbs((_("Notifications"), "")),
        "header_icon": "mail",
        "page_obj": page,
        "states": Delivery.State.choices,
        "state": state,
        "given_up": Delivery.objects.given_up().count(),
        "waiting": Delivery.objects.waiting().count(),
    }
    return render(request, "forms/intake/deliveries.html", context)


@intake_only
@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a delivery that was given up once more."""
    delivery = get_object_or_404(Delivery.objects.exclude(submission=None), pk=pk, state=Delivery.State.FAILED)
    handling.resend(delivery, request=request)
    messages.success(request, _("It will be sent again within a minute."))
    return HttpResponseRedirect(reverse("intake:deliveries"))


# --- one person's records ---------------------------------------------------------------------------------------------


def _chosen(request: HttpRequest) -> list[Submission]:
    ids = []
    for text in request.POST.getlist("chosen")[:500]:
        try:
            ids.append(uuid.UUID(text))
        except ValueError:
            continue
    return list(Submission.objects.for_desk().filter(pk__in=ids).order_by("received_at"))


def _reason_given(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()[:500].replace("\x00", "")


@intake_only
@require_POST
@sensitive_post_parameters()
@sensitive_variables()
def one_person(request: HttpRequest) -> HttpResponse:
    """Export or erase the records that are ticked: 45 CFR 164.524 (access), and erasure where the law gives it."""
    chosen, reason, action = _chosen(request), _reason_given(request), request.POST.get("action", "")
    context = {
        "header_title": _("One person’s records"),
        "breadcrumbs_items": crumbs((_("One person’s records"), "")),
        "header_icon": "user",
        "chosen": chosen,
        "reason": reason,
    }
    if not chosen:
        messages.error(request, _("Tick the submissions first."))
        return HttpResponseRedirect(reverse("intake:index"))
    if action not in ("export", "erase"):
        return render(request, "forms/intake/person.html", context)
    error = ""
    if len(reason) < 5:
        error = _("Write why, in a few words. It is kept with the audit entry.")
    elif action == "erase" and request.POST.get("sure") != "yes":
        error = _("Tick the box to say that you want to erase these records for good.")
    if error:
        return render(request, "forms/intake/person.html", context | {"error": error}, status=422)
    references = [one.reference for one in chosen]
    if action == "export":
        try:
            archive = person_archive(chosen)
        except OSError:
            error = _("The file store does not answer. Try again.")
            return render(request, "forms/intake/person.html", context | {"error": error}, status=503)
        record(AuditEntry.Action.SUBJECT_ACCESS, request=request, reason=reason, shown=references)
        response = HttpResponse(archive, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="records-{timezone.localdate():%Y-%m-%d}.zip"'
        return response
    for one in chosen:
        record(AuditEntry.Action.ERASE, request=request, submission=one, reason=reason)
        erase(one)
    messages.success(
        request,
        ngettext("%(count)d submission erased.", "%(count)d submissions erased.", len(chosen)) % {"count": len(chosen)},
    )
    return HttpResponseRedirect(reverse("intake:index"))


@sensitive_variables()
def person_archive(submissions: list[Submission]) -> bytes:
    """A ZIP with one JSON file of questions and answers a submission, and their attachments."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in submissions:
            form, answers = one.form, one.answers
            attachments = list(one.attachments.all())
            record_of = {
                "reference": one.reference,
                "form": form.title,
                "received": one.received_at.isoformat(),
                "status": str(one.get_status_display()),
                "answers": [
                    {"question": row.question, "answer": row.lines}
                    for row in summary(form, answers)
                    if row.kind != "file"
                ],
                "consents": one.consents,
                "attachments": [attachment.name for attachment in attachments],
            }
            text = json.dumps(record_of, ensure_ascii=False, indent=2)
            archive.writestr(f"{one.reference}/answers.json", text)
            for number, attachment in enumerate(attachments, start=1):
                archive.writestr(f"{one.reference}/{number}-{attachment.name}", attachment.read())
    return buffer.getvalue()
