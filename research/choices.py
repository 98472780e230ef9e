"""The closed vocabularies of the research library: kinds, designs, findings, stances and states."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What sort of record a citation is. Decides whether it counts as research at all."""

    JOURNAL_ARTICLE = "journal-article", _("Journal article")
    REVIEW = "review", _("Review")
    GUIDELINE = "guideline", _("Guideline or consensus statement")
    PREPRINT = "preprint", _("Preprint")
    TRIAL_REGISTRATION = "trial-registration", _("Trial registration")
    BOOK = "book", _("Book or chapter")
    WEB_RESOURCE = "web-resource", _("Web resource")
    REGULATOR_NOTICE = "regulator-notice", _("Regulator notice")
    PRESS_RELEASE = "press-release", _("Press release")
    NEWS = "news", _("News article")
    PERSONAL_STORY = "personal-story", _("Personal story")


#: Kinds that may stand as evidence. Everything else is listed apart and labelled as what it is.
RESEARCH_KINDS: frozenset[str] = frozenset(
    {
        Kind.JOURNAL_ARTICLE,
        Kind.REVIEW,
        Kind.GUIDELINE,
        Kind.PREPRINT,
        Kind.TRIAL_REGISTRATION,
        Kind.BOOK,
    }
)


class StudyDesign(models.TextChoices):
    """How a study was made, strongest first within each group."""

    SYSTEMATIC_REVIEW = "systematic-review", _("Systematic review")
    RCT = "rct", _("Randomized trial")
    RCT_CROSSOVER = "rct-crossover", _("Randomized crossover trial")
    RCT_OPEN = "rct-open-label", _("Randomized open-label trial")
    OPEN_LABEL = "open-label", _("Open-label study, no comparison group")
    COHORT = "cohort", _("Cohort study")
    NATURALISTIC = "naturalistic", _("Naturalistic study")
    RETROSPECTIVE = "retrospective", _("Retrospective review of records")
    CASE_SERIES = "case-series", _("Case series")
    CONSENSUS = "consensus", _("Expert consensus")
    NARRATIVE_REVIEW = "narrative-review", _("Narrative review")
    EDITORIAL = "editorial", _("Editorial or opinion")
    PRECLINICAL = "preclinical", _("Laboratory or animal study")
    REGULATORY = "regulatory", _("Safety notice")
    REFERENCE = "reference", _("Reference article")
    REPORT = "report", _("News report")
    PERSONAL = "personal", _("One person's account")
    PROMOTIONAL = "promotional", _("Promotional text")


class Species(models.TextChoices):
    """Who was studied."""

    HUMAN = "human", _("People")
    ANIMAL = "animal", _("Animals")
    CELLS = "cells", _("Cells or tissue")
    NONE = "none", _("Not a study of living beings")


class Status(models.TextChoices):
    """Whether the published record still stands (NISO RP-45-2024 CREC vocabulary, in plain words)."""

    CURRENT = "current", _("Current")
    CORRECTED = "corrected", _("Corrected")
    CONCERN = "concern", _("Expression of concern")
    RETRACTED = "retracted", _("Retracted")
    SUPERSEDED = "superseded", _("Superseded")


class Finding(models.TextChoices):
    """What one citation found for one topic. The finding belongs to the pair, never to the paper."""

    BENEFIT = "benefit", _("Benefit")
    MIXED = "mixed", _("Mixed")
    NO_BENEFIT = "no-benefit", _("No benefit")
    HARM = "harm", _("Harm")
    BACKGROUND = "background", _("Background")


class Stance(models.TextChoices):
    """How a source bears on one statement of a page."""

    SUPPORTS = "supports", _("Supports")
    MIXED = "mixed", _("Mixed")
    CONTRADICTS = "contradicts", _("Contradicts")
    BACKGROUND = "background", _("Background")


class Relation(models.TextChoices):
    """How one citation relates to another. SAME_TRIAL keeps participants from being counted twice."""

    REPORTS_ON = "reports-on", _("Reports on")
    CORRECTS = "corrects", _("Corrects")
    SUPERSEDES = "supersedes", _("Supersedes")
    SAME_TRIAL = "same-trial", _("Same trial as")
