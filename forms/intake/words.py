"""The trail's details in words: what it keeps are codes, and people read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forms.intake.listing import FilterForm
from forms.models.audit import AuditEntry
from forms.models.deliveries import Delivery
from forms.models.submissions import Submission

PLACES: dict[str, str | Promise] = {
    "index": gettext_lazy("the list of submissions"),
    "lookup": gettext_lazy("look-up"),
    "bulk": gettext_lazy("changing several submissions"),
    "export": gettext_lazy("the export"),
    "audit": gettext_lazy("the audit trail"),
    "deliveries": gettext_lazy("the notifications"),
    "resend": gettext_lazy("sending a notification again"),
    "person": gettext_lazy("one person’s records"),
    "save_view": gettext_lazy("saving a view"),
    "delete_view": gettext_lazy("removing a view"),
    "detail": gettext_lazy("a submission"),
    "print": gettext_lazy("a submission’s print view"),
    "move": gettext_lazy("changing a status"),
    "assign": gettext_lazy("assigning a submission"),
    "note": gettext_lazy("writing a note"),
    "release": gettext_lazy("releasing a submission"),
    "attachment": gettext_lazy("an attachment"),
}
"""The desk's addresses by the names of their views, as what somebody asked for."""


def in_words(entry: AuditEntry) -> list[str]:
    """The entry's details, one phrase for each thing it tells; what has no words yet stands as it was kept."""
    kept: dict[str, Any] = dict(entry.details)
    phrases = [phrase for name, say in SAYINGS if name in kept and (phrase := say(kept))]
    return [*phrases, *(f"{name}: {value}" for name, value in kept.items())]


def _status(kept: dict[str, Any]) -> str:
    labels = dict(Submission.Status.choices)
    was, now = (_label(labels, kept.pop(name, "")) for name in ("was", "now"))
    outcome = _label(dict(Submission.Outcome.choices), kept.pop("outcome", ""))
    change = f"{was} → {now}" if was else now
    return f"{change} ({outcome})" if outcome else change


def _assignee(kept: dict[str, Any]) -> str:
    name = kept.pop("assigned_to")
    return _("Assigned to nobody") if name == "nobody" else _("Assigned to %(name)s") % {"name": name}


def _place(kept: dict[str, Any]) -> str:
    name = str(kept.pop("view"))
    kept.pop("method", None)
    return _("Asked for %(place)s") % {"place": _label(PLACES, name.rpartition(":")[2])}


def _filters(kept: dict[str, Any]) -> str:
    names = [str(FilterForm.base_fields[n].label) if n in FilterForm.base_fields else n for n in kept.pop("filters")]
    return _("Filters: %(names)s") % {"names": ", ".join(names)}


def _shown(kept: dict[str, Any]) -> str:
    return _("Shown: %(references)s") % {"references": ", ".join(kept.pop("shown"))}


def _file(kept: dict[str, Any]) -> str:
    return _("As %(format)s") % {"format": str(kept.pop("format")).upper()}


def _count(kept: dict[str, Any]) -> str:
    return _("Submissions: %(count)s") % {"count": kept.pop("count")}


def _kind(kept: dict[str, Any]) -> str:
    return Delivery(kind=kept.pop("kind")).kind_in_words


def _label(labels: Mapping[Any, Any], code: Any) -> str:
    return str(labels.get(code, code))


SAYINGS: list[tuple[str, Callable[[dict[str, Any]], str]]] = [
    ("now", _status),
    ("assigned_to", _assignee),
    ("view", _place),
    ("filters", _filters),
    ("shown", _shown),
    ("format", _file),
    ("count", _count),
    ("kind", _kind),
]
"""What a detail means; each takes what it tells out of the details."""
