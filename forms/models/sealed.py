"""SealedModel: rows with a value that only the key ring opens; and time-ordered row ids."""

from __future__ import annotations

import json
import secrets
import time
import uuid
from typing import Any

from django.db import models

from forms.safekeeping.encryption import KeyRing, key_ring


def uuid7() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): milliseconds first, so that new rows lie together in the index."""
    value = (time.time_ns() // 1_000_000 & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


class SealedModel(models.Model):
    """A row whose ``sealed`` column is JSON encrypted for exactly this row.

    The id is made before the row is stored, because it is bound into the encryption.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sealed = models.BinaryField(editable=False)
    key_id = models.CharField(max_length=32, db_index=True, editable=False)

    class Meta:
        abstract = True

    @property
    def bound_to(self) -> str:
        """What the sealed value is bound to: the kind of row and its id."""
        return f"{self._meta.model_name}:{self.pk}"

    def seal(self, value: Any, ring: KeyRing | None = None) -> None:
        """Put ``value`` (anything JSON can hold) into ``sealed``; the caller saves."""
        ring = ring or key_ring()
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        self.sealed = ring.seal(body, bound_to=self.bound_to)
        self.key_id = ring.active_id

    def unseal(self) -> Any:
        """The value in ``sealed``. Raises EncryptionError when the key is lost or wrong; never returns less."""
        return json.loads(key_ring().open(self.sealed, bound_to=self.bound_to))

    def reseal(self, ring: KeyRing) -> None:
        """Encrypt the same value again with the active key of ``ring``; the caller saves."""
        plain = ring.open(self.sealed, bound_to=self.bound_to)
        self.sealed = ring.seal(plain, bound_to=self.bound_to)
        self.key_id = ring.active_id
