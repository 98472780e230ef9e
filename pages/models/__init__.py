"""Models of the public site: page types, the people and criteria they share, media and site settings."""

from pages.models.acknowledgement import EvidenceAcknowledgement
from pages.models.base import BasePage
from pages.models.claims import AbstractClaim, AbstractClaimSource
from pages.models.clinic import (
    Announcement,
    ClinicSettings,
    CrisisLine,
    FooterLink,
    HeaderLink,
    Navigation,
    OpeningHours,
)
from pages.models.conditions import (
    ConditionFact,
    ConditionIndexPage,
    ConditionPage,
    ConditionQuestion,
    FactSource,
    WarningSign,
)
from pages.models.eligibility import EligibilityCriterion
from pages.models.home import HomeCard, HomeCardSource, HomePage
from pages.models.media import ClinicDocument, ClinicImage, ClinicRendition
from pages.models.people import Person
from pages.models.professionals import ProfessionalsEvidence, ProfessionalsPage
from pages.models.research import ResearchCard, ResearchCardSource, ResearchPage
from pages.models.standard import StandardPage

__all__ = [
    "AbstractClaim",
    "AbstractClaimSource",
    "Announcement",
    "BasePage",
    "ClinicDocument",
    "ClinicImage",
    "ClinicRendition",
    "ClinicSettings",
    "ConditionFact",
    "ConditionIndexPage",
    "ConditionPage",
    "ConditionQuestion",
    "CrisisLine",
    "EligibilityCriterion",
    "EvidenceAcknowledgement",
    "FactSource",
    "FooterLink",
    "HeaderLink",
    "HomeCard",
    "HomeCardSource",
    "HomePage",
    "Navigation",
    "OpeningHours",
    "Person",
    "ProfessionalsEvidence",
    "ProfessionalsPage",
    "ResearchCard",
    "ResearchCardSource",
    "ResearchPage",
    "StandardPage",
    "WarningSign",
]
