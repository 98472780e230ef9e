"""What a visitor asked the research listing for, read from the query string. Pure; nothing malformed is an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from pages.search.reading import cleaned
from research.choices import Finding, Kind, StudyDesign

SORTS = {
    "topic": _("By topic"),
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "largest": _("Most people first"),
    "title": _("By title"),
}
PEOPLE = {"people": _("In people"), "other": _("In animals, cells or none")}
EARLIEST, LATEST = 1500, 2100


@dataclass(frozen=True)
class Filters:
    """The filters in force. Every tuple holds known values only, in the order of their choices."""

    text: str = ""
    topics: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    designs: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    studied: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None
    free: bool = False
    sort: str = "topic"

    @property
    def narrow(self) -> bool:
        """Whether anything beyond sorting is asked for."""
        return replace(self, sort="topic") != Filters()

    def query(self) -> str:
        """The query string that asks for the same again."""
        pairs: list[tuple[str, str]] = []
        if self.text:
            pairs.append(("q", self.text))
        for name, values in (
            ("topic", self.topics),
            ("kind", self.kinds),
            ("design", self.designs),
            ("finding", self.findings),
            ("in", self.studied),
        ):
            pairs += [(name, value) for value in values]
        if self.first_year is not None:
            pairs.append(("from", str(self.first_year)))
        if self.last_year is not None:
            pairs.append(("to", str(self.last_year)))
        if self.free:
            pairs.append(("free", "1"))
        if self.sort != "topic":
            pairs.append(("sort", self.sort))
        return urlencode(pairs)

    def without(self, name: str, value: str | None = None) -> Filters:
        """The same filters with one value taken off."""
        if value is None:
            plain = {"text": "", "first_year": None, "last_year": None, "free": False}
            return replace(self, **{name: plain[name]})  # type: ignore[arg-type]
        kept = tuple(one for one in getattr(self, name) if one != value)
        return replace(self, **{name: kept})  # type: ignore[arg-type]


def read_filters(data: QueryDict, topic_slugs: Sequence[str]) -> Filters:
    """The filters in a query string; unknown names and values are left out, years are put in order."""
    first, last = _year(data.get("from", "")), _year(data.get("to", ""))
    if first is not None and last is not None and first > last:
        first, last = last, first
    return Filters(
        text=cleaned(data.get("q", "")),
        topics=_known(data, "topic", topic_slugs),
        kinds=_known(data, "kind", Kind.values),
        designs=_known(data, "design", StudyDesign.values),
        findings=_known(data, "finding", Finding.values),
        studied=_known(data, "in", list(PEOPLE)),
        first_year=first,
        last_year=last,
        free=data.get("free", "") in {"1", "on", "true"},
        sort=data.get("sort", "") if data.get("sort", "") in SORTS else "topic",
    )


def _known(data: QueryDict, name: str, choices: Sequence[str]) -> tuple[str, ...]:
    asked = set(data.getlist(name)[:100])
    return tuple(choice for choice in choices if choice in asked)


def _year(text: str) -> int | None:
    text = text.strip()[:8]
    if not (text.isascii() and text.isdigit()):
        return None
    year = int(text)
    return year if EARLIEST <= year <= LATEST else None


def labels() -> Mapping[str, Mapping[str, str]]:
    """The words of every closed choice, by the filter's name."""
    return {
        "kinds": {value: str(label) for value, label in Kind.choices},
        "designs": {value: str(label) for value, label in StudyDesign.choices},
        "findings": {value: str(label) for value, label in Finding.choices},
        "studied": {value: str(label) for value, label in PEOPLE.items()},
    }
