"""Reports on statements: facts without support, and facts on sources in doubt. They join the library's reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.gate import doubt_about, why_unsupported
from pages.models.claims import AbstractClaim
from pages.retractions import claim_source_models
from research.choices import Status
from research.models import Citation
from research.reports import Report, Row, register_report


def _claims_with_sources() -> Iterator[tuple[Any, list[tuple[Citation, str]]]]:
    """Every stored statement with its sources, drafts included: two queries a kind of claim."""
    for model in apps.get_models():
        if not issubclass(model, AbstractClaim):
            continue
        sources: dict[int, list[tuple[Citation, str]]] = defaultdict(list)
        source_model: Any = model._meta.get_field("sources").related_model
        for row in source_model.objects.select_related("citation").order_by("claim_id", "sort_order"):
            sources[row.claim_id].append((row.citation, row.stance))
        claims: Any = model._default_manager.select_related("page").order_by("page__title", "sort_order")
        for claim in claims:
            yield claim, sources[claim.pk]


def _place(claim: Any) -> str:
    states = [str(capfirst(claim._meta.verbose_name))]
    if getattr(claim, "draft", False):
        states.append(_("draft"))
    if not claim.page.live:
        states.append(_("page not live"))
    return f"{claim.page.title} ({', '.join(states)})"


def unsupported() -> Iterator[Row]:
    """Statements without a source that supports them, whether they are public or still drafts."""
    for claim, sources in _claims_with_sources():
        if reason := why_unsupported(sources):
            also = sources[0][0] if sources else None
            yield Row(f"“{claim.statement[:120]}”", capfirst(reason), _place(claim), claim.page, also=also)


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
                text = f"“{row.claim.statement[:120]}”"
                yield Row(text, problem, _place(row.claim), row.claim.page, also=row.citation)


register_report(
    Report(
        "unsupported-facts",
        gettext_lazy("Statements without support"),
        gettext_lazy("Facts and value cards that no standing source supports. Drafts among them stay off the site."),
        unsupported,
        gettext_lazy("Every statement stands on a source."),
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
