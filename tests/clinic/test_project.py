"""House rules about the project's files."""

import re
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]


def tracked() -> list[Path]:
    """The files that git keeps."""
    try:
        listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this copy of the project is no git checkout")
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_site_is_no_package() -> None:
    """Python loads its own module `site` before any of ours; a package of that name could break the interpreter."""
    assert not (ROOT / "site" / "__init__.py").exists()
    assert (ROOT / "site" / "clinic" / "__init__.py").exists()


@pytest.mark.django_db
def test_no_migration_is_forgotten() -> None:
    said = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said, verbosity=1)
    except SystemExit:
        pytest.fail(f"Run manage.py makemigrations:\n{said.getvalue()}")


def test_the_project_needs_nothing_outside_itself() -> None:
    """No file names another folder of somebody's machine, or the host of a package index."""
    forbidden = re.compile("|".join([r"\.\./" + "shared", "/work" + "/", "/tmp" + "/lab", "python" + r"hosted\.org"]))
    found = []
    for file in tracked():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{file.relative_to(ROOT)}: {match.group()}" for match in forbidden.finditer(text)]
    assert not found


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text()
    packages = re.split(r"\n(?=[a-z0-9])", text.split("\n", 2)[2])
    assert len(packages) > 40
    assert [entry.splitlines()[0] for entry in packages if "--hash=sha256:" not in entry] == []
    assert "--index-url" not in text


def test_the_site_and_the_tests_lock_the_same_versions() -> None:
    site = set(re.findall(r"^([a-z0-9][\w.-]*==\S+)", (ROOT / "requirements.txt").read_text(), re.M))
    tests = set(re.findall(r"^([a-z0-9][\w.-]*==\S+)", (ROOT / "requirements-dev.txt").read_text(), re.M))
    assert site <= tests


def test_nothing_secret_is_kept() -> None:
    assert [
        file for file in tracked() if file.name in {".env", "keys.json"} or file.suffix in {".sqlite3", ".pem"}
    ] == []
