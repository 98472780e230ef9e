"""Labels of choices in the language of one answer."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import TextChoices
from django.utils.translation import get_language, override


class Labels:
    """``labels(Kind, value)``: the label as ``get_..._display`` gives it, which goes through all labels every time."""

    def __init__(self) -> None:
        self._language = get_language()

    def __call__(self, choices: type[TextChoices], value: str) -> str:
        """The label of one value; the value itself where none has it."""
        return _labels(choices, self._language).get(value, value)


@lru_cache(maxsize=100)
def _labels(choices: type[TextChoices], language: str | None) -> dict[str, str]:
    with override(language):  # kept for all who ask in it
        return {choice.value: str(choice.label) for choice in choices}
