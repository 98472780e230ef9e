"""A look-up as an import of one record: what the services say, put together as one suggestion."""

from typing import Any, cast

from django.utils.translation import gettext as _

from research.formats.csl import CslItem
from research.formats.parsing import ParsedRecord
from research.importing.preview import preview_records
from research.lookup import Found, NotFound, Unavailable, look_up
from research.lookup.results import LookupResult
from research.models import ImportBatch
from research.retractions import verdict


def suggest(identifier: str, user: Any = None) -> tuple[ImportBatch | None, list[str]]:
    """A batch with the one record found, or None; and a sentence on each service that did not find it.

    Raises ValueError for what is neither a DOI nor a PMID.
    """
    results = look_up(identifier)
    told = [sentence for result in results if (sentence := _told(result))]
    found = [result for result in results if isinstance(result, Found)]
    if not found:
        return None, told
    names = ", ".join(result.service for result in found)
    origin = _("Look-up of %(identifier)s at %(services)s") % {"identifier": identifier.strip()[:80], "services": names}
    record = ParsedRecord(merged(found))
    batch = preview_records([record], format_name="look-up", origin=origin, problems=told, user=user)
    return batch, told


def merged(found: list[Found]) -> CslItem:
    """The first service's record, with what only the others know. Notices travel as a retraction."""
    item: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    for result in found:
        for key, value in result.item.items():
            if key != "custom":
                item.setdefault(key, value)
        for key, value in result.item.get("custom", {}).items():
            custom.setdefault(key, value)
    notice = verdict(notice for result in found for notice in result.notices)
    if notice is not None:
        custom["retraction"] = {
            "status": notice.state,
            "source": notice.url,
            "date": notice.on.isoformat() if notice.on else "",
            "reason": notice.reason,
            "note": _("According to %(source)s.") % {"source": notice.source},
        }
    if custom:
        item["custom"] = custom
    return cast(CslItem, item)


def _told(result: LookupResult) -> str:
    if isinstance(result, NotFound):
        return _("%(service)s has no such record.") % {"service": result.service}
    if isinstance(result, Unavailable):
        return _("%(service)s could not be asked: %(reason)s This says nothing about the paper.") % {
            "service": result.service,
            "reason": result.reason,
        }
    return ""
