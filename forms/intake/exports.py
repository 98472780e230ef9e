"""Exports of submissions to CSV and XLSX: with a reason, recorded, streamed, and inert in any spreadsheet program."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from forms.building.kinds import Kind
from forms.intake.gate import intake_only
from forms.intake.listing import FilterForm, filtered
from forms.intake.places import crumbs
from forms.intake.spreadsheets import csv_lines, xlsx_chunks
from forms.models.audit import AuditEntry, record
from forms.models.submissions import FormSnapshot, Submission, SubmissionQuerySet
from forms.receiving.display import display
from forms.safekeeping.encryption import EncryptionError

SHORTEST_REASON = 5
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@intake_only
@require_http_methods(["GET", "POST"])
@sensitive_variables()
def export(request: HttpRequest) -> HttpResponseBase:
    """Ask for the reason, record it, then stream what the filters of the list let through."""
    query = QueryDict(request.POST.get("query", "") if request.method == "POST" else request.META["QUERY_STRING"])
    values = FilterForm(query).values()
    found = filtered(values, request.user.pk)
    reason, chosen = request.POST.get("reason", "").strip()[:500].replace("\x00", ""), request.POST.get("format", "csv")
    error = ""
    if request.method == "POST":
        if len(reason) < SHORTEST_REASON:
            error = _("Write why you need the export, in a few words. It is kept with the audit entry.")
        elif chosen in FORMATS:
            count = found.count()
            record(
                AuditEntry.Action.EXPORT,
                request=request,
                reason=reason,
                format=chosen,
                count=count,
                filters=sorted(values),
            )
            return _stream(request, found, chosen)
    context = {
        "header_title": _("Export"),
        "breadcrumbs_items": crumbs((_("Export"), "")),
        "header_icon": "download",
        "count": found.count(),
        "query": query.urlencode(),
        "reason": reason,
        "error": error,
    }
    return render(request, "forms/intake/export.html", context, status=422 if error else 200)


def _stream(request: HttpRequest, found: SubmissionQuerySet, chosen: str) -> HttpResponseBase:
    rows = export_rows(found)
    pieces: Iterator[bytes]
    pieces = (line.encode() for line in csv_lines(rows)) if chosen == "csv" else xlsx_chunks(rows)
    content: Any = _asynchronous(pieces) if isinstance(request, ASGIRequest) else pieces
    response = StreamingHttpResponse(content, content_type=FORMATS[chosen])
    name = f"submissions-{timezone.localtime():%Y-%m-%d-%H%M}.{chosen}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


async def _asynchronous(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Feed an asynchronous server piece by piece; it would collect a synchronous stream in memory first."""
    take = sync_to_async(lambda: next(pieces, None))
    while (piece := await take()) is not None:
        yield piece


@sensitive_variables()
def export_rows(found: SubmissionQuerySet) -> Iterator[list[str]]:
    """A heading row and one row a submission; the columns are the questions of all forms among them."""
    columns: dict[tuple[str, str], str] = {}
    snapshots = FormSnapshot.objects.filter(pk__in=found.order_by().values("snapshot")).order_by("created_at")
    forms = {snapshot.pk: snapshot.form() for snapshot in snapshots}
    for form in forms.values():
        for field in form.by_key.values():
            if field.kind != Kind.FILE:
                columns[form.slug, field.key] = field.label
    several = len({slug for slug, _key in columns}) > 1
    heading = [
        *(_("Reference"), _("Form"), _("Received"), _("Status"), _("Outcome"), _("Urgency"), _("Screening")),
        *(_("Assigned to"), _("First contact"), _("Attachments"), _("Possible spam")),
    ]
    yield heading + [f"{label} ({slug})" if several else label for (slug, _key), label in columns.items()]
    for one in found.select_related("page", "assignee").order_by("received_at", "id").iterator(chunk_size=500):
        fixed = [
            one.reference,
            one.page.title,
            timezone.localtime(one.received_at).strftime("%Y-%m-%d %H:%M"),
            one.get_status_display(),
            one.get_outcome_display(),
            one.get_urgency_display(),
            one.get_screening_display() if one.screening else "",
            one.assignee.get_username() if one.assignee else "",
            timezone.localtime(one.first_contact_at).strftime("%Y-%m-%d %H:%M") if one.first_contact_at else "",
            str(one.files),
            _("yes") if one.spam == Submission.Spam.POSSIBLE else "",
        ]
        form = forms[one.snapshot_id]
        try:
            answers = one.answers
        except EncryptionError as error:
            yield [*fixed, str(error)]
            continue
        cells = []
        for slug, key in columns:
            asked = form.by_key.get(key) if slug == form.slug else None
            given = answers.get(key) if asked else None
            if asked is None or given is None:
                cells.append("")
            elif asked.kind in (Kind.PHONE, Kind.DATE, Kind.BIRTHDATE) and isinstance(given, str):
                cells.append(given)  # E.164 and ISO dates: machines read exports
            else:
                cells.append("; ".join(display(asked, given)))
        yield fixed + cells


__all__ = ["export", "export_rows"]
