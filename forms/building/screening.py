"""Screening rules for the eligibility checklist: they inform the intake desk and never turn anybody away."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Screening(StrEnum):
    """What the ticked criteria suggest. The values are stored."""

    NONE = ""
    MAY_BE_SUITABLE = "may_be_suitable"
    NEEDS_REVIEW = "needs_review"
    USUALLY_NOT = "usually_not_suitable"


LABELS: dict[Screening, str | Promise] = {
    Screening.NONE: _("Not screened"),
    Screening.MAY_BE_SUITABLE: _("May be suitable"),
    Screening.NEEDS_REVIEW: _("Needs clinician review"),
    Screening.USUALLY_NOT: _("Usually not suitable"),
}

SENTENCES: dict[Screening, str | Promise] = {
    Screening.NONE: "",
    Screening.MAY_BE_SUITABLE: _(
        "From what you ticked, this treatment may be suitable. A clinician will look at the full picture before "
        "anything is decided."
    ),
    Screening.NEEDS_REVIEW: _(
        "From what you ticked, a clinician needs to look at this first. We read every referral and will tell you "
        "what we think."
    ),
    Screening.USUALLY_NOT: _(
        "From what you ticked, this treatment is often not the right one at the moment. A clinician reads every "
        "referral all the same, and will call you to talk about what could help."
    ),
}


def screen(inclusion: Iterable[str], exclusion: Iterable[str]) -> Screening:
    """Weigh ticked inclusion criteria against ticked exclusion criteria.

    =================  ==================  =========================
    inclusion ticked   exclusion ticked    outcome
    =================  ==================  =========================
    yes                no                  may be suitable
    yes                yes                 needs clinician review
    no                 yes                 usually not suitable
    no                 no                  needs clinician review
    =================  ==================  =========================

    The two lists overlap on purpose (past substance use disorder, current misuse), so both together are a question
    for a clinician and never a refusal.
    """
    included, excluded = any(inclusion), any(exclusion)
    if included and not excluded:
        return Screening.MAY_BE_SUITABLE
    if excluded and not included:
        return Screening.USUALLY_NOT
    return Screening.NEEDS_REVIEW
