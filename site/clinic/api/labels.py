"""Labels of choices, looked up once for each language."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import TextChoices
from django.utils.translation import get_language


def label(choices: type[TextChoices], value: str) -> str:
    """The label of one value, as ``get_..._display`` gives it; that one goes through all labels at every call."""
    return _labels(choices, get_language()).get(value, value)


@lru_cache(maxsize=100)
def _labels(choices: type[TextChoices], language: str | None) -> dict[str, str]:
    return {choice.value: str(choice.label) for choice in choices}
