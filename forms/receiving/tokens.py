"""Tokens of forms: one per rendered form (idempotency and time of rendering), and tickets that open a receipt."""

from __future__ import annotations

import base64
import binascii
import secrets
import time
import uuid
from dataclasses import dataclass

from django.core import signing

from forms.safekeeping.encryption import EncryptionError, key_ring

FORM_SALT = "forms.form"
RECEIPT = "receipt"
RECEIPT_LIFE = 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class FormToken:
    """What a form token says: which rendering, of which page, when (seconds since 1970)."""

    nonce: str
    page: int
    at: float


def new_form_token(page: int) -> str:
    """A token for a form that is being rendered now."""
    return signing.dumps([secrets.token_urlsafe(12), page, int(time.time())], salt=FORM_SALT)


def read_form_token(text: str, page: int) -> FormToken | None:
    """The token, or None when it was not made here for this page. It never expires: slow visitors are welcome."""
    if not text or len(text) > 200:
        return None
    try:
        nonce, page_id, at = signing.loads(text, salt=FORM_SALT)
        token = FormToken(str(nonce), int(page_id), float(at))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return token if token.page == page else None


def receipt_ticket(submission: uuid.UUID) -> str:
    """What stands in the address of a thank-you page: no reference, no answer, nothing to guess or to read.

    Sealed, because an id tells when it was made: who sends another person's answers again gets that person's receipt,
    and must not learn that somebody was there before. Wagtail's addresses allow letters, digits, ``-`` and ``_`` only.
    """
    body = submission.bytes + int(time.time()).to_bytes(8, "big")
    return base64.urlsafe_b64encode(key_ring().seal(body, bound_to=RECEIPT)).decode().rstrip("=")


def read_receipt_ticket(text: str) -> uuid.UUID | None:
    """The submission a ticket stands for, or None when it is forged or older than a day."""
    try:
        raw = base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        body = key_ring().open(raw, bound_to=RECEIPT)
    except (ValueError, binascii.Error, EncryptionError):
        return None
    if len(body) != 24 or time.time() - int.from_bytes(body[16:], "big") > RECEIPT_LIFE:
        return None
    return uuid.UUID(bytes=body[:16])
