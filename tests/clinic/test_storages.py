"""Files on S3: one bucket that everybody may read, one that nobody may without a signature."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.storage.handler import StorageHandler

from clinic.environment import Environment
from clinic.storages import storages_config

PUBLIC, PRIVATE = "clinic-public", "clinic-private"


@pytest.fixture
def s3_storages(s3_url: str, tmp_path: Path) -> Iterator[StorageHandler]:
    """Both storages on empty buckets of a real S3 server."""
    variables = {
        "STORAGE": "s3",
        "S3_ENDPOINT_URL": s3_url,
        "S3_REGION": "us-east-1",
        "S3_PUBLIC_BUCKET": PUBLIC,
        "S3_PRIVATE_BUCKET": PRIVATE,
        "S3_ACCESS_KEY_ID": "key",
        "S3_SECRET_ACCESS_KEY": "secret",
        "S3_SIGNED_URL_SECONDS": "120",
        "S3_ADDRESSING_STYLE": "path",
    }
    env = Environment(variables)
    handler = StorageHandler(storages_config(env, tmp_path))
    assert env.problems == []
    client = boto3.client(
        "s3", endpoint_url=s3_url, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )
    client.create_bucket(Bucket=PUBLIC)
    client.create_bucket(Bucket=PRIVATE)
    client.put_bucket_policy(
        Bucket=PUBLIC,
        Policy='{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}',
    )
    client.put_bucket_acl(Bucket=PUBLIC, ACL="public-read")
    yield handler
    for bucket in (PUBLIC, PRIVATE):
        for entry in client.list_objects_v2(Bucket=bucket).get("Contents", []):
            client.delete_object(Bucket=bucket, Key=entry["Key"])
        client.delete_bucket(Bucket=bucket)


def fetch(url: str) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers of a plain request, as a browser would send it."""
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status, response.read(), {k.lower(): v for k, v in response.headers.items()}
    except urllib.error.HTTPError as error:
        return error.code, b"", {}


def test_a_private_file_leaves_only_by_its_signature_and_as_a_download(s3_storages: StorageHandler) -> None:
    private = s3_storages["private"]
    name = private.save("documents/guide.html", ContentFile(b"<script>alert(1)</script>"))
    url = private.url(name)
    query = parse_qs(urlsplit(url).query)
    assert query["X-Amz-Expires"] == ["120"]
    assert query["X-Amz-Signature"]
    status, body, headers = fetch(url)
    assert (status, body) == (200, b"<script>alert(1)</script>")
    assert headers["content-disposition"] == 'attachment; filename="guide.html"'
    assert headers["cache-control"] == "private, no-store"
    assert fetch(url.partition("?")[0])[0] == 403


def test_a_public_file_has_a_plain_address(s3_storages: StorageHandler) -> None:
    public = s3_storages["default"]
    url = public.url(public.save("images/tree.png", ContentFile(b"picture")))
    assert "?" not in url
    assert urlsplit(url).path == f"/{PUBLIC}/images/tree.png"


def test_a_second_upload_never_replaces_the_first(s3_storages: StorageHandler) -> None:
    for storage in (s3_storages["default"], s3_storages["private"]):
        first = storage.save("same.txt", ContentFile(b"one"))
        second = storage.save("same.txt", ContentFile(b"two"))
        assert first != second
        assert storage.open(first).read() == b"one"


def test_media_may_have_a_domain_of_their_own(tmp_path: Path) -> None:
    variables = {"STORAGE": "s3", "S3_PUBLIC_BUCKET": PUBLIC, "S3_PRIVATE_BUCKET": PRIVATE}
    handler = StorageHandler(storages_config(Environment(variables | {"S3_PUBLIC_DOMAIN": "media.example"}), tmp_path))
    assert handler["default"].url("images/tree.png") == "https://media.example/images/tree.png"


def test_private_files_on_the_disk_have_no_address() -> None:
    with pytest.raises(NotImplementedError, match="no address"):
        storages["private"].url("documents/guide.pdf")
