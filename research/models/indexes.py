"""NullsLastIndex: an index in an order that ends with empty values."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.db import models


class NullsLastIndex(models.Index):
    """An index over expressions such as ``F("issued_year").desc(nulls_last=True)``, for query sets ordered that way.

    SQLite takes no such word in an index, and needs none: there empty values come last in descending order anyway.
    """

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """The statement, on SQLite without the word."""
        index: models.Index = self
        if schema_editor.connection.vendor == "sqlite":
            plain: list[Any] = [copy(one) for one in self.expressions]
            for one in plain:
                one.nulls_last = None
            index = models.Index(*plain, name=self.name, condition=self.condition)
        return models.Index.create_sql(index, model, schema_editor, using, **kwargs)
