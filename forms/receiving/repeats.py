"""Which sending repeats an earlier one: the same rendering of the form, or the same person's same answers lately."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.utils import timezone

from forms.building.definition import Answers, FormDefinition
from forms.building.kinds import Kind
from forms.models.attachments import Attachment
from forms.models.pages import FormPage
from forms.models.submissions import Submission
from forms.receiving.answers import AnswerForm
from forms.safekeeping.encryption import keyed_digests

SAME_CONTENT = timedelta(hours=1)  # the same answers to the same form again within this time are the same request


def draft_token_digests(page: FormPage, draft_id: uuid.UUID) -> list[str]:
    """By which a submission made from a draft is found again, after the draft is gone; the active key's first."""
    return token_digests(page, Submission.Channel.WEB, draft_id.hex)


def token_digests(page: FormPage, channel: str, token: str) -> list[str]:
    """By which a rendering of the form (``token``) is known again; the active key's first."""
    return keyed_digests("form-token", f"{page.pk}|{channel}|{token}".encode())


def content_digests(
    page: FormPage, answers: Answers, form: AnswerForm, held: Mapping[str, Sequence[Attachment]]
) -> list[str]:
    """By which the same answers with the same files are known again; the active key's first."""
    files = sorted(hashlib.sha256(one.content).hexdigest() for many in form.new_files.values() for one in many)
    files += sorted(str(one.pk) for many in held.values() for one in many)
    body = json.dumps([page.pk, answers, files], sort_keys=True, ensure_ascii=False)
    return keyed_digests("content", body.encode())


def names_a_person(definition: FormDefinition, answers: Answers) -> bool:
    """Whether the answers hold a phone number or an address: then the same answers again come from the same person.

    Without one they may be two people who answered a survey alike, and neither may be lost.
    """
    return any(answers.get(one.key) for one in definition.fields if one.kind in (Kind.PHONE, Kind.EMAIL))


def earlier_sending(page: FormPage, tokens: list[str], digests: list[str], *, of_one_person: bool) -> Submission | None:
    """What this sending may repeat: the same rendering of the form, or the same person's same answers lately."""
    rows = Submission.objects.filter(page=page, token_digest__in=tokens)
    if of_one_person:
        since = timezone.now() - SAME_CONTENT
        rows = rows | Submission.objects.filter(page=page, content_digest__in=digests, received_at__gte=since)
    found = list(rows.order_by("-received_at")[:20])
    found.sort(key=lambda one: (one.content_digest in digests, one.token_digest in tokens), reverse=True)
    return found[0] if found else None
