"""Attachment: an uploaded file, encrypted, in private storage; its name is encrypted with it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models.functions import Now

from forms.models.sealed import SealedModel
from forms.safekeeping.encryption import KeyRing, key_ring

if TYPE_CHECKING:
    from forms.receiving.uploads import CheckedFile


def private_storage() -> Storage:
    """Where encrypted files live; nothing in it has an address."""
    return storages["private"]


SPARE = ".next"


class Attachment(SealedModel):
    """One file of a submission, or of a draft until that is sent."""

    submission = models.ForeignKey(
        "forms.Submission", null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    draft = models.ForeignKey(
        "forms.Draft", null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    field_key = models.CharField(max_length=64)
    size = models.PositiveIntegerField()  # bytes of the file before encryption
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(submission__isnull=False) ^ models.Q(draft__isnull=False),
                name="attachment_belongs_to_one",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def path(self) -> str:
        """Where the file lies in private storage: by id, since its name may hold a person's name."""
        return f"attachments/{self.pk.hex[-2:]}/{self.pk.hex}"

    @property
    def name(self) -> str:
        """The name of the file as it was sent."""
        return self.unseal()["name"]

    @property
    def content_type(self) -> str:
        """The type found from the file's signature."""
        return self.unseal()["type"]

    def store(self, file: CheckedFile) -> None:
        """Encrypt and write the file, and fill in this row; the caller saves. Raises OSError when storage fails."""
        self.size = len(file.content)
        self.seal({"name": file.name, "type": file.content_type, "sha256": hashlib.sha256(file.content).hexdigest()})
        private_storage().save(self.path, ContentFile(self._sealed_file(file.content, key_ring())))

    def read(self) -> bytes:
        """The file's bytes. Raises EncryptionError or OSError."""
        storage = private_storage()
        path = self.path if storage.exists(self.path) else self._spare_path
        with storage.open(path) as handle:
            return key_ring().open(handle.read(), bound_to=self.bound_to + ":file")

    def reseal(self, ring: KeyRing) -> None:
        """Encrypt name and file again with the active key; the file is replaced before the row is saved.

        The new file is complete under a spare name before the old one goes, so that a crash at any point leaves one.
        """
        storage, sealed = private_storage(), self._sealed_file(self.read(), ring)
        storage.delete(self._spare_path)
        storage.save(self._spare_path, ContentFile(sealed))
        storage.delete(self.path)
        storage.save(self.path, ContentFile(sealed))
        storage.delete(self._spare_path)
        super().reseal(ring)

    @property
    def _spare_path(self) -> str:
        return self.path + SPARE

    def remove_file(self) -> None:
        """Delete the file from storage; the caller deletes the row."""
        private_storage().delete(self.path)
        private_storage().delete(self._spare_path)

    def _sealed_file(self, content: bytes, ring: KeyRing) -> bytes:
        return ring.seal(content, bound_to=self.bound_to + ":file")


__all__ = ["SPARE", "Attachment", "private_storage"]
