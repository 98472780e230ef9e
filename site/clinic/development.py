"""What a developer's machine gets without being asked: keys of its own and an environment for plain HTTP."""

import base64
import json
import os
import secrets
from pathlib import Path

from clinic.environment import KEY_BYTES


def fresh_keys() -> dict[str, str]:
    """Random values for the three secrets, spelled as in the environment."""

    def key() -> str:
        return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")

    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SUBMISSION_KEYS": f"k1:{key()}",
        "BLIND_INDEX_KEY": key(),
    }


def kept_keys(file: Path) -> dict[str, str]:
    """The keys in `file`, made on the first call; whoever loses the file loses the submissions of this machine."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # Written whole under another name and then linked, which only one of several processes can do: no reader
    # ever sees half a file, and no process overwrites another's keys.
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    if not file.exists():
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(fresh_keys(), indent=2), encoding="utf-8")
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    keys: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return keys


def prepare_environment(var: Path) -> None:
    """Set what `clinic.settings.base` demands of a server, unless it is set already. `var` is created, for us alone."""
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    defaults = {
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "BASE_URL": f"http://127.0.0.1:{os.environ.get('PORT', '8000')}",
        "DATABASE_URL": f"sqlite:///{var / 'db.sqlite3'}",
        "DEFAULT_FROM_EMAIL": "Juniper Row Clinic <clinic@example.org>",
        "EMAIL_URL": f"filemail:///{var / 'mail'}",
        **kept_keys(var / "keys.json"),
    }
    for name, value in defaults.items():
        if not os.environ.get(f"{name}_FILE"):
            os.environ.setdefault(name, value)
