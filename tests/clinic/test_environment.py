"""The environment: what is missing or malformed stops the start, with the variable's name and a hint."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

from clinic.environment import Environment
from clinic.storages import storages_config

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "SECRET_KEY": "x" * 60 + "abcdefgh",
    "ALLOWED_HOSTS": "www.clinic.example",
    "BASE_URL": "https://www.clinic.example",
    "DATABASE_URL": "sqlite:////tmp/never-opened.sqlite3",
    "EMAIL_URL": "smtp+tls://user:secret@mail.clinic.example:587",
    "DEFAULT_FROM_EMAIL": "Clinic <no-reply@clinic.example>",
    "SUBMISSION_KEYS": "k1:dGVzdHMgZW5jcnlwdCB3aXRoIHRoaXMgMzIgYnl0ZXM=",
    "BLIND_INDEX_KEY": "dGVzdHMgaW5kZXggd2l0aCB0aGVzZSAzMiBieXRlcy4=",
}


def python(*command: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run Python in this project with these variables and no others of ours."""
    environment = {"PATH": os.environ["PATH"], "ENV_FILE": "", "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}"}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment | variables, capture_output=True, text=True, timeout=60
    )


def test_every_missing_setting_is_reported_at_once() -> None:
    result = python("manage.py", "check")
    assert result.returncode == 1
    for name in COMPLETE:
        assert f"(clinic.E001) {name} is not set." in result.stderr
    assert result.stderr.count("HINT:") == len(COMPLETE)
    assert "Traceback" not in result.stderr


def test_a_server_does_not_start_without_its_settings() -> None:
    without_key = {name: value for name, value in COMPLETE.items() if name != "SUBMISSION_KEYS"}
    result = python("-c", "import clinic.wsgi", **without_key)
    assert result.returncode == 1
    assert "(clinic.E001) SUBMISSION_KEYS is not set." in result.stderr
    assert "Traceback" not in result.stderr


KEY = "dGVzdHMgZW5jcnlwdCB3aXRoIHRoaXMgMzIgYnl0ZXM="
MALFORMED = {
    "API_PREVIEW_URL": "secret.example/preview",
    "BASE_URL": "www.clinic.example",
    "DATABASE_URL": "nosuchdatabase://host:secret@example/x",
    "CACHE_URL": "gopher://secret@cache",
    "EMAIL_URL": "mail:secret@clinic.example",
    "SUBMISSION_KEYS": "k1:c2hvcnQ=",
    "BLIND_INDEX_KEY": "not base64 but secret",
    "PROXY_COUNT": "-1",
    "API_WRITE_ENABLED": "perhaps",
    "STORAGE": "tape",
    "LOG_LEVEL": "loud",
    "SECRET_KEY_FILE": "/no/such/file",
    "ALLOWED_HOSTS": "https://www.clinic.example/",
    "API_LINKS": "relativ",
    "CLAMD_URL": "clamd:3310",
    "CORS_ALLOWED_ORIGINS": "https://good.example,www.secret.example",
    "DEFAULT_FROM_EMAIL": "The Clinic",
    "ENV_FILE": "/no/such/settings",
    "TIME_ZONE": "Mars/Olympus",
    "WEBHOOK_PRIVATE_HOSTS": "hooks.example:8443",
}


def test_every_malformed_setting_is_named_and_its_value_kept_quiet() -> None:
    result = python("-c", "import clinic.asgi", **COMPLETE | MALFORMED)
    assert result.returncode == 1
    for name in MALFORMED:
        assert f"(clinic.E002) {name} " in result.stderr
    assert "secret" not in result.stderr.replace("SECRET", "")
    assert "Traceback" not in result.stderr


def test_a_server_looks_at_the_settings_of_the_library_too() -> None:
    result = python("-c", "import clinic.asgi", **COMPLETE, CITATION_STYLE="nonsense", RESEARCH_LOOKUPS="crosref")
    assert result.returncode == 1
    assert "(research.E001) RESEARCH_LOOKUPS" in result.stderr
    assert "CITATION_STYLE" in result.stderr
    assert "Traceback" not in result.stderr


NONSENSE: list[tuple[Callable[[Environment, str], object], list[str]]] = [
    (
        lambda env, url: env.database("IT", url),
        [
            *("postgres://host:not-a-port/x", "://", "clinic", "http://[::1", "postgres://host", "mysql://host/x"),
            *("sqlite://", "sqlite:///relative.sqlite3", "oracle://host/x"),
        ],
    ),
    (lambda env, url: env.cache("IT", url), ["valkey://", "valkey://host:x", "memcache://host", "cache"]),
    (lambda env, url: env.mail_server("IT", url), ["smtp+tls://", "smtp://host:x", "mail.example"]),
    (lambda env, text: env.mailbox("IT", text), ["Clinic", "a@b@c", "a@b.example\nBcc: c@d.example", "<>"]),
    (
        lambda env, url: env.address("IT", url, ""),
        ["www.example", "https://", "https://[::", "https://x:99999", "ftp://x"],
    ),
    (lambda env, url: env.address("IT", url, "", path=False), ["https://x.example/path", "https://x.example/?a=b"]),
    (lambda env, text: Environment({"IT": text}).hosts("IT") or env.malformed("IT", "", ""), ["a b", "x:80", "x/y"]),
    (lambda env, text: env.keys("IT", text), [",", "c2hvcnQ=", f"{KEY},c2hvcnQ="]),
]


@pytest.mark.parametrize(("read", "value"), [(read, value) for read, values in NONSENSE for value in values])
def test_nonsense_is_noted_and_never_raises(read: Callable[[Environment, str], object], value: str) -> None:
    env = Environment({})
    assert not read(env, value)
    assert {(problem.check_id, problem.variable) for problem in env.problems} == {("clinic.E002", "IT")}


@pytest.mark.parametrize(
    ("read", "value"),
    [
        *((Environment.database, one) for one in ("postgres://a:b@h/n", "postgres:///n", "sqlite:////a/b")),
        *((Environment.cache, one) for one in ("valkey://h:6379/0", "rediss://:pw@h/0", "locmemcache://")),
        *((Environment.mail_server, one) for one in ("smtp+tls://a:b@h:587", "filemail:////x", "memorymail://")),
        *((Environment.mailbox, one) for one in ("a@b.example", "The Clinic <a@b.example>", "a@localhost")),
    ],
)
def test_what_is_good_is_taken(read: Callable[[Environment, str, str], object], value: str) -> None:
    env = Environment({})
    assert read(env, "IT", value)
    assert env.problems == []


@pytest.mark.parametrize(
    "value",
    [",", f"ké:{KEY}", f"{'k' * 33}:{KEY}", KEY, f":{KEY}", f"k1:{KEY},k1:{KEY}", "k1:", "k1:c2hvcnQ=", f"k1:{KEY}x"],
)
def test_a_key_ring_that_cannot_be_used_is_refused(value: str) -> None:
    env = Environment({})
    env.key_ring("SUBMISSION_KEYS", value)
    assert [problem.check_id for problem in env.problems] == ["clinic.E002"]


def test_the_first_key_of_the_ring_is_the_active_one() -> None:
    env = Environment({})
    assert list(env.key_ring("SUBMISSION_KEYS", f"new:{KEY}, old:{KEY}")) == ["new", "old"]
    assert env.problems == []


def test_s3_asks_for_both_buckets(tmp_path: Path) -> None:
    env = Environment({"STORAGE": "s3", "S3_PUBLIC_BUCKET": "same", "S3_PRIVATE_BUCKET": "same"})
    storages_config(env, tmp_path)
    assert [(problem.check_id, problem.variable) for problem in env.problems] == [("clinic.E002", "S3_PRIVATE_BUCKET")]
    env = Environment({"STORAGE": "s3"})
    storages_config(env, tmp_path)
    assert [problem.variable for problem in env.problems] == ["S3_PUBLIC_BUCKET", "S3_PRIVATE_BUCKET"]


def test_the_example_file_and_fresh_keys_pass_the_deployment_checks() -> None:
    printed = io.StringIO()
    call_command("make_keys", stdout=printed)
    keys = dict(line.split("=", 1) for line in printed.getvalue().splitlines())
    assert {*keys} == {"SECRET_KEY", "SUBMISSION_KEYS", "BLIND_INDEX_KEY"}
    example = str(ROOT / ".env.example")
    result = python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **{"ENV_FILE": example} | keys)
    assert result.returncode == 0, result.stderr


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    env = Environment({"SECRET_KEY": "from the environment", "SECRET_KEY_FILE": str(tmp_path / "secret")})
    assert env.text("SECRET_KEY") == "from a file"
    assert env.problems == []


def test_development_keys_are_made_once_and_kept_from_others(tmp_path: Path) -> None:
    from clinic.development import kept_keys

    first = kept_keys(tmp_path / "var" / "keys.json")
    assert kept_keys(tmp_path / "var" / "keys.json") == first
    assert (tmp_path / "var" / "keys.json").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "var").iterdir()] == ["keys.json"]


def test_every_setting_is_documented() -> None:
    """Each variable that the code reads stands in the README's table."""
    code = [ROOT / "site/clinic/settings" / name for name in ("base.py", "dev.py")] + [ROOT / "site/clinic/storages.py"]
    read = re.compile(r'\.(?:text|required|flag|number|words|choice|environ\.get)\(\s*"([A-Z][A-Z0-9_]+)"')
    names = {name for file in code for name in read.findall(file.read_text())}
    assert len(names) > 25
    readme = (ROOT / "README.md").read_text()
    assert sorted(name for name in names if f"`{name}`" not in readme) == []
