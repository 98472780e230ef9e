"""The two S3 buckets as storages. A module of their own: without S3 nothing waits for its library to be read."""

from pathlib import PurePosixPath
from typing import Any

from storages.backends.s3 import S3Storage


class PublicS3Storage(S3Storage):
    """The bucket that anyone may read: images and their renditions, under plain addresses."""


class PrivateS3Storage(S3Storage):
    """The bucket that nobody may read but by an address signed for a few minutes, as a download."""

    def url(
        self,
        name: str,
        parameters: dict[str, Any] | None = None,
        expire: int | None = None,
        http_method: str | None = None,
    ) -> str:
        """A signed address under which the file leaves as an attachment, whatever it holds."""
        filename = PurePosixPath(name).name.replace('"', "")
        as_download = {"ResponseContentDisposition": f'attachment; filename="{filename}"'}
        signed: str = super().url(name, as_download | (parameters or {}), expire, http_method)
        return signed
