"""Writes many records at once as the editor would one by one: with a draft, a log entry, and findable by search.

One by one, ten thousand records take minutes. Both functions belong in a transaction and raise IntegrityError when
somebody saved one of these records in this moment; then nothing of the chunk is written.
"""

import uuid
from collections import defaultdict
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Cast
from django.utils import timezone
from modelsearch.backends import get_search_backends
from wagtail.models import ModelLogEntry, Revision

from research.models import Citation


def save_new(citations: list[Citation], user: Any) -> None:
    """New drafts."""
    Citation.objects.bulk_create(citations)
    _save_drafts(citations, user, "wagtail.create")
    _index(citations)


def save_changed(citations: list[Citation], columns: set[str], user: Any) -> None:
    """A new draft of each; a record that was never public changes at once, too, in these columns."""
    unpublished = [citation for citation in citations if not citation.live]
    for citation in unpublished:
        formatted = citation.formatted()
        citation.ama_html, citation.ama_text = formatted.html, formatted.text
    if unpublished and columns:
        Citation.objects.bulk_create(  # an upsert: bulk_update takes longer than all the rest
            unpublished,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=sorted({*columns, "ama_html", "ama_text"}),
        )
    _save_drafts(citations, user, "wagtail.edit")
    _index(unpublished)


def _save_drafts(citations: list[Citation], user: Any, action: str) -> None:
    content_type = ContentType.objects.get_for_model(Citation)
    now = timezone.now()
    _read_children(citations)
    revisions = [
        Revision(
            content_type=content_type,
            base_content_type=content_type,
            object_id=str(citation.pk),
            created_at=now,
            user=user,
            object_str=str(citation),
            content=citation.serializable_data(),
        )
        for citation in citations
    ]
    Revision.objects.bulk_create(revisions)
    newest = Revision.objects.filter(
        base_content_type=content_type, object_id=Cast(models.OuterRef("pk"), models.CharField())
    ).order_by("-pk")
    Citation.objects.filter(pk__in=[citation.pk for citation in citations]).update(
        latest_revision=models.Subquery(newest.values("pk")[:1]), has_unpublished_changes=True
    )
    ModelLogEntry.objects.bulk_create(
        ModelLogEntry(
            content_type=content_type,
            object_id=str(citation.pk),
            label=str(citation)[:255],
            action=action,
            timestamp=now,
            user=user,
            uuid=uuid.uuid4(),
            revision=revision,
            content_changed=True,
            data={},
        )
        for citation, revision in zip(citations, revisions, strict=True)
    )


def _read_children(citations: list[Citation]) -> None:
    """What a draft holds beside the record's own row, two queries for all of them; those read from a draft have it."""
    bare = [citation for citation in citations if not getattr(citation, "_cluster_related_objects", None)]
    for name in ("topics", "relations"):
        model: Any = Citation._meta.get_field(name).related_model
        children: dict[int, list[Any]] = defaultdict(list)
        for child in model.objects.filter(citation__in=[citation.pk for citation in bare]).order_by("sort_order", "pk"):
            children[child.citation_id].append(child)
        for citation in bare:
            getattr(citation, name).set(children[citation.pk])


def _index(citations: list[Citation]) -> None:
    for backend in get_search_backends(with_auto_update=True):
        backend.add_bulk(Citation, citations)
