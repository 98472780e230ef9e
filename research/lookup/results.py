"""What a look-up answers: found, not found, or unavailable. The last never reads as either of the others."""

from dataclasses import dataclass, field
from datetime import date

from research.formats.csl import CslItem
from research.retractions import Notice


@dataclass(frozen=True, slots=True)
class Found:
    """A service's record of a work, as a suggestion. Nothing is saved by finding it."""

    service: str
    """Name for people: Crossref."""
    item: CslItem
    notices: tuple[Notice, ...] = ()
    """Retractions, concerns and corrections that the service knows of."""
    asked_on: date = field(default_factory=date.today)


@dataclass(frozen=True, slots=True)
class NotFound:
    """The service was asked and has no such record."""

    service: str


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Nobody could be asked, or the answer could not be understood. It says nothing about the work."""

    service: str
    reason: str


LookupResult = Found | NotFound | Unavailable
