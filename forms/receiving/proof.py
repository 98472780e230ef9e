"""Proof of work (ALTCHA): a browser computes for a second before it sends, so that sending thousands costs something.

Off unless a form or the installation asks for it. A sending without a proof is quarantined and never refused: whoever
has no script, or a browser without WebCrypto, still gets through to a person.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import altcha
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from forms.models.pages import FormPage

ALGORITHM = "PBKDF2/SHA-256"  # what every browser's WebCrypto computes by itself
COST = 2000  # iterations for one try
FEWEST, MOST = 200, 600  # tries: half a second on a desk, two on an old phone, and never much more
LIFE = timedelta(minutes=20)  # the script fetches a fresh challenge when somebody takes longer
LONGEST = 4000  # characters of a proof


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that holds: ``digest`` names it, so that it is taken once; after ``expires_at`` it holds no more."""

    digest: str
    expires_at: datetime


def asked_by(page: FormPage) -> bool:
    """Whether sendings of this form need a proof."""
    return page.proof_of_work or bool(getattr(settings, "PROOF_OF_WORK", False))


def new_challenge(page: FormPage) -> dict[str, Any]:
    """A challenge for this form, JSON-ready, as ALTCHA's solvers take it."""
    challenge = altcha.create_challenge(
        ALGORITHM,
        COST,
        counter=FEWEST + secrets.randbelow(MOST - FEWEST),
        expires_at=timezone.now() + LIFE,
        data={"form": page.pk},
        hmac_secret=_secret("challenge"),
        hmac_key_secret=_secret("key"),  # the solution is compared and not computed again
    )
    return challenge.to_dict()


def read_proof(text: str, page: FormPage) -> Proof | None:
    """The proof in ``text`` (ALTCHA's payload); None when it is missing, forged, expired or another form's."""
    if not text or len(text) > LONGEST:
        return None
    try:
        payload = altcha.Payload.from_base64(text)
        found = altcha.verify_solution(payload, _secret("challenge"), hmac_key_secret=_secret("key"))
        parameters = payload.challenge.parameters
        if not found.verified or parameters.algorithm != ALGORITHM or parameters.data != {"form": page.pk}:
            return None
        expires_at = datetime.fromtimestamp(parameters.expires_at or 0, tz=UTC)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError, OSError):
        return None  # whatever was posted, it is no proof
    name = f"{parameters.nonce}|{parameters.salt}".encode()
    return Proof(hashlib.sha256(name).hexdigest(), expires_at)


def _secret(purpose: str) -> str:
    return salted_hmac("forms.proof", purpose, algorithm="sha256").hexdigest()
