"""`make run`: everything starts, answers and stops."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests import addresses, servers
from tests.servers import ROOT, RunningSite, free_port


@pytest.mark.parametrize("address", addresses.FIXED)
def test_every_fixed_address_answers(running_site: RunningSite, address: str) -> None:
    status, text = running_site.get(address)
    assert status == 200
    assert text


def test_an_address_that_is_not_there_is_404(running_site: RunningSite) -> None:
    assert running_site.get("/nothing-here/")[0] == 404


def test_it_prints_the_address_and_the_log_ins(running_site: RunningSite) -> None:
    said = (running_site.data / "serve.log").read_text()
    assert f"{running_site.url}/" in said
    for name in ("marketing", "clinician", "intake", "admin"):
        assert name in said


def test_its_secrets_are_for_this_user_alone(running_site: RunningSite) -> None:
    keys = running_site.data / "keys.json"
    assert keys.stat().st_mode & 0o777 == 0o600
    assert {*json.loads(keys.read_text())} == {"SECRET_KEY", "SUBMISSION_KEYS", "BLIND_INDEX_KEY"}


def processes_naming(text: str) -> list[str]:
    """Command lines of running processes in which `text` occurs."""
    lines = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(entry.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue  # it has ended meanwhile
    return [line for line in lines if text in line]


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs Linux's /proc to see processes")
def test_a_second_run_keeps_the_data_and_ctrl_c_stops_everything(running_site: RunningSite, tmp_path: Path) -> None:
    data = tmp_path / "data"
    servers.copy_data(running_site.data, data)
    with servers.running_site(data) as site:
        port = site.url.rpartition(":")[2]
        assert len(processes_naming(f"--port {port}")) >= 2
        said = (data / "serve.log").read_text()
        assert "Building the demo" not in said
        assert "Collecting" not in said
        assert site.get("/conditions/ptsd/")[0] == 200
    assert site.process.returncode == 0
    assert processes_naming(f"--port {port}") == []
    assert processes_naming(str(data)) == []
    said = (data / "serve.log").read_text()
    assert said.rstrip().endswith("Stopped.")
    assert "Traceback" not in said
    assert (data / "keys.json").read_text() == (running_site.data / "keys.json").read_text()


def serve(*arguments: str, data: Path) -> "subprocess.CompletedProcess[str]":
    """Run `manage.py serve` where it is expected to fail at once."""
    ours = {"ENV_FILE": "", "DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "clinic.settings.dev"}
    command = [sys.executable, "manage.py", "serve", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | ours,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = serve("--port", str(port), data=tmp_path)
    assert result.returncode == 1
    assert f"Port {port} is taken" in result.stderr
    assert f"make run PORT={port + 1}" in result.stderr
    assert "Traceback" not in result.stderr


def test_data_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    (tmp_path / "db.sqlite3").mkdir()
    result = serve("--port", str(free_port()), data=tmp_path)
    assert result.returncode == 1
    assert "The data could not be prepared" in result.stderr
    assert "Traceback" not in result.stderr
