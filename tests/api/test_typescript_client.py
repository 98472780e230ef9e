"""The TypeScript client of docs/clients/typescript is in step with the API's document, and notices a renamed field."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests import npm

DOCS = Path(__file__).resolve().parents[2] / "docs"
CLIENT = Path("clients", "typescript")
pytestmark = pytest.mark.xdist_group("typescript")


def run(folder: Path, *command: str, seconds: int = 60) -> subprocess.CompletedProcess[str]:
    """What a command in this folder answered, whether it succeeded or not."""
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=seconds)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the client with its packages installed, beside a copy of the document. Skips where that cannot be."""
    docs = tmp_path_factory.mktemp("docs")
    shutil.copy(DOCS / "openapi.json", docs)
    shutil.copytree(DOCS / CLIENT, docs / CLIENT, ignore=shutil.ignore_patterns("node_modules"))
    npm.install(docs / CLIENT)
    return docs / CLIENT


def generate(client: Path) -> None:
    """Writes the types as the documented command does."""
    done = run(client, "npm", "run", "generate")
    assert done.returncode == 0, done.stdout + done.stderr


def check(client: Path) -> subprocess.CompletedProcess[str]:
    """Compiles the client and its example."""
    return run(client, "npm", "run", "--silent", "check")


@pytest.mark.parametrize("name", ["typescript", "astro"])
def test_the_lock_pins_every_package_and_names_no_server(name: str) -> None:
    folder = DOCS / "clients" / name
    packages = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert len(packages) > 3
    for path, package in packages.items():
        assert "resolved" not in package, path
        assert not path or package["integrity"], path
    asked: dict[str, Any] = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    for version in [*asked["dependencies"].values(), *asked.get("devDependencies", {}).values()]:
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_the_types_are_what_the_document_gives_and_compile(client: Path) -> None:
    generate(client)
    kept = (DOCS / CLIENT / "schema.d.ts").read_bytes()
    same = (client / "schema.d.ts").read_bytes() == kept
    assert same, "Meant? Then, in docs/clients/typescript: npm ci && npm run generate"
    done = check(client)
    assert done.returncode == 0, done.stdout


def test_a_renamed_field_does_not_compile(client: Path) -> None:
    document = client.parents[1] / "openapi.json"
    contract = json.loads(document.read_text(encoding="utf-8"))
    schemas = contract["components"]["schemas"]
    renamed = [("ConditionFact", "statement"), ("CitationListed", "title"), ("Receipt", "reference")]
    for schema, name in renamed:
        properties, required = schemas[schema]["properties"], schemas[schema]["required"]
        properties["renamed"] = properties.pop(name)
        required[required.index(name)] = "renamed"
    document.write_text(json.dumps(contract), encoding="utf-8")
    generate(client)
    done = check(client)
    assert done.returncode != 0
    for _schema, name in renamed:
        assert re.search(rf"example\.ts.*'{name}' does not exist", done.stdout), (name, done.stdout)
