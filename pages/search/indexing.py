"""Keeps the index true: a page is indexed again once its rows stand in the database."""

from __future__ import annotations

from typing import Any

from wagtail.models import Page
from wagtail.search import index
from wagtail.signals import page_published


def connect() -> None:
    """Starts listening; called when the app is ready."""
    page_published.connect(_index_with_rows, dispatch_uid="pages-search-index-with-rows")


def _index_with_rows(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Wagtail indexes when the page's own row is saved, and a page's facts and questions are saved after it."""
    index.insert_or_update_object(sender._default_manager.get(pk=instance.pk))
