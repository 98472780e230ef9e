"""Reports on pages: facts without support or on sources in doubt, and what is held back. They join the library's."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Revision, get_page_models

from pages.gate import doubt_about, why_unsupported
from pages.retractions import claim_source_models
from research.choices import Status
from research.models import Citation
from research.models.citations import NAMING
from research.publishing import GuardedPublishing, PublishBlockedError
from research.reports import Report, Row, register_report

SOON = datetime.timedelta(days=30)

JUDGED = (*NAMING, "title", "live", "verified_on", "withheld", "status")
"""The columns of a citation that a verdict and its words need."""


def unsupported() -> Iterator[Row]:
    """Statements without a source that supports them, whether they are public or still drafts.

    Four queries a kind of statement. The statements themselves are fetched once it is known which of them are told.
    """
    for source_model in claim_source_models():
        model: Any = source_model._meta.get_field("claim").related_model
        named = source_model.objects.order_by("claim_id", "sort_order").values_list("claim_id", "citation_id", "stance")
        used = Citation.objects.filter(pk__in=source_model.objects.values("citation")).only(*JUDGED)
        known = {citation.pk: citation for citation in used}
        sources: dict[int, list[tuple[Citation, str]]] = defaultdict(list)
        for claim_id, citation_id, stance in named:
            sources[claim_id].append((known[citation_id], stance))
        reasons = {pk: why_unsupported(sources[pk]) for pk in model._default_manager.values_list("pk", flat=True)}
        told = model._default_manager.filter(pk__in=[pk for pk, reason in reasons.items() if reason])
        for claim in told.select_related("page").order_by("page__title", "sort_order"):
            also = sources[claim.pk][0][0] if sources[claim.pk] else None
            yield Row(_words(claim), capfirst(reasons[claim.pk]), _place(claim), claim.page, also=also)


def _words(claim: Any) -> str:
    """The statement as readers see it begin, with the figure that stands above it."""
    text = " · ".join(part for part in (getattr(claim, "figure", ""), claim.statement) if part)
    return f"“{Truncator(text).chars(120)}”"


def _place(claim: Any) -> str:
    states = [str(capfirst(claim._meta.verbose_name))]
    if getattr(claim, "draft", False):
        states.append(_("draft"))
    if not claim.page.live:
        states.append(_("page not live"))
    return f"{claim.page.title} ({', '.join(states)})"


def in_doubt() -> Iterator[Row]:
    """Statements of which some source is retracted, questioned, superseded or overdue for review."""
    today = timezone.localdate()
    doubtful = Q(citation__status__in=[Status.RETRACTED, Status.CONCERN, Status.SUPERSEDED])
    doubtful |= Q(citation__next_review__lt=today)
    for model in claim_source_models():
        rows = model.objects.filter(doubtful).select_related("citation", "claim__page")
        for row in rows.order_by("claim__page__title", "claim__sort_order", "sort_order"):
            if doubt := doubt_about(row.citation, today):
                problem = f"{doubt.message} ({row.get_stance_display()})"
                yield Row(_words(row.claim), problem, _place(row.claim), row.claim.page, also=row.citation)


def held_back() -> Iterator[Row]:
    """Whatever is scheduled and would be refused as things stand, whether its time has come or not."""
    scheduled = Revision.objects.filter(approved_go_live_at__isnull=False).select_related("content_type")
    for revision in scheduled.order_by("approved_go_live_at"):
        draft = revision.as_object()
        if not isinstance(draft, GuardedPublishing):
            continue
        try:
            draft.check_may_go_live()
        except PublishBlockedError as refused:
            due = date_format(timezone.localtime(revision.approved_go_live_at), "DATETIME_FORMAT")
            reasons = [*refused.messages, _("Take its date away first: nobody can change what is scheduled.")]
            yield Row(str(draft), " ".join(reasons), _("Scheduled for %(date)s") % {"date": due}, draft)


def reviews() -> Iterator[Row]:
    """Live pages that nobody has checked, or whose next medical review is overdue or due within thirty days."""
    today = timezone.localdate()
    for model in get_page_models():
        if not any(field.name == "next_review" for field in model._meta.fields):
            continue
        live = model._default_manager.live().select_related("reviewer").filter(alias_of=None)
        waiting = Q(reviewer=None) | Q(next_review=None) | Q(next_review__lte=today + SOON)
        for page in live.filter(waiting).order_by(F("next_review").asc(nulls_first=True), "title"):
            yield Row(
                page.title, _review_of(page, today), str(page.reviewer or capfirst(model._meta.verbose_name)), page
            )


def _review_of(page: Any, today: datetime.date) -> str:
    if page.reviewer is None:
        return _("Nobody has reviewed it. Ask a clinician, then write name and days under “Medical review”.")
    if page.next_review is None:
        return _("No next review is planned. Set its day under “Medical review”.")
    if page.next_review < today:
        words = _("Review by %(reviewer)s overdue since %(date)s.")
    else:
        words = _("Review by %(reviewer)s due on %(date)s.")
    return words % {"reviewer": page.reviewer, "date": date_format(page.next_review)}


register_report(
    Report(
        "held-back",
        gettext_lazy("Scheduled, but cannot go live"),
        gettext_lazy(
            "Drafts with a date to go live that would be refused as things stand, for instance since a source fell."
        ),
        held_back,
        gettext_lazy("Everything that is scheduled may go live."),
        alarming=True,
    )
)
register_report(
    Report(
        "unsupported-facts",
        gettext_lazy("Statements without support"),
        gettext_lazy("Facts and value cards that no standing source supports. Drafts among them stay off the site."),
        unsupported,
        gettext_lazy("Every statement stands on a source."),
        everyday_for="research.view_citation",
    )
)
register_report(
    Report(
        "facts-in-doubt",
        gettext_lazy("Statements on doubtful sources"),
        gettext_lazy("Statements that name a source that is retracted, questioned, superseded or overdue for review."),
        in_doubt,
        gettext_lazy("No statement rests on a doubtful source."),
        alarming=True,
    )
)
register_report(
    Report(
        "page-reviews",
        gettext_lazy("Pages to review"),
        gettext_lazy("Live pages that no clinician has reviewed, or whose next medical review is due or overdue."),
        reviews,
        gettext_lazy("Every page is reviewed, and no review is due within thirty days."),
        everyday_for="research.view_citation",
    )
)
