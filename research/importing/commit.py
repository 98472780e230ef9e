"""Carries a batch out: chunk by chunk, each in one transaction, so that an import that breaks off goes on where it was.

New records are written in bulk, as drafts with a revision and a log entry each; changed ones get a new draft of
their own. A record is saved whole or not at all, and its row says which.
"""

import time
from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Revision, WorkflowState

from research.importing.columns import columns_of
from research.importing.matching import LibraryIndex
from research.importing.saving import save_changed, save_new
from research.keys import free_key
from research.models import Citation, ImportBatch, ImportRow
from research.models.citations import IDENTIFIERS

CHUNK = 250
State, Action = ImportRow.State, ImportRow.Action
CONSTRAINED = frozenset(
    {"issued_year", "issued_month", "issued_day", "ocebm_level", "status", "status_date", "status_source"}
)
"""Columns that the database compares with one another; asking it takes a query a constraint."""


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
            rows = list(batch.rows.filter(state=State.PENDING).select_related("match__latest_revision")[:CHUNK])
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
    changing = [row for row in rows if row.action == Action.UPDATE and row.possible]
    while changing:  # where two records of a file change one of the library, the second goes on from the first
        first = list({row.match_id or -row.pk: row for row in reversed(changing)}.values())[::-1]
        _change(first, library, user)
        changing = [row for row in changing if row not in first]
        for row in changing:
            row.match = Citation.objects.select_related("latest_revision").get(pk=row.match_id or 0)
    for row in rows:
        if row.action == Action.SKIP or not row.possible:
            row.state = State.SKIPPED
            row.message = _reason(row)
        elif row.action == Action.UPDATE:
            continue
        else:
            citation = _draft(row, batch, library)
            if citation is not None:
                new.append((row, citation))
    if not new:
        return
    try:
        with transaction.atomic():
            save_new([citation for _row, citation in new], user)
    except IntegrityError:  # somebody saved one of these in this moment: find out which
        for row, citation in new:
            _create_one(row, citation, user)
    else:
        for row, citation in new:
            row.state, row.citation = State.CREATED, citation
    for row, citation in new:
        if row.state == State.CREATED:
            identifiers = {name: getattr(citation, name) for name in IDENTIFIERS}
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


def _create_one(row: ImportRow, citation: Citation, user: Any) -> None:
    citation.pk = None
    citation._state.adding = True
    try:
        with transaction.atomic():
            citation.full_clean()
            save_new([citation], user)
    except ValidationError as error:
        row.state, row.message = State.FAILED, _told(error)
    except IntegrityError:
        row.state = State.FAILED
        row.message = _("Somebody else saved the same record at this moment. Import the file again to compare the two.")
    else:
        row.state, row.citation = State.CREATED, citation


def _change(rows: list[ImportRow], library: LibraryIndex, user: Any) -> None:
    """A new draft of each record with the chosen columns; a draft that was never public changes at once, too."""
    held = _held([row.match_id for row in rows if row.match_id])
    changed = [(row, draft) for row in rows if (draft := _changed_draft(row, library, held, user)) is not None]
    try:
        with transaction.atomic():
            save_changed(
                [draft for _row, draft in changed], {name for row, _draft in changed for name in row.take}, user
            )
    except IntegrityError:  # one of them stands in the way: find out which
        for row, draft in changed:
            try:
                with transaction.atomic():
                    save_changed([draft], set(row.take), user)
            except IntegrityError:
                row.state, row.message = State.FAILED, _same_identifier()
    for row, draft in changed:
        if row.state == State.PENDING:
            row.state, row.citation = State.UPDATED, row.match
            if draft.live:
                row.message = _("Saved as a draft: publish it to make the change public.")


def _held(pks: list[int]) -> set[int]:
    """Records that may be locked: by hand, by a workflow, or since they are scheduled."""
    keys = [str(pk) for pk in pks]
    held = set(Citation.objects.filter(pk__in=pks, locked=True).values_list("pk", flat=True))
    kind = ContentType.objects.get_for_model(Citation)
    waiting = WorkflowState.objects.active().filter(base_content_type=kind, object_id__in=keys)
    scheduled = Revision.objects.filter(base_content_type=kind, object_id__in=keys, approved_go_live_at__isnull=False)
    held |= {int(pk) for pk in waiting.values_list("object_id", flat=True)}
    return held | {int(pk) for pk in scheduled.values_list("object_id", flat=True)}


def _changed_draft(row: ImportRow, library: LibraryIndex, held: set[int], user: Any) -> Citation | None:
    """The record's draft with what was chosen, not saved yet; or None with the reason on the row."""
    if row.match is None:
        row.state = State.FAILED
        row.message = _("The record that this one matched is no longer in the library. Import the file again.")
        return None
    if not row.take:
        row.state, row.message = State.SKIPPED, _("Nothing was chosen to be taken from the file.")
        return None
    lock = row.match.get_lock() if row.match.pk in held else None
    if lock is not None and (user is None or lock.for_user(user)):
        row.state = State.FAILED
        row.message = _("The record is locked. Ask whoever locked it, then import the file again.")
        return None
    citation: Citation = row.match
    if citation.has_unpublished_changes and citation.latest_revision:
        citation = citation.with_content_json(citation.latest_revision.content)
    values = columns_of(row.item).values
    for name in row.take:
        if name == "extra":
            citation.extra = {**citation.extra, **values.get("extra", {})}
        elif name in values:
            setattr(citation, name, values[name])
    try:
        citation.clean_fields(exclude={"latest_revision", "live_revision"})  # each would be looked for
        citation.clean()
        if CONSTRAINED & set(row.take):
            citation.validate_constraints()
    except ValidationError as error:
        row.state, row.message = State.FAILED, _told(error)
        return None
    identifiers = {name: getattr(citation, name) for name in IDENTIFIERS}
    if library.taken(identifiers) - {citation.pk}:
        row.state, row.message = State.FAILED, _same_identifier()
        return None
    library.add(citation.pk, citation.key, identifiers, citation.title, citation.issued_year)
    return citation


def _same_identifier() -> str:
    return _("Another record of the library has the same identifier. Nothing of this record was changed.")
