"""What `make test` runs: all tests on SQLite, with a browser; beside them, on PostgreSQL and Valkey, what uses a
database.

The first run often waits, for a browser or a server. The second takes what that leaves of the machine, and its words
are shown after the first's. Arguments go to pytest, in both.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

NOTHING_TO_RUN = 5  # what pytest says where arguments leave the second run without a test
PYTEST = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder"]
ON_SERVERS = [sys.executable, "-m", "tests.servers", *PYTEST, "--database-only"]
ON_SERVERS += ["-o", "cache_dir=.pytest_cache/on-servers"]  # two runs cannot share one


def main(arguments: list[str]) -> int:
    """Runs both; 0 when both have passed."""
    # The tests start Python many times: it may keep what it has compiled.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    alone = {name: value for name, value in environment.items() if name not in ("TEST_DATABASE_URL", "TEST_CACHE_URL")}
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder, "words")
        behind: dict[str, Any] = {"stderr": subprocess.STDOUT, "preexec_fn": lambda: os.nice(10), "env": environment}
        with words.open("wb") as file:
            second = subprocess.Popen([*ON_SERVERS, *arguments], stdout=file, **behind)
        print("On SQLite, with a browser:", flush=True)
        first = subprocess.Popen([*PYTEST, *arguments], env=alone)
        # Ctrl-C reaches both runs by itself; what ends this process is handed on. It waits until they have cleaned up.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: [run.send_signal(signal.SIGINT) for run in (first, second)])
        first.wait()
        print("On PostgreSQL and Valkey, whatever touches the database:", flush=True)
        with words.open(errors="replace") as said:
            while second.poll() is None:
                print(said.read(), end="", flush=True)
                time.sleep(0.2)
            print(said.read(), end="", flush=True)
    return 0 if first.returncode == 0 and second.returncode in (0, NOTHING_TO_RUN) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
