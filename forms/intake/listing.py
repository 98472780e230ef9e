"""The desk's list: filters that ignore what makes no sense, look-up, and keyset pages that stay fast at any size."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forms.access import intake_people
from forms.building.definition import Answers, FormDefinition
from forms.building.kinds import URGENCY_LABELS, Meaning
from forms.building.screening import LABELS
from forms.models.pages import FormPage
from forms.models.submissions import OPEN, Submission, SubmissionQuerySet, answer_for
from forms.receiving.identifiers import display_phone
from forms.safekeeping.encryption import EncryptionError
from research.models import Topic

PAGE_SIZE = 25
COUNT_LIMIT = 300  # counting further costs more than knowing is worth


def _choices(labels: Mapping[Any, Any], first: Any) -> list[tuple[str, Any]]:
    return [("", first), *((str(key), label) for key, label in labels.items() if str(key))]


class FilterForm(forms.Form):
    """The filters as a form; a value that makes no sense is ignored, never an error page.

    Looking up a phone or an address is no filter: filters stand in the address, and from there in logs.
    """

    box = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("Inbox")), ("spam", _("Possible spam")), ("closed", _("Closed and spam")), ("all", _("All"))],
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any status")), *Submission.Status.choices]
    )
    form = forms.ChoiceField(label=_("Form"), required=False)
    urgency = forms.ChoiceField(label=_("Urgency"), required=False, choices=_choices(URGENCY_LABELS, _("Any urgency")))
    screening = forms.ChoiceField(label=_("Screening"), required=False, choices=_choices(LABELS, _("Any screening")))
    topic = forms.ChoiceField(label=_("Condition"), required=False)
    assignee = forms.ChoiceField(label=_("Assigned to"), required=False)
    late = forms.BooleanField(label=_("Overdue"), required=False)
    crisis = forms.BooleanField(label=_("Words of crisis"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    order = forms.ChoiceField(
        label=_("Order"), required=False, choices=[("", _("Newest first")), ("old", _("Longest waiting first"))]
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, label_suffix="")
        pages = [(str(pk), title) for pk, title in FormPage.objects.order_by("title").values_list("pk", "title")]
        people = [(str(one.pk), one.get_full_name() or one.get_username()) for one in intake_people()]
        self._offer("form", [("", _("Any form")), *pages])
        self._offer("assignee", [("", _("Anybody")), ("me", _("Me")), ("none", _("Nobody")), *people])
        topics = Topic.objects.roots().order_by("name").values_list("slug", "name")
        self._offer("topic", [("", _("Any condition")), *topics])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def values(self) -> dict[str, Any]:
        """The filters that make sense."""
        self.is_valid()
        return {key: value for key, value in self.cleaned_data.items() if value}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: the submission and what is decrypted for it."""

    submission: Submission
    name: str
    contact: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list."""

    lines: list[Line]
    newer: str  # query string of the page before, empty at the start
    older: str  # query string of the next page, empty at the end
    count: int
    counted_all: bool


def filtered(values: Mapping[str, Any], user_id: Any) -> SubmissionQuerySet:
    """The submissions that pass the filters, without order."""
    found: SubmissionQuerySet = Submission.objects.all()
    box, status = values.get("box", ""), values.get("status", "")
    if box == "spam":
        found = found.possible_spam()
    elif box == "closed":
        found = found.filter(status__in=(Submission.Status.CLOSED, Submission.Status.SPAM))
    elif box != "all" and status != Submission.Status.SPAM:
        found = found.open() if not status or status in OPEN else found.inbox()
    if status:
        found = found.filter(status=status)
    if page := values.get("form"):
        found = found.filter(page=page)
    for name in ("urgency", "screening"):
        if values.get(name):
            found = found.filter(**{name: values[name]})
    if topic := values.get("topic"):
        found = found.about(topic)
    assignee = values.get("assignee", "")
    if assignee == "none":
        found = found.filter(assignee=None)
    elif assignee:
        found = found.filter(assignee=user_id if assignee == "me" else assignee)
    if values.get("late"):
        found = found.overdue()
    if values.get("crisis"):
        found = found.filter(crisis=True)
    zone = timezone.get_current_timezone()
    if since := values.get("since"):
        found = found.filter(received_at__gte=datetime(since.year, since.month, since.day, tzinfo=zone))
    if until := values.get("until"):
        end = datetime(until.year, until.month, until.day, tzinfo=zone) + timedelta(days=1)
        found = found.filter(received_at__lt=end)
    return found


def page_of(found: SubmissionQuerySet, query: QueryDict, *, oldest_first: bool) -> Listing:
    """The page that ``query`` names by its ``after`` or ``before`` key.

    A key is the place of a line (time and id), not a number of lines: page 40,000 costs what page 1 costs.
    """
    after, before = _read_key(query.get("after", "")), _read_key(query.get("before", ""))
    backwards = before is not None and after is None
    key = before if backwards else after
    ascending = oldest_first != backwards
    rows = found
    if key is not None:
        at, pk = key
        if ascending:
            rows = rows.filter(received_at__gte=at).exclude(received_at=at, pk__lte=pk)
        else:
            rows = rows.filter(received_at__lte=at).exclude(received_at=at, pk__gte=pk)
    order = ("received_at", "id") if ascending else ("-received_at", "-id")
    # First which, from an index alone; then only those rows themselves. The first page is counted in the same step.
    places = rows.order_by(*order).values_list("pk", flat=True)
    ids = list(places[: PAGE_SIZE + 1 if key is not None else COUNT_LIMIT + 1])
    count = len(ids) if key is None else found.order_by(*order)[: COUNT_LIMIT + 1].count()
    taken = list(found.model._default_manager.for_desk().filter(pk__in=ids[: PAGE_SIZE + 1]).order_by(*order))
    more = len(taken) > PAGE_SIZE
    taken = taken[:PAGE_SIZE]
    if backwards:
        taken.reverse()
    has_newer = more if backwards else key is not None
    has_older = True if backwards else more
    return Listing(
        lines=[line_of(one) for one in taken],
        newer=_link(query, "before", taken[0]) if taken and has_newer else "",
        older=_link(query, "after", taken[-1]) if taken and has_older else "",
        count=min(count, COUNT_LIMIT),
        counted_all=count <= COUNT_LIMIT,
    )


def line_of(submission: Submission) -> Line:
    """Decrypt what the list shows. One unreadable submission does not hide the others."""
    try:
        form, answers = submission.form, submission.answers
    except EncryptionError as error:
        return Line(submission, "", "", str(error))
    name = answer_for(form, answers, [Meaning.PATIENT_NAME, Meaning.CONTACT_NAME])
    wish = answer_for(form, answers, [Meaning.CONTACT_PREFERENCE])
    when = answer_for(form, answers, [Meaning.PREFERRED_TIME])
    return Line(submission, name, " · ".join(part for part in (wish, *_reach(form, answers, name), when) if part))


def _reach(form: FormDefinition, answers: Answers, name: str) -> tuple[str, str]:
    """Whom the first number or address reaches, unless it is the person the line is headed by, and the number."""
    sender = answer_for(form, answers, [Meaning.CONTACT_NAME])
    for meaning in (Meaning.CONTACT_PHONE, Meaning.PATIENT_PHONE, Meaning.CONTACT_EMAIL, Meaning.PATIENT_EMAIL):
        if value := answer_for(form, answers, [meaning]):
            own = meaning in (Meaning.CONTACT_PHONE, Meaning.CONTACT_EMAIL)
            return (sender if own and sender != name else ""), display_phone(value) if "@" not in value else value
    return "", ""


def _read_key(text: str) -> tuple[datetime, uuid.UUID] | None:
    stamp, _separator, identity = text.partition("_")
    try:
        at = datetime.fromtimestamp(0, tz=UTC) + timedelta(microseconds=int(stamp))
        return at, uuid.UUID(hex=identity)
    except (ValueError, OverflowError):
        return None


def _link(query: QueryDict, name: str, submission: Submission) -> str:
    micros = int((submission.received_at - datetime.fromtimestamp(0, tz=UTC)) / timedelta(microseconds=1))
    kept = [(key, value) for key, value in query.items() if key not in ("after", "before")]
    return urlencode([*kept, (name, f"{micros}_{submission.pk.hex}")])
