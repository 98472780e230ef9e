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
from pages.models.condition_rows import ConditionFact, ConditionQuestion, FactSource, WarningSign
from pages.models.conditions import ConditionIndexPage, ConditionPage
from pages.models.contact import ContactPage
from pages.models.eligibility import EligibilityCriterion
from pages.models.faq import FaqPage
from pages.models.home import HomeCard, HomeCardSource, HomePage
from pages.models.legal import LegalPage
from pages.models.media import ClinicDocument, ClinicImage, ClinicRendition
from pages.models.people import Person
from pages.models.professionals import ProfessionalsEvidence, ProfessionalsPage
from pages.models.research import ResearchCard, ResearchCardSource, ResearchPage
from pages.models.standard import StandardPage
from pages.models.team import TeamPage

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
    "ContactPage",
    "CrisisLine",
    "EligibilityCriterion",
    "EvidenceAcknowledgement",
    "FactSource",
    "FaqPage",
    "FooterLink",
    "HeaderLink",
    "HomeCard",
    "HomeCardSource",
    "HomePage",
    "LegalPage",
    "Navigation",
    "OpeningHours",
    "Person",
    "ProfessionalsEvidence",
    "ProfessionalsPage",
    "ResearchCard",
    "ResearchCardSource",
    "ResearchPage",
    "StandardPage",
    "TeamPage",
    "WarningSign",
]
