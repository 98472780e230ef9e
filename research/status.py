"""A citation's status changes because a notice says so: at once, in public and in every draft, with its source."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from research.choices import Status
from research.models import Citation
from research.retractions import Notice

_GRAVITY = {Status.CURRENT: 0, Status.SUPERSEDED: 0, Status.CORRECTED: 1, Status.CONCERN: 2, Status.RETRACTED: 3}
OF_NOTICE = {"corrected": Status.CORRECTED, "concern": Status.CONCERN, "retracted": Status.RETRACTED}
_FIELDS = ("status", "status_date", "status_source", "status_note")


@transaction.atomic
def take_notice(citation: Citation, notice: Notice, user: Any = None) -> bool:
    """Give the citation the status of a notice; True when that changed something.

    Only ever graver: to take a retraction back is a person's decision. The public record changes at once and
    unconditionally, and so does a waiting draft, which would otherwise undo it when it is published. Saving the
    record tells the people responsible (`research.standing.citation_doubted`).
    """
    new = OF_NOTICE[notice.state]
    current = Citation.objects.select_for_update().get(pk=citation.pk)
    if _GRAVITY[new] <= _GRAVITY[Status(current.status)]:
        return False
    had_draft = current.has_unpublished_changes
    reason = [notice.reason, _("According to %(source)s.") % {"source": notice.source}]
    values = {
        "status": new,
        "status_date": notice.on,
        "status_source": notice.url[:1000] or _address(current),
        "status_note": " ".join(part for part in reason if part),
    }
    for name in _FIELDS:
        setattr(current, name, values[name])
    current.save()
    draft = current.get_latest_revision_as_object()
    for name in _FIELDS:
        setattr(draft, name, values[name])
    revision = draft.save_revision(user=user, clean=False, log_action=True)
    if current.live and not had_draft:
        Citation.objects.filter(pk=current.pk).update(has_unpublished_changes=False, live_revision=revision)
    for name in _FIELDS:
        setattr(citation, name, values[name])
    return True


def _address(citation: Citation) -> str:
    """Where a reader can see the notice when it has no address of its own."""
    if citation.doi:
        return f"https://doi.org/{citation.doi}"
    return f"https://pubmed.ncbi.nlm.nih.gov/{citation.pmid}/" if citation.pmid else ""
