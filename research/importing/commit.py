"""Carries a batch out: chunk by chunk, each in one transaction, so that an import that breaks off goes on where it was.

New records are written in bulk, as drafts with a revision and a log entry each; changed ones get a new draft of
their own. A record is saved whole or not at all, and its row says which.
"""

import re
import time
import unicodedata
import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _
from modelsearch.backends import get_search_backends
from wagtail.models import ModelLogEntry, Revision

from research.formats.csl import date_parts
from research.importing.columns import columns_of
from research.importing.matching import LibraryIndex
from research.models import Citation, ImportBatch, ImportRow

CHUNK = 250
State, Action = ImportRow.State, ImportRow.Action
_STOP_WORDS = {"a", "an", "the", "of", "on", "in", "for", "and", "with", "to", "is", "are"}


def commit(batch: ImportBatch, user: Any = None, seconds: float | None = None) -> Iterator[tuple[int, int]]:
    """Carry out what the rows say; after each chunk, yields how many of how many rows are done.

    Stops after ``seconds`` (None: never); call again to go on. Nothing is done twice.
    """
    deadline = time.monotonic() + seconds if seconds is not None else None
    total = batch.rows.count()
    library = LibraryIndex.read()
    if batch.started_at is None:
        batch.started_at = timezone.now()
        batch.save(update_fields=["started_at"])
    while True:
        with transaction.atomic():
            # Two people, or a person and a retry, must not carry out the same rows.
            ImportBatch.objects.select_for_update().get(pk=batch.pk)
            rows = list(batch.rows.filter(state=State.PENDING).select_related("match")[:CHUNK])
            if not rows:
                if batch.finished_at is None:
                    batch.finished_at = timezone.now()
                    batch.save(update_fields=["finished_at"])
                break
            _carry_out(rows, batch, library, user)
            ImportRow.objects.bulk_create(  # an upsert: bulk_update takes longer than all the rest
                rows, update_conflicts=True, unique_fields=["id"], update_fields=["state", "message", "citation"]
            )
        yield total - batch.rows.filter(state=State.PENDING).count(), total
        if deadline is not None and time.monotonic() >= deadline:
            return


def _carry_out(rows: list[ImportRow], batch: ImportBatch, library: LibraryIndex, user: Any) -> None:
    new: list[tuple[ImportRow, Citation]] = []
    for row in rows:
        if row.action == Action.SKIP or not row.possible:
            row.state = State.SKIPPED
            row.message = _reason(row)
        elif row.action == Action.UPDATE:
            _update(row, user)
        else:
            citation = _draft(row, batch, library)
            if citation is not None:
                new.append((row, citation))
    if not new:
        return
    try:
        with transaction.atomic():
            _create([citation for _row, citation in new], user)
    except IntegrityError:  # somebody saved one of these in this moment: find out which
        for row, citation in new:
            _create_one(row, citation, user)
    else:
        for row, citation in new:
            row.state, row.citation = State.CREATED, citation
    for row, citation in new:
        if row.state == State.CREATED:
            identifiers = {name: getattr(citation, name) for name in ("doi", "pmid", "pmcid", "isbn", "nct_id")}
            library.add(citation.pk, citation.key, identifiers, citation.title, citation.issued_year)


def _reason(row: ImportRow) -> str:
    errors = [problem["message"] for problem in row.problems if problem.get("severity") == "error"]
    if errors:
        return str(errors[0])
    if row.match_id and not row.differences:
        return _("The library has it already, and the file says nothing else.")
    return _("Left out by choice.")


def _draft(row: ImportRow, batch: ImportBatch, library: LibraryIndex) -> Citation | None:
    """A citation that is not saved yet, or None with the reason on the row."""
    values = columns_of(row.item).values
    taken = [name for name, index in (("doi", library.by_doi), ("pmid", library.by_pmid)) if values.get(name) in index]
    taken += [name for name in ("pmcid", "isbn", "nct_id") if (name, values.get(name)) in library.by_other]
    if taken:
        row.state = State.FAILED
        row.message = _("Another record has this %(field)s by now. Import the file again to compare the two.") % {
            "field": str(Citation._meta.get_field(taken[0]).verbose_name)  # type: ignore[union-attr]
        }
        return None
    citation = Citation(
        key=free_key(row.item, library.keys),
        import_origin=_("%(origin)s, record %(number)d") % {"origin": batch.origin, "number": row.number},
        live=False,
        has_unpublished_changes=True,
        **values,
    )
    try:
        citation.clean_fields()
        citation.clean()
    except ValidationError as error:
        row.state, row.message = State.FAILED, _told(error)
        return None
    library.keys.add(citation.key)
    for name, index in (("doi", library.by_doi), ("pmid", library.by_pmid)):
        if value := getattr(citation, name):
            index[value] = 0  # taken by this chunk; the record's own number follows when it is saved
    formatted = citation.formatted()
    citation.ama_html, citation.ama_text = formatted.html, formatted.text
    return citation


def _told(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    parts = []
    for name, messages in error.message_dict.items():
        words = "" if name == "__all__" else f"{Citation._meta.get_field(name).verbose_name}: "  # type: ignore[union-attr]
        parts.append(words + " ".join(messages))
    return " ".join(parts)


def _create(citations: list[Citation], user: Any) -> None:
    """Save new drafts in bulk, each with its first revision, its log entry and its place in the search index."""
    Citation.objects.bulk_create(citations)
    content_type = ContentType.objects.get_for_model(Citation)
    now = timezone.now()
    revisions = []
    for citation in citations:
        for relation in ("topics", "relations"):
            getattr(citation, relation).set([])  # known to be empty: saves two queries a record
        revisions.append(
            Revision(
                content_type=content_type,
                base_content_type=content_type,
                object_id=str(citation.pk),
                created_at=now,
                user=user,
                object_str=str(citation),
                content=citation.serializable_data(),
            )
        )
    Revision.objects.bulk_create(revisions)
    newest = Revision.objects.filter(
        base_content_type=content_type, object_id=Cast(models.OuterRef("pk"), models.CharField())
    ).order_by("-pk")
    Citation.objects.filter(pk__in=[citation.pk for citation in citations]).update(
        latest_revision=models.Subquery(newest.values("pk")[:1])
    )
    ModelLogEntry.objects.bulk_create(
        ModelLogEntry(
            content_type=content_type,
            object_id=str(citation.pk),
            label=str(citation)[:255],
            action="wagtail.create",
            timestamp=now,
            user=user,
            uuid=uuid.uuid4(),
            revision=revision,
            content_changed=True,
            data={},
        )
        for citation, revision in zip(citations, revisions, strict=True)
    )
    for backend in get_search_backends(with_auto_update=True):
        backend.add_bulk(Citation, citations)


def _create_one(row: ImportRow, citation: Citation, user: Any) -> None:
    citation.pk = None
    citation._state.adding = True
    try:
        with transaction.atomic():
            citation.full_clean()
            _create([citation], user)
    except ValidationError as error:
        row.state, row.message = State.FAILED, _told(error)
    except IntegrityError:
        row.state = State.FAILED
        row.message = _("Somebody else saved the same record at this moment. Import the file again to compare the two.")
    else:
        row.state, row.citation = State.CREATED, citation


def _update(row: ImportRow, user: Any) -> None:
    """A new draft of the record with the chosen columns; a draft that was never public changes at once, too."""
    if row.match is None:
        row.state = State.FAILED
        row.message = _("The record that this one matched is no longer in the library. Import the file again.")
        return
    if not row.take:
        row.state, row.message = State.SKIPPED, _("Nothing was chosen to be taken from the file.")
        return
    lock = row.match.get_lock()
    if lock is not None and (user is None or lock.for_user(user)):
        row.state = State.FAILED
        row.message = _("The record is locked. Ask whoever locked it, then import the file again.")
        return
    values = columns_of(row.item).values
    citation = row.match.get_latest_revision_as_object()
    for name in row.take:
        if name in values:
            setattr(citation, name, values[name])
    try:
        with transaction.atomic():
            citation.full_clean()
            if not citation.live:
                citation.save()
            citation.save_revision(user=user, log_action=True, clean=False)
    except ValidationError as error:
        row.state, row.message = State.FAILED, _told(error)
    except IntegrityError:
        row.state = State.FAILED
        row.message = _("Another record of the library has the same identifier. Nothing of this record was changed.")
    else:
        row.state, row.citation = State.UPDATED, row.match
        if citation.live:
            row.message = _("Saved as a draft: publish it to make the change public.")


def free_key(item: Any, taken: set[str]) -> str:
    """A stable key that is not taken: the file's own where it can be one, else family, year and first word."""
    own = str(item.get("id", ""))
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{2,79}", own):
        base = own
    else:
        authors = item.get("author") or [{}]
        name = authors[0].get("family") or authors[0].get("literal") or ""
        year = "".join(str(part) for part in date_parts(item.get("issued"))[:1])
        words = [word for word in _slug(item.get("title", "")).split("-") if word not in _STOP_WORDS]
        parts = [_slug(name)[:30], year, *words[: 1 if name else 4]]
        base = "-".join(part for part in parts if part)[:72].strip("-") or "record"
    key, number = base, 2
    while key in taken:
        key, number = f"{base[:72]}-{number}", number + 1
    return key


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
