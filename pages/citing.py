"""Everything of a page that can cite, in the order in which visitors read it. What it gets for that is in sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from modelcluster.models import get_all_child_relations
from wagtail.blocks import StreamValue
from wagtail.blocks.list_block import ListValue
from wagtail.blocks.struct_block import StructValue
from wagtail.contrib.typed_table_block.blocks import TypedTable
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.rich_text import RichText

from pages.models.claims import AbstractClaim
from research.models import Citation


@dataclass(frozen=True)
class Claimed:
    """A claim's or a row's citation, before it has a number."""

    owner: models.Model
    citation_id: int
    stance: str = ""
    locator: str = ""
    citation: Citation | None = None

    @classmethod
    def by(cls, owner: models.Model, row: Any) -> Claimed:
        """What a row with a citation says; its citation object only if it has been fetched already."""
        fetched = row._state.fields_cache.get("citation")
        return cls(owner, row.citation_id, getattr(row, "stance", ""), getattr(row, "locator", ""), fetched)


def parts_of(page: Page, content: Mapping[str, Any]) -> list[Claimed | str | Citation]:
    """Everything of a page that can cite, in reading order."""
    parts: list[Claimed | str | Citation] = []
    for name in _citing(page.__class__, getattr(page, "source_order", ())):
        shown = content.get(name)
        parts += _parts_in(shown if isinstance(shown, list) else getattr(page, name, None))
    return parts


@cache
def _citing(model: type[Page], source_order: tuple[str, ...]) -> list[str]:
    """What of a page type can cite: ``source_order`` of the type, then the rest.

    Without ``source_order``: claims, then prose as its fields are declared, then rows that name a citation.
    """
    claims: list[str] = []
    prose: list[str] = []
    prose_rows: list[str] = []
    rows: list[str] = []
    children = {relation.get_accessor_name() for relation in get_all_child_relations(model)}
    for attribute in model._meta.get_fields():
        if isinstance(attribute, RichTextField | StreamField):
            prose.append(attribute.name)
        elif isinstance(attribute, models.ManyToOneRel) and attribute.related_name in children:
            related: Any = attribute.related_model
            name = str(attribute.related_name)
            if issubclass(related, AbstractClaim):
                claims.append(name)
            elif any(isinstance(own, RichTextField) for own in related._meta.get_fields()):
                prose_rows.append(name)
            elif any(own.name == "citation" for own in related._meta.get_fields()):
                rows.append(name)
    found = [*claims, *prose, *prose_rows, *rows]
    if "evidence" not in found:
        found.append("evidence")
    first = [name for name in source_order if name in found]
    return [*first, *(name for name in found if name not in first)]


def prose_of(page: Page) -> list[str]:
    """Every rich text of a page in its database form, drafts' rows included."""
    return [part for part in parts_of(page, {}) if isinstance(part, str)]


def _parts_in(value: Any) -> list[Claimed | str | Citation]:
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, StreamValue):
        return list(_texts(value))
    if not isinstance(value, list) and not hasattr(value, "all"):
        return []
    rows = value if isinstance(value, list) else list(value.all())
    if rows and isinstance(rows[0], AbstractClaim):
        return list(_claimed([row for row in rows if not getattr(row, "draft", False)]))
    parts: list[Claimed | str | Citation] = []
    for row in rows:
        if isinstance(row, Citation):
            parts.append(row)
            continue
        for own in row._meta.get_fields():
            if isinstance(own, RichTextField) and (text := getattr(row, own.name)):
                parts.append(text)
        if getattr(row, "citation_id", None):
            parts.append(Claimed.by(row, row))
    return parts


def _texts(value: Any) -> Iterator[str]:
    """Every rich text inside a block's value, in order."""
    if isinstance(value, RichText):
        if value.source:
            yield value.source
    elif isinstance(value, StreamValue):
        for child in value:
            yield from _texts(child.value)
    elif isinstance(value, StructValue):
        for child in value.values():
            yield from _texts(child)
    elif isinstance(value, ListValue | list | tuple):
        for child in value:
            yield from _texts(child)
    elif isinstance(value, TypedTable):
        for row in value.rows:
            for cell in row:
                yield from _texts(cell.value)


def _claimed(claims: list[Any]) -> Iterator[Claimed]:
    """The sources of claims in order: one query for saved claims, none for claims that a preview holds in memory."""
    saved = [claim for claim in claims if claim.pk and not _in_memory(claim)]
    by_claim: dict[int, list[Any]] = defaultdict(list)
    if saved:
        model = saved[0]._meta.get_field("sources").related_model
        for source in model.objects.filter(claim__in=saved).order_by("claim_id", "sort_order", "pk"):
            by_claim[source.claim_id].append(source)
    for claim in claims:
        sources = list(claim.sources.all()) if _in_memory(claim) or not claim.pk else by_claim[claim.pk]
        for source in sources:
            if source.citation_id:
                yield Claimed.by(claim, source)


def _in_memory(claim: Any) -> bool:
    """Whether the claim's sources are held in memory (a revision, a form, a prefetch) rather than in the database."""
    return "sources" in getattr(claim, "_cluster_related_objects", {}) or "sources" in getattr(
        claim, "_prefetched_objects_cache", {}
    )
