"""What a page says, as plain text for the search index and for snippets: never more than its visitors can read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.html import strip_tags
from modelcluster.models import get_all_child_relations
from wagtail.fields import RichTextField, StreamField
from wagtail.rich_text import get_text_for_indexing

#: Fields that pages carry for editors and search engines, not as words on the page.
UNSEEN = frozenset({"search_description", "seo_title", "draft_title", "url_path", "path", "go_live_at", "slug"})


def page_text(page: models.Model) -> str:
    """Returns the words of a page in the order of its fields, then of its rows (facts, questions, signs).

    Rows marked as drafts are left out: nobody may learn from the search what the page does not show.
    """
    parts = [*_texts(page), *(text for row in _rows(page) for text in _texts(row))]
    return "\n".join(part for part in parts if part)


def _rows(page: models.Model) -> Iterator[models.Model]:
    for relation in get_all_child_relations(page):
        if relation.related_model._meta.app_label != page._meta.app_label:
            continue
        for row in getattr(page, relation.get_accessor_name()).all():
            if not getattr(row, "draft", False):
                yield row


def _texts(row: models.Model) -> Iterator[str]:
    """Yields the prose of a row. Choices, addresses and keys are no prose."""
    for field in row._meta.concrete_fields:
        if field.name in UNSEEN or field.choices or not _is_prose(field, row):
            continue
        yield _plain(field, field.value_from_object(row))


def _is_prose(field: models.Field[Any, Any], row: models.Model) -> bool:
    if isinstance(field, (models.SlugField, models.URLField)) or field.model._meta.app_label == "wagtailcore":
        return False
    return isinstance(field, (models.CharField, models.TextField, StreamField)) and field.editable


def _plain(field: models.Field[Any, Any], value: Any) -> str:
    if not value:
        return ""
    if isinstance(field, StreamField):
        return "\n".join(map(str, field.get_searchable_content(value)))
    return strip_tags(get_text_for_indexing(value)) if isinstance(field, RichTextField) else str(value)
