"""Reads the process environment. Never raises: what is wrong is collected for the system checks to report."""

import base64
import binascii
import os
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import available_timezones

import environ
from django.core.exceptions import ImproperlyConfigured

MISSING = "clinic.E001"
MALFORMED = "clinic.E002"
KEY_BYTES = 32
LONGEST_ID = 32  # as the column that notes with which key a row is sealed
WEB = ("http", "https")


@dataclass(frozen=True)
class Problem:
    """A setting that is missing or malformed: its check id, its variable and what to do about it."""

    check_id: str
    variable: str
    message: str
    hint: str


class Environment:
    """The variables of one process, read by type; `problems` lists what could not be read.

    A variable may also be given as a file that holds its value: `SECRET_KEY_FILE=/run/secrets/secret_key`.
    Variables of the process win over those of the file that `ENV_FILE` names (`.env` beside manage.py unless set).
    """

    def __init__(self, variables: Mapping[str, str] | None = None, *, env_file: Path | None = None) -> None:
        self.problems: list[Problem] = []
        if variables is None:
            named = os.environ.get("ENV_FILE")
            file = Path(named) if named else env_file if named is None else None
            if file is not None and file.is_file():
                environ.Env.read_env(file)
            elif named:
                self.malformed(
                    "ENV_FILE",
                    f"ENV_FILE names no file: {named}",
                    "Name the file that holds the settings, or leave ENV_FILE empty for none.",
                )
            variables = os.environ
        self.variables = variables

    def malformed(self, name: str, message: str, hint: str) -> None:
        """Note that the variable `name` is set but cannot be used."""
        self.problems.append(Problem(MALFORMED, name, message, hint))

    def text(self, name: str, default: str = "") -> str:
        """The variable as it is, or `default` when it is unset or empty."""
        file = self.variables.get(f"{name}_FILE", "").strip()
        if file:
            try:
                return Path(file).read_text(encoding="utf-8").strip() or default
            except (OSError, UnicodeDecodeError) as error:
                self.malformed(
                    f"{name}_FILE",
                    f"{name}_FILE names a file that cannot be read: {error}",
                    f"Name a text file that holds the value and that this user may read, or set {name} instead.",
                )
                return default
        return self.variables.get(name, "").strip() or default

    def required(self, name: str, hint: str) -> str:
        """The variable, or an empty text and a problem when it is unset."""
        value = self.text(name)
        if not value:
            self.problems.append(Problem(MISSING, name, f"{name} is not set.", hint))
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A yes/no variable: 1, true, yes, on against 0, false, no, off."""
        value = self.text(name).lower()
        if not value:
            return default
        if value in {"1", "true", "yes", "on"}:
            return True
        if value not in {"0", "false", "no", "off"}:
            self.malformed(name, f"{name} is neither yes nor no.", f"Set {name}=1 or {name}=0.")
            return default
        return False

    def number(self, name: str, default: int, *, least: int = 0) -> int:
        """A whole number, `least` or more."""
        value = self.text(name)
        if not value:
            return default
        if not (value.isascii() and value.isdecimal()) or int(value) < least:
            self.malformed(
                name, f"{name} is not a whole number of {least} or more.", f"For example: {name}={max(default, least)}"
            )
            return default
        return int(value)

    def words(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        """A comma-separated list, without empty items."""
        value = self.text(name)
        return [item.strip() for item in value.split(",") if item.strip()] if value else list(default)

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of `choices`; the first when unset or unknown."""
        value = self.text(name, choices[0]).lower()
        if value not in choices:
            self.malformed(name, f"{name} is not one of {', '.join(choices)}.", f"For example: {name}={choices[0]}")
            return choices[0]
        return value

    def parsed(
        self,
        name: str,
        value: str,
        parse: Callable[[str], dict[str, Any]],
        example: str,
        *,
        fits: Callable[[dict[str, Any]], bool] = bool,
    ) -> dict[str, Any]:
        """`value` as `parse` (one of django-environ's URL readers) understands it; empty with a problem otherwise.

        `fits` says whether what was understood is something that this product works with.
        """
        if not value:
            return {}
        try:
            with warnings.catch_warnings(action="ignore"):  # it would print the address, password and all
                config = parse(value)
            good = bool(config) and fits(config)
        except (ImproperlyConfigured, ValueError, KeyError, TypeError):
            good = False
        if not good:
            # The value is not repeated: it may hold a password.
            self.malformed(name, f"{name} is not an address this product knows.", f"For example: {name}={example}")
            return {}
        return config

    def database(self, name: str, value: str) -> dict[str, Any]:
        """The database that `value` names: PostgreSQL, or SQLite in a file that is the same from wherever it is run."""
        return self.parsed(
            name,
            value,
            environ.Env.db_url_config,
            "postgres://clinic:password@localhost/clinic, or sqlite:////srv/clinic/var/db.sqlite3 with its full path",
            fits=lambda found: (
                (found["ENGINE"].endswith(".postgresql") and bool(found["NAME"]))
                or (found["ENGINE"].endswith(".sqlite3") and found["NAME"].startswith("/"))
            ),
        )

    def cache(self, name: str, value: str) -> dict[str, Any]:
        """The cache that `value` names: Valkey or Redis on a host, or one of Django's own."""

        def fits(found: dict[str, Any]) -> bool:
            parts = split(found["LOCATION"])
            shared = ".redis." in found["BACKEND"] and parts is not None and bool(parts.hostname)
            return shared or any(kind in found["BACKEND"] for kind in (".locmem.", ".dummy.", ".filebased."))

        # redis-py speaks to Valkey under Redis's scheme.
        address = value.replace("valkey://", "redis://", 1).replace("valkeys://", "rediss://", 1)
        return self.parsed(name, address, environ.Env.cache_url_config, "valkey://localhost:6379/0", fits=fits)

    def mail_server(self, name: str, value: str) -> dict[str, Any]:
        """How mail leaves, as `value` says; SMTP needs a host."""
        return self.parsed(
            name,
            value,
            environ.Env.email_url_config,
            "smtp+tls://user:password@mail.clinic.example:587",
            fits=lambda found: (
                "." in found["EMAIL_BACKEND"] and (".smtp." not in found["EMAIL_BACKEND"] or bool(found["EMAIL_HOST"]))
            ),
        )

    def address(self, name: str, value: str, example: str, *, schemes: tuple[str, ...] = WEB, path: bool = True) -> str:
        """`value` when it is an address with a host and one of `schemes`; empty with a problem otherwise.

        Without `path` it may hold nothing after host and port but a slash, which is taken away.
        """
        parts = split(value)
        if value and (
            parts is None
            or parts.scheme not in schemes
            or not (parts.hostname or (parts.scheme == "unix" and parts.path))
            or (not path and (parts.path.strip("/") or parts.query or parts.fragment))
        ):
            kind = "http(s) address" if schemes == WEB else f"address that begins with {':// or '.join(schemes)}://"
            what = kind if path else f"{kind} of a host alone"
            self.malformed(name, f"{name} is not an {what}.", f"For example: {name}={example}")
            return ""
        return value if path else value.rstrip("/")

    def hosts(self, name: str) -> list[str]:
        """A comma-separated list of host names, without scheme, port or path."""
        hosts = self.words(name)
        if not all(re.fullmatch(r"\*|\.?[\w.-]+|\[[0-9a-fA-F:.]+\]", host) for host in hosts):
            self.malformed(
                name,
                f"{name} holds something that is no host name.",
                f"Leave out https://, ports and paths. For example: {name}=www.clinic.example,clinic.example",
            )
            return []
        return hosts

    def mailbox(self, name: str, value: str) -> str:
        """`value` when it is a mail address, with or without a name before it; empty with a problem otherwise."""
        if value and ("\n" in value or not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(value)[1])):
            self.malformed(
                name, f"{name} is not a mail address.", f"For example: {name}=Clinic <no-reply@clinic.example>"
            )
            return ""
        return value

    def time_zone(self, name: str, default: str) -> str:
        """The name of a time zone."""
        value = self.text(name, default)
        if value not in available_timezones():
            self.malformed(name, f"{name} is not a time zone.", f"For example: {name}={default}")
            return default
        return value

    def key(self, name: str, value: str) -> str:
        """`value` when it is the base64 of 32 bytes; empty with a problem otherwise."""
        if value and decoded_length(value) != KEY_BYTES:
            self.malformed(
                name,
                f"{name} holds a key that is not {KEY_BYTES} bytes in base64.",
                "Make fresh ones with: python manage.py make_keys",
            )
            return ""
        return value

    def keys(self, name: str, value: str) -> str:
        """`value` when it is a comma-separated list of such keys; empty with a problem otherwise."""
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if value and not parts:
            self.malformed(name, f"{name} holds no key.", "Make one with: python manage.py make_keys")
        return value if parts and all(self.key(name, part) for part in parts) else ""

    def key_ring(self, name: str, value: str) -> dict[str, str]:
        """`id:key,older-id:key` as a mapping of key id to key; the first is the active one."""
        ring: dict[str, str] = {}
        for item in filter(None, (part.strip() for part in value.split(","))):
            key_id, separator, key = item.partition(":")
            if not separator or not 1 <= len(key_id) <= LONGEST_ID or not key_id.isascii() or key_id in ring:
                self.malformed(
                    name,
                    f"{name} is not a list of id:key, each id once, of {LONGEST_ID} ASCII letters at most.",
                    "Make a first one with: python manage.py make_keys",
                )
                return {}
            if not key:
                self.malformed(name, f"{name} has an id without a key.", "Make one with: python manage.py make_keys")
            elif self.key(name, key):
                ring[key_id] = key
        if value and not ring and not any(problem.variable == name for problem in self.problems):
            self.malformed(name, f"{name} holds no key.", "Make one with: python manage.py make_keys")
        return ring


def split(value: str) -> SplitResult | None:
    """The parts of an address; None when it cannot be read."""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  (raises for one that is no number)
    except ValueError:
        return None
    return parts


def decoded_length(value: str) -> int:
    """How many bytes a base64 text stands for; -1 when it is not base64."""
    try:
        return len(base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError):
        return -1
