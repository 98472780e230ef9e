"""System checks of the project itself, with ids `clinic.E...`, and their force on servers."""

import sys
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from clinic.environment import Problem


@register()
def check_environment(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Report every setting that the environment lacks or spells wrongly."""
    problems: list[Problem] = settings.ENVIRONMENT_PROBLEMS
    return [Error(problem.message, hint=problem.hint, id=problem.check_id) for problem in problems]


def refuse_bad_environment() -> None:
    """End the process with the reasons when a setting is missing or malformed.

    Django's own commands run the checks by themselves; servers that import `asgi` or `wsgi` would not.
    """
    if found := check_environment(None):
        lines = [f"({error.id}) {error.msg}\n    {error.hint}" for error in found]
        sys.exit("\n".join(["The site cannot start:", *lines]))
