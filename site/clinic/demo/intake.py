"""The demo's two forms and its fictional submissions, sent in through the same door as anybody's."""

from __future__ import annotations

import datetime
import time
import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from clinic.demo import data
from clinic.demo.addresses import page_at
from forms.models import Attachment, Delivery, FormField, FormPage, FormStep, NotificationRule, Submission
from forms.receiving.receive import Errors, Meta, receive
from forms.receiving.repeats import draft_token_digests


def fill_form(page: FormPage, address: str) -> None:
    """Put the questions, steps and notification rules of the data files on a form page, in memory."""
    content = data.read("forms")[address]
    page.form_fields.set([_field(row, order) for order, row in enumerate(content["fields"])])
    page.steps.set([FormStep(sort_order=order, **row) for order, row in enumerate(content.get("steps", ()))])
    page.notification_rules.set(
        [NotificationRule(sort_order=order, **row) for order, row in enumerate(content["rules"])]
    )


def _field(row: Mapping[str, Any], order: int) -> FormField:
    fields = {name: value for name, value in row.items() if name not in ("choices", "show_when")}
    # One question at most decides whether another is asked.
    for question, answer in row.get("show_when", {}).items():
        fields |= {"condition_field": question, "condition_value": answer}
    return FormField(sort_order=order, choices="\n".join(row.get("choices", ())), **fields)


def seed_submissions() -> int:
    """Send in the submissions that are missing; returns how many.

    Nobody is told about them: their addresses do not exist.
    """
    made = 0
    for place, entry in enumerate(data.read("submissions")):
        page = page_at(entry["form"])
        if isinstance(page, FormPage) and _send(page, entry, place):
            made += 1
    return made


def _send(page: FormPage, entry: Mapping[str, Any], place: int) -> bool:
    """Receive one submission and set it back to its hour and status. False when it is here already.

    Raises ValueError, naming the questions, when the answers do not fit the form.
    """
    keys = {field.label: field.key for field in page.definition().fields}
    answers = {keys[label]: "yes" if answer is True else answer for label, answer in entry["answers"].items()}
    # RFC 5737 addresses, one each, so that no limit is reached; a form that was open for a while.
    meta = Meta(token=_token(entry).hex, address=f"192.0.2.{place + 1}", started_at=time.time() - 240)
    receipt = receive(page, answers, None, meta)
    if isinstance(receipt, Errors):
        raise ValueError(f"{entry['id']}: {receipt.fields or receipt.general}")
    if receipt.repeated:
        return False
    received = timezone.now() - datetime.timedelta(hours=entry["hours_ago"])
    status = entry.get("status", Submission.Status.NEW)
    changes: dict[str, Any] = {
        "received_at": received,
        "due_at": received + page.service_target,
        "retain_until": received + page.retention,
        "status": status,
        "outcome": entry.get("outcome", ""),
    }
    if status != Submission.Status.NEW:
        changes["assignee"] = get_user_model().objects.filter(username="intake").first()
        changes["first_contact_at"] = received + datetime.timedelta(hours=2)
    if status == Submission.Status.CLOSED:
        changes["closed_at"] = received + datetime.timedelta(hours=30)
    Submission.objects.filter(pk=receipt.submission_id).update(**changes)
    Delivery.objects.filter(submission_id=receipt.submission_id).delete()
    return True


def _token(entry: Mapping[str, Any]) -> uuid.UUID:
    """By which the form recognizes a submission of the demo."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"https://clinic.example/demo/{entry['id']}")


def remove_submissions(*, also_others: bool) -> int:
    """Delete the demo's submissions, and with `also_others` everybody's; returns how many others are left."""
    pages = {address: page for address in data.read("forms") if isinstance(page := page_at(address), FormPage)}
    own = [
        draft_token_digests(pages[entry["form"]], _token(entry))[0]
        for entry in data.read("submissions")
        if entry["form"] in pages
    ]
    rows = Submission.objects.all() if also_others else Submission.objects.filter(token_digest__in=own)
    for attachment in Attachment.objects.filter(submission__in=rows):
        attachment.remove_file()
    rows.delete()
    return Submission.objects.count()
