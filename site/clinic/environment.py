"""Reads the process environment. Never raises: what is wrong is collected for the system checks to report."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """A setting that is missing or malformed: its check id, its variable and what to do about it."""

    check_id: str
    variable: str
    message: str
    hint: str


class Environment:
    """The variables of one process, read by type; `problems` lists what could not be read."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self.variables = os.environ if variables is None else variables
        self.problems: list[Problem] = []

    def text(self, name: str, default: str = "") -> str:
        """The variable as it is, or `default` when it is unset or empty."""
        return self.variables.get(name, "").strip() or default

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A yes/no variable: 1, true, yes, on against 0, false, no, off."""
        value = self.text(name).lower()
        if not value:
            return default
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off"}:
            return False
        self.problems.append(
            Problem("clinic.E002", name, f"{name} is neither yes nor no.", f"Set {name}=1 or {name}=0.")
        )
        return default

    def words(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        """A comma-separated list, without empty items."""
        value = self.text(name)
        return [item.strip() for item in value.split(",") if item.strip()] if value else list(default)
