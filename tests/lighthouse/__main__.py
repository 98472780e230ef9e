"""Serves the demo, has Lighthouse look at its pages as a phone on a slow line does, and prints the four scores."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from clinic import prepare
from tests.browser.conftest import SETTLED
from tests.servers import running_site

PAGES = {"home": "/", "condition": "/conditions/ptsd/", "form": "/schedule-a-call/"}
#: Lowest scores, of 100. Speed moves a little with what else the machine does.
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
RUNS = 3
HERE = Path(__file__).parent


def scores(folder: Path, address: str, chromium: str) -> dict[str, int]:
    """The four scores of one look at one address."""
    flags = " ".join(["--headless=new", *SETTLED, *(["--no-sandbox"] if os.geteuid() == 0 else [])])
    command = ["node", "node_modules/lighthouse/cli/index.js", address, "--quiet", "--output=json"]
    command.append(f"--chrome-flags={flags}")
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True, env=os.environ | {"CHROME_PATH": chromium}
    )
    return {name: round(100 * (found["score"] or 0)) for name, found in json.loads(done.stdout)["categories"].items()}


def main() -> int:
    """Prints one line a page; the exit code says whether all of them hold."""
    chromium, npm = prepare.find_chromium(), shutil.which("npm")
    if chromium is None or npm is None:
        print("This needs Chromium and Node.js with npm on this machine.")
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "lighthouse")
        shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__", "node_modules"))
        # Without a lock, which npm ci could read only if it named the registry's host. The version is pinned.
        install = [npm, "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(install, cwd=folder, check=True)
        data = Path(name, "data")
        data.mkdir()
        with running_site(data) as site:
            failed = False
            for page, path in PAGES.items():
                looks = [scores(folder, site.url + path, chromium) for _ in range(RUNS)]
                found = {score: round(median(look[score] for look in looks)) for score in LEAST}
                failed |= any(found[score] < least for score, least in LEAST.items())
                print(f"{page:10}", "  ".join(f"{score} {value}" for score, value in found.items()), flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
