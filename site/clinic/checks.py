"""System checks of the project itself, with ids `clinic.E...`."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from clinic.environment import Problem


@register()
def check_environment(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Report every setting that the environment lacks or spells wrongly."""
    problems: list[Problem] = getattr(settings, "ENVIRONMENT_PROBLEMS", [])
    return [Error(problem.message, hint=problem.hint, id=problem.check_id) for problem in problems]
