"""What `make` checks before it installs anything."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clinic import prepare

ROOT = Path(__file__).resolve().parents[2]


def test_an_old_python_is_named_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 13, "final", 0))
    with pytest.raises(SystemExit, match=r"Python 3\.10 is too old(.|\n)*make run PYTHON="):
        prepare.check_python()


def test_an_old_python_can_read_the_script() -> None:
    """No syntax newer than Python 3.8 may hide the message from those who need it."""
    import ast

    ast.parse((ROOT / "site" / "clinic" / "prepare.py").read_text(), feature_version=(3, 8))


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's package manager, played by a script that writes down what it is asked; root is at the keyboard."""
    log = tmp_path / "apt.log"
    program = tmp_path / "bin" / "apt-get"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {log}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setattr(prepare.os, "geteuid", lambda: 0)
    return log


def test_debian_packs_venv_apart_so_root_gets_it(apt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "makes_environments", lambda: apt.exists())
    prepare.check_python()
    assert apt.read_text().splitlines() == ["update -qq", "install -qq --no-install-recommends python3-venv"]


def test_who_may_not_install_is_told_what_to_ask_for(apt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "makes_environments", lambda: False)
    monkeypatch.setattr(prepare.os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match="sudo apt-get install python3-venv"):
        prepare.check_python()
    assert not apt.exists()


def test_a_browser_and_what_drives_it_are_installed_where_they_are_missing(
    apt: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(prepare, "VENV", apt.parent)
    driver = apt.parent / "lib/python3.11/site-packages/playwright/driver/node"
    driver.parent.mkdir(parents=True)
    driver.write_text("#!/bin/sh\nexit 127\n")
    driver.chmod(0o755)
    prepare.ensure_chromium()
    assert apt.read_text().splitlines()[-1].endswith("chromium fonts-liberation libatomic1")
    monkeypatch.setattr(prepare.os, "geteuid", lambda: 1000)
    prepare.ensure_chromium()
    assert "sudo apt-get install chromium fonts-liberation libatomic1" in capsys.readouterr().out


@pytest.mark.parametrize(("port", "message"), [(0, "not a port"), (70000, "not a port")])
def test_a_port_that_is_none_is_refused(port: int, message: str) -> None:
    with pytest.raises(SystemExit, match=message):
        prepare.check_port(port)


def test_a_full_disk_is_told_before_anything_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type(shutil.disk_usage("/"))(10**9, 10**9, 5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(SystemExit, match=r"5 MB are free(.|\n)*Free some space"):
        prepare.check_room(600)


def test_what_is_installed_is_not_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stamp holds the lock's hash; another lock, or another Python, installs anew."""
    installed = []
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    monkeypatch.setattr(prepare, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(prepare, "pip_install", lambda python, lock: installed.append(lock.read_text()))
    monkeypatch.setattr(prepare, "can_run", lambda python: True)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    lock = tmp_path / "requirements.txt"
    for text in ("first", "first", "second", "second"):
        lock.write_text(text)
        prepare.install("requirements.txt")
    assert installed == ["first", "second"]


def test_make_names_every_command() -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert all(f"make {target}" in said for target in targets)


def test_ci_runs_the_tests_and_nothing_cleverer() -> None:
    lines = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line and not line.startswith("#")]
    assert lines == ["set -eu", 'cd "$(dirname "$0")/.."', "exec make test"]
