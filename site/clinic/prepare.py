"""Prepares the machine for `make`: Python, port, disk, `.venv`, the lock, Chromium. Standard library only.

It runs before anything is installed, under whatever `python3` the machine has. It therefore keeps to syntax
that an old Python can read, so that an old Python can still say what is wrong with it.
"""

import argparse
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import List, NoReturn, Optional

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
# The site's packages take some 350 MB, the tests' another 500 MB.
ROOM_NEEDED_MB = {"requirements.txt": 600, "requirements-dev.txt": 1500}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def say(text: str) -> None:
    """Show progress at once, also when the output is a file."""
    print(text, flush=True)


def fail(what: str, remedy: str) -> NoReturn:
    """Stop with what is wrong and what to do about it."""
    sys.exit("\n" + what + "\n" + remedy)


def check_python() -> None:
    """Refuse a Python that is too old; see to the part that makes virtual environments, which Debian packs apart."""
    if sys.version_info < OLDEST_PYTHON:
        fail(
            "Python %d.%d is too old: this project needs %d.%d or newer." % (sys.version_info[:2] + OLDEST_PYTHON),
            "Install a newer one and name it, for example: make run PYTHON=python3.12",
        )
    if not makes_environments():
        if may_install():
            say("Installing python3-venv, which this Python needs to make an environment ...")
            apt_install("python3-venv")
        if not makes_environments():
            fail(
                "This Python has no venv module, so no environment can be made.",
                "On Debian and Ubuntu: sudo apt-get install python3-venv   Then run the same command again.",
            )


def makes_environments() -> bool:
    """Whether this Python can make a virtual environment with pip in it."""
    command = [sys.executable, "-I", "-c", "import venv, ensurepip"]
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


def may_install() -> bool:
    """Whether packages of the system may be installed: as root, on Debian and what comes of it."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*packages: str) -> bool:
    """Install packages of the system; False when that failed (apt-get has then said why)."""
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    return all(
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-qq", "--no-install-recommends"] + list(packages),
        )
    )


def check_port(port: int) -> None:
    """Refuse a port that is not one, or that another program holds."""
    if not 0 < port < 65536:
        fail("%d is not a port number." % port, "Choose one from 1024 to 65535, for example: make run PORT=8080")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server itself does; without it a port just released looks taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            fail("Port %d may not be used by this user." % port, "Choose one above 1023: make run PORT=8080")
        except OSError:
            fail(
                "Port %d is taken: another program serves there (perhaps an earlier `make run`)." % port,
                "Stop it, or choose another port: make run PORT=%d" % (port + 1 if port < 65535 else 8080),
            )


def check_room(megabytes: int) -> None:
    """Refuse to begin on a disk that will be full before the end."""
    free = shutil.disk_usage(str(ROOT)).free // 1_000_000
    if free < megabytes:
        fail(
            "The disk is nearly full: %d MB are free where this project lies, %d MB are needed." % (free, megabytes),
            "Free some space and run the same command again; nothing has been changed.",
        )


def install(lock_name: str) -> None:
    """Make `.venv` and install the lock, unless exactly this lock is installed already."""
    python = VENV / "bin" / "python"
    lock = (ROOT / lock_name).read_bytes()
    wanted = hashlib.sha256(lock + sys.version.encode()).hexdigest()
    stamp = VENV / ("installed-" + lock_name)
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    check_room(ROOM_NEEDED_MB[lock_name])
    if not can_run(python):
        say("Making the environment .venv with Python %d.%d ..." % sys.version_info[:2])
        run([sys.executable, "-m", "venv", "--clear", str(VENV)], "The environment could not be made.")
    # The other lock's stamp stands for versions that are about to change.
    for old in VENV.glob("installed-*"):
        old.unlink()
    say("Installing %s (the first time takes a minute or two) ..." % lock_name)
    pip_install(python, ROOT / lock_name)
    stamp.write_text(wanted)
    if lock_name == "requirements-dev.txt":
        # The tests' lock holds the site's lock at the same versions.
        site_lock = (ROOT / "requirements.txt").read_bytes()
        (VENV / "installed-requirements.txt").write_text(hashlib.sha256(site_lock + sys.version.encode()).hexdigest())


def pip_install(python: Path, lock: Path) -> None:
    """Install exactly what the lock says, counting the packages; pip's own words are shown only if it fails."""
    total = sum("==" in line and not line.startswith("#") for line in lock.read_text().splitlines())
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    # Much of it is never imported; Python itself compiles the rest, when it first is. A third of the time is saved.
    command += ["--progress-bar", "off", "--no-compile", "--require-hashes", "--requirement", str(lock)]
    said: List[str] = []
    done = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            said.append(line)
            if line.startswith(("Collecting ", "Ignoring ", "Requirement already satisfied: ")):
                done += 1
                show_count(min(done, total), total)
            elif line.startswith("Installing collected packages"):
                say("\n  unpacking ..." if sys.stdout.isatty() else "  unpacking ...")
    if pip.returncode != 0:
        say("".join(line for line in said[-40:] if not line.startswith(("Collecting ", "  Using cached"))))
        failed("The packages could not be installed.")


def show_count(done: int, total: int) -> None:
    """One line that counts up on a terminal; a line for every twentieth package elsewhere."""
    if sys.stdout.isatty():
        print("\r  %d of %d packages" % (done, total), end="", flush=True)
    elif done % 20 == 0 or done == total:
        say("  %d of %d packages" % (done, total))


def can_run(python: Path) -> bool:
    """Whether the environment's Python is there, starts, and is the version of this one."""
    if not python.exists():
        return False
    version = "import sys, pip; print(sys.version)"
    answer = subprocess.run([str(python), "-I", "-c", version], capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout.strip() == sys.version


def run(command: List[str], what: str) -> None:
    """Run a step of the installation; when it fails, its own words stand above what to do."""
    try:
        code = subprocess.run(command, check=False).returncode
    except OSError as error:
        fail(what + " " + str(error), "Put that right and run the same command again.")
    if code != 0:
        failed(what)


def failed(what: str) -> NoReturn:
    """Stop after a step that has failed, with the likeliest reasons."""
    free = shutil.disk_usage(str(ROOT)).free // 1_000_000
    if free < 100:
        fail(what + " The disk is full (%d MB free)." % free, "Free some space and run the same command again.")
    fail(
        what + " The reason stands above.",
        "If the network was the reason (timeouts, names not resolved, proxies), put that right and run the same "
        "command again: it goes on where it stopped. `make clean` starts the environment over and keeps all data.",
    )


def find_chromium() -> Optional[str]:
    """The path of an installed Chromium or Chrome, or None."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def drives_browsers(environment: Path) -> bool:
    """Whether Playwright's own program starts; on a lean Debian it lacks a library."""
    drivers = list(environment.glob("lib/python3*/site-packages/playwright/driver/node"))
    return all(
        subprocess.run([str(node), "--version"], capture_output=True, check=False).returncode == 0 for node in drivers
    )


def ensure_chromium() -> None:
    """Install Debian's Chromium where root may; elsewhere the browser tests say why they are skipped."""
    missing = [] if find_chromium() else ["chromium", "fonts-liberation"]
    if not drives_browsers(VENV):
        missing.append("libatomic1")
    if not missing:
        return
    names = " ".join(missing)
    if not may_install():
        say("Missing here, without the right to install it: %s. The browser tests will be skipped." % names)
        say("To run them too: sudo apt-get install " + names)
        return
    say("Installing %s for the browser tests ..." % names)
    if not apt_install(*missing):
        say("That failed (see above): the browser tests will be skipped.")


def main() -> None:
    """Prepare for one command of the Makefile."""
    parser = argparse.ArgumentParser(description="Prepare the machine for make.")
    parser.add_argument("lock", choices=sorted(ROOM_NEEDED_MB), help="which lock to install")
    parser.add_argument("--port", help="refuse at once if this port cannot be served on")
    parser.add_argument("--chromium", action="store_true", help="see to a browser as well")
    options = parser.parse_args()
    check_python()
    if options.port is not None:
        if not options.port.isdecimal():
            fail("PORT=%s is not a number." % options.port, "For example: make run PORT=8080")
        check_port(int(options.port))
    try:
        install(options.lock)
        if options.chromium:
            ensure_chromium()
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command goes on where it stopped.")
    except OSError as error:
        fail("A file could not be written: " + str(error), "Put that right and run the same command again.")


if __name__ == "__main__":
    main()
