"""System checks of the project itself, with ids `clinic.E...`, and their force on servers."""

import sys
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks.registry import registry

from clinic.environment import Problem

#: Parts whose checks look at what the environment says.
CHECKED = {"clinic", "research", "corsheaders"}


@register()
def check_environment(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Report every setting that the environment lacks or spells wrongly."""
    problems: list[Problem] = settings.ENVIRONMENT_PROBLEMS
    return [Error(problem.message, hint=problem.hint, id=problem.check_id) for problem in problems]


def refuse_bad_environment() -> None:
    """End the process with the reasons when a setting is missing or malformed.

    Django's own commands run the checks by themselves; servers that import `asgi` or `wsgi` would not. Of all checks
    these are the ones that look at settings of ours, and take no time.
    """
    ours = [check for check in registry.get_checks() if check.__module__.partition(".")[0] in CHECKED]
    found = [message for check in ours for message in check(app_configs=None, databases=None) if message.is_serious()]
    if found:
        lines = [f"({error.id}) {error.msg}\n    {error.hint or ''}".rstrip() for error in found]
        sys.exit("\n".join(["The site cannot start:", *lines]))
