"""Where files lie: public media and private documents, on the local disk or in two S3 buckets."""

from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

from clinic.environment import Environment


class PrivateFileSystemStorage(FileSystemStorage):
    """Private files on the local disk: no address leads to them but that of a view which checks who asks."""

    def url(self, name: str | None) -> str:
        """Refused; Wagtail's document view takes NotImplementedError as a sign to serve the file itself."""
        raise NotImplementedError("Private files have no address.")


class QuicklyCompressedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Static files named by their hash, with gzip alone: Brotli takes longer than all else in a first start."""

    def create_compressor(self, **kwargs: Any) -> Compressor:
        """WhiteNoise's compressor without Brotli."""
        return Compressor(**kwargs | {"use_brotli": False})


def storages_config(env: Environment, private_root: Path) -> dict[str, dict[str, Any]]:
    """Django's STORAGES from the environment: `default` is public, `private` is not."""
    if env.choice("STORAGE", ("local", "s3")) == "local":
        files: dict[str, dict[str, Any]] = {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "private": {
                "BACKEND": "clinic.storages.PrivateFileSystemStorage",
                "OPTIONS": {
                    "location": private_root,
                    "file_permissions_mode": 0o600,
                    "directory_permissions_mode": 0o700,
                },
            },
        }
    else:
        hint = "STORAGE=s3 needs it. With STORAGE=local files stay on this machine's disk."
        public_bucket = env.required("S3_PUBLIC_BUCKET", hint)
        private_bucket = env.required("S3_PRIVATE_BUCKET", hint)
        if public_bucket and public_bucket == private_bucket:
            env.malformed(
                "S3_PRIVATE_BUCKET",
                "S3_PRIVATE_BUCKET is the public bucket.",
                "Documents and attachments need a bucket of their own that nobody may read without a signature.",
            )
        bucket: dict[str, Any] = {
            "endpoint_url": env.address("S3_ENDPOINT_URL", env.text("S3_ENDPOINT_URL"), "https://s3.example") or None,
            "region_name": env.text("S3_REGION") or None,
            # Without keys boto3 looks for the machine's own role.
            "access_key": env.text("S3_ACCESS_KEY_ID") or None,
            "secret_key": env.text("S3_SECRET_ACCESS_KEY") or None,
            "signature_version": "s3v4",
            "addressing_style": env.choice("S3_ADDRESSING_STYLE", ("auto", "path", "virtual")),
            "default_acl": None,
            "file_overwrite": False,
        }
        public = {
            "bucket_name": public_bucket,
            "custom_domain": next(iter(env.hosts("S3_PUBLIC_DOMAIN")), None),
            "querystring_auth": False,
            # Every upload and every rendition gets a name of its own, so copies never go stale.
            "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
        }
        private = {
            "bucket_name": private_bucket,
            "querystring_auth": True,
            "querystring_expire": env.number("S3_SIGNED_URL_SECONDS", 300, least=1),
            "object_parameters": {"CacheControl": "private, no-store"},
        }
        files = {
            "default": {"BACKEND": "clinic.buckets.PublicS3Storage", "OPTIONS": bucket | public},
            "private": {"BACKEND": "clinic.buckets.PrivateS3Storage", "OPTIONS": bucket | private},
        }
    return files | {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
