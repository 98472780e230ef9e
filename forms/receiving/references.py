"""Reference numbers for submissions: short, unguessable, and easy to say on the phone."""

from __future__ import annotations

import secrets
import unicodedata

# No vowels (no words by accident) and none of the pairs that are misheard or misread: 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V.
ALPHABET = "34679CDFGHJKMNPQRTWXY"
LENGTH = 9


def new_reference() -> str:
    """A new reference such as ``K7Q-M4R-TX9``: 9 of 21 signs, 39 bits, from the system's random source."""
    return group("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def group(signs: str) -> str:
    """Write the signs in groups of three."""
    return "-".join(signs[i : i + 3] for i in range(0, len(signs), 3))


def normalise_reference(text: str) -> str | None:
    """The reference somebody meant by ``text``, or None if it cannot be one.

    Case, spaces and dashes do not matter.
    """
    signs = "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())
    if len(signs) != LENGTH or any(c not in ALPHABET for c in signs):
        return None
    return group(signs)
