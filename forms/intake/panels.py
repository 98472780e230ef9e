"""The desk at a glance: counts, the oldest waiting, the last weeks. Numbers only, no personal data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Avg, Count, F
from django.db.models.functions import TruncWeek
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from forms.access import can_read_submissions
from forms.models.deliveries import Delivery
from forms.models.pages import FormPage
from forms.models.submissions import Submission, SubmissionQuerySet, topic_codes
from research.models import Topic

WEEKS = 8
KEPT = "intake:weeks"
FRESH = 900  # seconds the last weeks are kept
MANY = 300


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a small chart: label, number, height in percent, and what it is about."""

    label: str
    value: float
    share: int
    text: str


def figures() -> dict[str, Any]:
    """The numbers of the desk: counts of this moment, and the last weeks as of the last quarter of an hour."""
    now, rows = timezone.now(), Submission.objects
    oldest = rows.unread().order_by("received_at", "id").values_list("received_at", flat=True).first()
    counts = {
        "new": _few(rows.unread()),
        "overdue": _few(rows.overdue(now)),
        "urgent": _few(rows.unread().filter(urgency="urgent")),
        "crisis": _few(rows.unread().filter(crisis=True)),
        "unassigned": _few(rows.open().filter(assignee=None)),
        "spam": _few(rows.possible_spam()),
        "given_up": _few(Delivery.objects.given_up()),
        "oldest": oldest,
    }
    return counts | _kept_weeks(now)


def _kept_weeks(now: datetime) -> dict[str, Any]:
    try:
        known = cache.get(KEPT)
    except Exception:  # a lost cache costs time and nothing else
        known = None
    if known is None:
        known = _weeks(now)
        with suppress(Exception):  # the same
            cache.set(KEPT, known, FRESH)
    return known


def _weeks(now: datetime) -> dict[str, Any]:
    since = now - timedelta(weeks=WEEKS)
    recent = Submission.objects.inbox().filter(received_at__gte=since)
    weeks = {
        row["week"]: row["count"]
        for row in recent.annotate(week=TruncWeek("received_at")).values("week").annotate(count=Count("*")).order_by()
    }
    by_form = (
        recent.values("page")
        .annotate(count=Count("*"), wait=Avg(F("first_contact_at") - F("received_at")))
        .order_by("-count")[:6]
    )
    titles = dict(FormPage.objects.filter(pk__in=[row["page"] for row in by_form]).values_list("pk", "title"))
    return {
        "weeks": _week_bars(weeks, now),
        "by_form": [(titles[row["page"]], row["count"], row["wait"]) for row in by_form],
        "by_topic": _topics(recent),
    }


def _few(rows: Any) -> int:
    return int(rows.order_by()[:MANY].count())


def _week_bars(weeks: Mapping[datetime, int], now: datetime) -> list[Bar]:
    monday = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    monday -= timedelta(days=monday.weekday())
    starts = [(monday - timedelta(weeks=back)).date() for back in range(WEEKS - 1, -1, -1)]
    counts = {timezone.localtime(week).date(): count for week, count in weeks.items()}
    most = max([counts.get(start, 0) for start in starts] + [1])
    return [
        Bar(date_format(start, "M j"), counts.get(start, 0), round(100 * counts.get(start, 0) / most), "")
        for start in starts
    ]


def _topics(recent: SubmissionQuerySet) -> list[tuple[str, int]]:
    """Submissions by condition. Conditions are indexed blindly: only who holds the key can count them."""
    names = {code: topic.name for topic in Topic.objects.roots() for code in topic_codes(topic.slug)}
    counts: Counter[str] = Counter()
    for topics, count in recent.exclude(topics="").values_list("topics").annotate(count=Count("*")).order_by():
        for name in {names[code] for code in topics.split() if code in names}:
            counts[name] += count
    return counts.most_common(6)


class IntakePanel(Component):
    """The panel on the admin's home, for the intake role."""

    name = "intake"
    order = 50
    template_name = "forms/intake/panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The numbers, for those who may see them."""
        request = (parent_context or {})["request"]
        if not can_read_submissions(request.user):
            return {"figures": None}
        known = figures()
        return {
            "figures": known,
            "tiles": [
                (_("New"), known["new"], "status=new"),
                (_("Overdue"), known["overdue"], "late=on"),
                (_("Urgent"), known["urgent"], "status=new&urgency=urgent"),
                (_("Words of crisis"), known["crisis"], "status=new&crisis=on"),
                (_("Not assigned"), known["unassigned"], "assignee=none"),
                (_("Possible spam"), known["spam"], "box=spam"),
            ],
        }
