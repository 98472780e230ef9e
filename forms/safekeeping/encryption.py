"""Encryption at rest (AES-256-GCM with a key ring) and blind indexes for looking up encrypted values.

A sealed value is ``b"W1" + len(key id) + key id + nonce (12) + ciphertext and tag``. The row it belongs to is
bound in as associated data, so a value copied to another row or column does not open. There is no fallback of
any kind: a wrong, lost or altered key raises and nothing is returned.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

MAGIC = b"W1"
NONCE_BYTES = 12
KEY_BYTES = 32


class EncryptionError(Exception):
    """A sealed value cannot be opened. The message names the key and what to do, never the value."""


class KeyMissingError(EncryptionError):
    """The value was sealed with a key that is not in the ring."""


class KeyWrongError(EncryptionError):
    """The key is in the ring, but the value does not open with it: wrong key, moved row or damaged bytes."""


def decode_key(text: str, name: str) -> bytes:
    """Return the 32 bytes of a base64 key, or raise ImproperlyConfigured naming the setting ``name``."""
    try:
        raw = base64.b64decode(text.strip(), altchars=b"-_" if ("-" in text or "_" in text) else None, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != KEY_BYTES:
        raise ImproperlyConfigured(
            f"{name} must be {KEY_BYTES} random bytes in base64. "
            'Make one with: python -c "import base64,secrets;print(base64.b64encode(secrets.token_bytes(32)).decode())"'
        )
    return raw


class KeyRing:
    """Keys by id, in order; the first one seals, all of them open."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise ImproperlyConfigured("SUBMISSION_KEYS is empty. Give at least one key: id -> 32 bytes in base64.")
        for key_id in keys:
            if not key_id.isascii() or not 1 <= len(key_id) <= 32:
                raise ImproperlyConfigured(f"SUBMISSION_KEYS: the key id {key_id!r} must be 1 to 32 ASCII characters.")
        self._keys = {key_id: AESGCM(raw) for key_id, raw in keys.items()}
        self.active_id = next(iter(keys))

    @property
    def ids(self) -> tuple[str, ...]:
        """All key ids, the active one first."""
        return tuple(self._keys)

    def seal(self, plain: bytes, *, bound_to: str) -> bytes:
        """Encrypt ``plain`` with the active key for the row named ``bound_to``, such as ``submission:<uuid>``."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        key_id = self.active_id.encode()
        sealed = self._keys[self.active_id].encrypt(nonce, plain, self._associated(key_id, bound_to))
        return MAGIC + bytes([len(key_id)]) + key_id + nonce + sealed

    def open(self, sealed: bytes | memoryview, *, bound_to: str) -> bytes:
        """Decrypt a value made by ``seal`` for the same row.

        Raises KeyMissingError or KeyWrongError; never returns anything but the original bytes.
        """
        data = bytes(sealed)
        key_id, rest = self._split(data)
        name = key_id.decode("ascii", "replace")
        cipher = self._keys.get(name)
        if cipher is None:
            raise KeyMissingError(
                f"This record was encrypted with key “{name}”, which is not in SUBMISSION_KEYS. "
                "Put that key back (after the active one); without it the record cannot be read."
            )
        try:
            return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], self._associated(key_id, bound_to))
        except (InvalidTag, ValueError):
            raise KeyWrongError(
                f"This record does not open with key “{name}” from SUBMISSION_KEYS: the key was changed, or the "
                "record was moved or damaged. Restore the right key, or the record from a backup."
            ) from None

    @staticmethod
    def key_id_of(sealed: bytes | memoryview) -> str:
        """The id of the key a value was sealed with."""
        return KeyRing._split(bytes(sealed))[0].decode("ascii", "replace")

    @staticmethod
    def _split(data: bytes) -> tuple[bytes, bytes]:
        if data[:2] != MAGIC or len(data) < 3 + data[2] + NONCE_BYTES + 16:
            raise KeyWrongError("This record is not a sealed value, or it was cut short. Restore it from a backup.")
        end = 3 + data[2]
        return data[3:end], data[end:]

    @staticmethod
    def _associated(key_id: bytes, bound_to: str) -> bytes:
        return b"wellcited\0" + key_id + b"\0" + bound_to.encode()


@lru_cache(maxsize=8)
def _ring(items: tuple[tuple[str, str], ...]) -> KeyRing:
    return KeyRing({key_id: decode_key(text, f"SUBMISSION_KEYS[{key_id!r}]") for key_id, text in items})


def key_ring() -> KeyRing:
    """The ring of ``settings.SUBMISSION_KEYS`` (ordered mapping: key id -> base64 of 32 bytes, first active)."""
    keys: Mapping[str, str] = settings.SUBMISSION_KEYS
    return _ring(tuple(keys.items()))


def index_keys() -> tuple[str, ...]:
    """The keys of ``settings.BLIND_INDEX_KEY``, the active one first (base64, comma-separated)."""
    return tuple(key.strip() for key in settings.BLIND_INDEX_KEY.split(",") if key.strip()) or ("",)


@lru_cache(maxsize=8)
def index_key_id(key: str) -> str:
    """Eight letters by which rows say with which key they are indexed; the key cannot be found from them."""
    return _derived(key, "key-id").hex()[:8]


def active_index_key() -> str:
    """The id of the key that indexes new submissions."""
    return index_key_id(index_keys()[0])


def blind_index(kind: str, value: str) -> str:
    """Return the hex HMAC-SHA256 by which an encrypted value of ``kind`` is looked up.

    Equal values give equal indexes; the value cannot be found from the index without BLIND_INDEX_KEY.
    ``value`` must be in its normal form already (E.164 phone, lower-case e-mail).
    """
    return blind_indexes(kind, value)[0]


def blind_indexes(kind: str, value: str) -> list[str]:
    """The same under every key of the ring, the active one first: a rotation under way hides nothing."""
    return keyed_digests(f"index:{kind}", value.encode())


def keyed_digest(purpose: str, data: bytes) -> str:
    """Hex HMAC-SHA256 of ``data`` under a key of its own for ``purpose``, derived from BLIND_INDEX_KEY."""
    return keyed_digests(purpose, data)[0]


def keyed_digests(purpose: str, data: bytes) -> list[str]:
    """The same under every key of the ring, the active one first."""
    return [hmac.new(key, data, hashlib.sha256).hexdigest() for key in derived_keys(purpose)]


def derived_key(purpose: str) -> bytes:
    """32 bytes for one purpose, derived from BLIND_INDEX_KEY (HMAC as a key derivation, RFC 5869 extract)."""
    return derived_keys(purpose)[0]


def derived_keys(purpose: str) -> list[bytes]:
    """The same from every key of the ring, the active one first."""
    return [_derived(key, purpose) for key in index_keys()]


@lru_cache(maxsize=256)
def _derived(root: str, purpose: str) -> bytes:
    return hmac.new(decode_key(root, "BLIND_INDEX_KEY"), b"wellcited:" + purpose.encode(), hashlib.sha256).digest()
