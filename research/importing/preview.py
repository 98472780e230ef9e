"""Reads a file into an ImportBatch: each record with its match, its differences and what is proposed for it."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from research.formats.csl_json import plain_item
from research.formats.parsing import ParsedRecord
from research.formats.registry import parse
from research.importing.columns import Columns, columns_of
from research.importing.matching import LibraryIndex, Match, SeenRecords, differences, safe_to_take
from research.models import Citation, ImportBatch, ImportRow

CHUNK = 500


def preview(data: bytes | str, *, format_name: str = "", filename: str = "", user: Any = None) -> ImportBatch:
    """A batch with one row for every record of a file. Nothing of the library changes.

    Raises ImportRefusedError when the file cannot be read whole.
    """
    name, result = parse(data, format_name, filename)
    return preview_records(
        result.records,
        format_name=name,
        origin=filename or _("Pasted text"),
        problems=[p.message for p in result.problems],
        user=user,
    )


@transaction.atomic
def preview_records(
    records: list[ParsedRecord], *, format_name: str, origin: str, problems: list[str] | None = None, user: Any = None
) -> ImportBatch:
    """A batch with one row for each record."""
    batch = ImportBatch.objects.create(
        origin=origin[:160], format=format_name, problems=problems or [], created_by=user if user and user.pk else None
    )
    for rows in _rows(batch, records):
        ImportRow.objects.bulk_create(rows)
    return batch


def _rows(batch: ImportBatch, records: list[ParsedRecord]) -> Iterator[list[ImportRow]]:
    library = LibraryIndex.read()
    seen = SeenRecords()
    for start in range(0, len(records), CHUNK):
        chunk = records[start : start + CHUNK]
        matches = [library.match(record.item) for record in chunk]
        matched = Citation.objects.in_bulk({match.citation_id for match in matches if match.citation_id})
        rows = []
        for number, (record, match) in enumerate(zip(chunk, matches, strict=True), start + 1):
            row = _row(batch, number, record, match, matched.get(match.citation_id or 0))
            first = seen.first(number, record.item) if row.possible else None
            if first is not None:
                row.possible, row.action = False, ImportRow.Action.SKIP
                message = _("The same as record %(number)d of this file.") % {"number": first}
                row.problems.append({"message": message, "severity": "error"})
            rows.append(row)
        yield rows


def _row(batch: ImportBatch, number: int, record: ParsedRecord, match: Match, citation: Citation | None) -> ImportRow:
    columns = columns_of(record.item)
    problems = [{"message": problem.message, "severity": problem.severity} for problem in record.problems]
    problems += [{"message": message, "severity": "error"} for message in columns.errors]
    if match.problem:
        problems.append({"message": match.problem, "severity": "error"})
    possible = record.ok and not columns.errors and not match.problem
    row = ImportRow(
        batch=batch,
        number=number,
        line=record.line,
        item=plain_item(record.item),
        title=record.item.get("title", ""),
        problems=problems,
        possible=possible,
        match=citation,
        matched_by=match.by if citation else "",
    )
    row.action = ImportRow.Action.CREATE if possible else ImportRow.Action.SKIP
    if citation is not None and possible:
        propose(row, columns, citation)
    return row


def propose(row: ImportRow, columns: Columns, citation: Citation) -> None:
    """For a record that the library has: fill what is empty, overwrite nothing, skip where there is nothing to do."""
    row.differences = differences(columns, citation)
    row.take = safe_to_take(row.differences, columns, citation)
    row.action = ImportRow.Action.UPDATE if row.take else ImportRow.Action.SKIP
