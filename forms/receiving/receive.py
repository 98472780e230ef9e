"""receive(): the one way in for answers, from pages and from the API. What it acknowledges is committed."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from forms.building.definition import Answers, FormDefinition
from forms.building.kinds import Kind
from forms.building.screening import SENTENCES, Screening
from forms.delivery.outbox import deliveries_for
from forms.models.attachments import Attachment
from forms.models.deliveries import Delivery
from forms.models.drafts import Draft
from forms.models.pages import FormPage
from forms.models.proofs import SpentProof
from forms.models.submissions import ContactIndex, FormSnapshot, Submission, contact_digests, topics_index
from forms.receiving import limits, spam
from forms.receiving.answers import AnswerForm, Files
from forms.receiving.crisis import mentions_crisis
from forms.receiving.proof import Proof, asked_by, read_proof
from forms.receiving.references import new_reference
from forms.receiving.repeats import content_digests, earlier_sending, names_a_person, token_digests
from forms.receiving.tokens import read_form_token
from forms.receiving.uploads import CheckedFile

TOKEN_FIELD = "form-token"  # noqa: S105
TRAP_FIELD = "form-website"
PROOF_FIELD = "form-proof"


@dataclass(frozen=True, slots=True)
class Meta:
    """What is known about a sending besides the answers.

    ``token`` makes it idempotent: the same token with the same answers gives the same receipt. ``started_at`` (seconds
    since 1970) is when the form was rendered, None if unknown.
    """

    token: str
    channel: str = Submission.Channel.WEB
    address: str = ""
    language: str = ""
    started_at: float | None = None
    trap: str = ""
    proof: str = ""

    @classmethod
    def from_request(cls, request: HttpRequest, page: FormPage) -> Meta:
        """The meta data of a posted page."""
        text = request.POST.get(TOKEN_FIELD, "")
        token = read_form_token(text, page.pk)
        return cls(
            token=token.nonce if token else "",
            address=request.META.get("REMOTE_ADDR", ""),
            language=get_language() or "",
            started_at=token.at if token else None,
            trap=request.POST.get(TRAP_FIELD, ""),
            proof=request.POST.get(PROOF_FIELD, ""),
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a submission is stored. ``repeated`` when it had been stored by an earlier sending of this form."""

    reference: str
    submission_id: uuid.UUID
    received_at: datetime
    screening: Screening
    crisis: bool
    repeated: bool = False

    @property
    def screening_sentence(self) -> str:
        """The kind sentence for the sender; empty without an eligibility checklist."""
        return str(SENTENCES[self.screening])


@dataclass(frozen=True, slots=True)
class Errors:
    """Why nothing was stored: messages by field key, and messages about the whole sending.

    ``status`` is the HTTP status that fits: 422, 409 (same token, other answers, API only) or 429.
    """

    fields: dict[str, list[str]] = field(default_factory=dict)
    general: list[str] = field(default_factory=list)
    status: int = 422
    retry_after: int | None = None


@sensitive_variables()
def receive(
    page: FormPage,
    data: Mapping[str, Any],
    files: Files | None,
    meta: Meta,
    *,
    draft: Draft | None = None,
    definition: FormDefinition | None = None,
) -> Receipt | Errors:
    """Check answers and store them encrypted, with their notifications, in one transaction.

    ``data`` is a posted QueryDict or a JSON object of answers. A ``draft`` brings files uploaded in earlier steps and
    is deleted with the same commit. Returns a Receipt only after the commit; database errors are raised, never hidden.
    """
    definition = definition or page.definition()
    held = draft_files(draft)
    form = AnswerForm(definition, data, files, held=held)
    errors = {key: [str(one) for one in found] for key, found in form.errors.items()}
    if meta.channel == Submission.Channel.API:
        for key in data:
            if key not in definition.by_key:
                errors.setdefault(str(key)[:100], []).append(_("This form has no such field. Leave it out."))
    if errors:
        return Errors(fields=errors)

    answers = form.answers()
    digests = content_digests(page, answers, form, held)
    tokens = token_digests(page, meta.channel, meta.token or uuid.uuid4().hex)
    earlier = earlier_sending(page, tokens, digests, of_one_person=names_a_person(definition, answers))
    if earlier is not None and earlier.content_digest in digests:
        if earlier.token_digest in tokens:
            return _receipt(earlier, repeated=True)
        # Perhaps somebody who guesses what another person sent. The receipt does not say that they were right.
        return replace(_receipt(earlier, repeated=False), received_at=timezone.now())
    if earlier is not None and meta.channel == Submission.Channel.API:
        return Errors(
            general=[_("This idempotency key was used for other answers. Make a new key for a new submission.")],
            status=409,
        )

    sendings = limits.count_sending(meta.address, page.pk)
    if sendings > limits.refuse_after():
        return Errors(
            general=[
                _("Too many forms came from your network in the last hour. Your answers are kept: try again later.")
            ],
            status=429,
            retry_after=limits.seconds_left(),
        )
    proof = read_proof(meta.proof, page) if asked_by(page) else None
    if proof is not None and SpentProof.objects.filter(pk=proof.digest).exists():
        proof = None
    submission = _build(page, definition, answers, meta, sendings, tokens[0], digests[0], earlier, proof)
    attachments = store_files(form.new_files, submission=submission)
    if isinstance(attachments, Errors):
        return attachments
    return _commit(page, definition, answers, submission, attachments, held, draft, proof)


def draft_files(draft: Draft | None) -> dict[str, list[Attachment]]:
    """Files uploaded in earlier steps, by field key."""
    held: dict[str, list[Attachment]] = {}
    if draft is not None and draft.has_files:
        for attachment in Attachment.objects.filter(draft=draft):
            held.setdefault(attachment.field_key, []).append(attachment)
    return held


def receipt_for(submission: Submission) -> Receipt:
    """The receipt of a stored submission."""
    return _receipt(submission, repeated=True)


def _receipt(submission: Submission, *, repeated: bool) -> Receipt:
    return Receipt(
        reference=submission.reference,
        submission_id=submission.pk,
        received_at=submission.received_at,
        screening=Screening(submission.screening),
        crisis=submission.crisis,
        repeated=repeated,
    )


def _build(
    page: FormPage,
    definition: FormDefinition,
    answers: Answers,
    meta: Meta,
    sendings: int,
    token: str,
    digest: str,
    earlier: Submission | None,
    proof: Proof | None,
) -> Submission:
    now = timezone.now()
    texts = list(definition.free_texts(answers))
    why = spam.reasons(
        trap=meta.trap,
        age=time.time() - meta.started_at if meta.started_at is not None else None,
        sendings=sendings,
        quarantine_after=limits.quarantine_after(),
        texts=texts,
        by_page=meta.channel == Submission.Channel.WEB,
        proof_missing=proof is None and asked_by(page),
    )
    submission = Submission(
        page=page,
        locale=(meta.language or definition.language)[:12],
        channel=meta.channel,
        urgency=definition.urgency_of(answers),
        screening=definition.screening_of(answers),
        criteria_version=definition.criteria_version,
        crisis=definition.checks_crisis_words and mentions_crisis(texts),
        spam=Submission.Spam.POSSIBLE if why else Submission.Spam.NONE,
        spam_reasons=",".join(why),
        topics=topics_index(definition, answers),
        token_digest=token,
        content_digest=digest,
        idempotency_key=hashlib.sha256(f"{token}|{digest}".encode()).hexdigest(),
        follows=earlier,
        received_at=now,
        due_at=now + page.service_target,
        retain_until=now + page.retention,
    )
    consents = [
        {"key": one.key, "wording": one.wording, "given": bool(answers.get(one.key)), "at": now.isoformat()}
        for one in definition.fields
        if one.kind == Kind.CONSENT and one.key in answers
    ]
    submission.seal({"answers": answers, "consents": consents})
    return submission


def store_files(
    new_files: Mapping[str, Sequence[CheckedFile]], *, submission: Submission | None = None, draft: Draft | None = None
) -> list[Attachment] | Errors:
    """Encrypt files into private storage; the rows are returned unsaved. Nothing is left behind on failure."""
    attachments: list[Attachment] = []
    for key, files in new_files.items():
        for file in files:
            attachment = Attachment(field_key=key, submission=submission, draft=draft)
            try:
                attachment.store(file)
            except Exception:  # every storage has errors of its own
                forget_files(attachments)
                message = _("We cannot store files at the moment. Send the form without the file, or try again later.")
                return Errors(fields={key: [message]})
            attachments.append(attachment)
    return attachments


def forget_files(attachments: Sequence[Attachment]) -> None:
    """Remove files whose rows were not saved. What cannot be removed now, the purge command removes."""
    for attachment in attachments:
        with suppress(Exception):
            attachment.remove_file()


def _commit(
    page: FormPage,
    definition: FormDefinition,
    answers: Answers,
    submission: Submission,
    attachments: Sequence[Attachment],
    held: Mapping[str, Sequence[Attachment]],
    draft: Draft | None,
    proof: Proof | None,
) -> Receipt:
    submission.files = len(attachments) + sum(len(many) for many in held.values())
    for _attempt in range(3):
        submission.reference = new_reference()
        try:
            with transaction.atomic():
                submission.snapshot = _snapshot(definition)
                submission.save(force_insert=True)
                ContactIndex.objects.bulk_create(
                    [ContactIndex(submission=submission, digest=one) for one in contact_digests(definition, answers)]
                )
                if attachments:
                    Attachment.objects.bulk_create(attachments)
                if proof is not None:
                    SpentProof.objects.create(digest=proof.digest, expires_at=proof.expires_at)
                if draft is not None:
                    if draft.has_files:
                        Attachment.objects.filter(draft=draft).update(submission=submission, draft=None)
                    spent = Draft.objects.filter(pk=draft.pk)
                    spent._raw_delete(spent.db)  # its files have just moved, so there is nothing to cascade to
                if not submission.is_quarantined:
                    Delivery.objects.bulk_create(deliveries_for(page, submission, answers, definition))
        except IntegrityError:
            # A sending of the same form won the race, or one with the same proof did, or (1 in 10^12) the reference
            # is taken.
            other = Submission.objects.filter(idempotency_key=submission.idempotency_key).first()
            if other is not None:
                forget_files(attachments)
                return _receipt(other, repeated=True)
            if proof is not None and SpentProof.objects.filter(pk=proof.digest).exists():
                proof = None
                submission.spam = Submission.Spam.POSSIBLE
                submission.spam_reasons = ",".join(filter(None, [submission.spam_reasons, "proof"]))
        except BaseException:
            forget_files(attachments)
            raise
        else:
            return _receipt(submission, repeated=False)
    raise IntegrityError("The submission could not be stored.")


def _snapshot(definition: FormDefinition) -> FormSnapshot:
    found = FormSnapshot.objects.filter(digest=definition.digest).only("pk").first()
    if found is None:
        found, _created = FormSnapshot.objects.get_or_create(
            digest=definition.digest, defaults={"definition": definition.snapshot()}
        )
    return found
