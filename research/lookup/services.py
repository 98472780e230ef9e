"""Which services may be asked, as the setting RESEARCH_LOOKUPS says. None unless it names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from research.lookup.fetch import Policy


@dataclass(frozen=True, slots=True)
class Service:
    """One configured service."""

    name: str
    label: str
    base_url: str
    contact: str
    timeout: float = 10.0
    """Seconds for one request in all."""
    max_bytes: int = 4_000_000
    hosts: frozenset[str] = frozenset()
    attempts: int = 3
    max_wait: float = 4.0
    """Longest pause, in seconds, that a busy service may ask for before it counts as unavailable."""
    api_key: str = ""

    @property
    def policy(self) -> Policy:
        """What a request to this service may do."""
        schemes = frozenset({urlsplit(self.base_url).scheme, "https"})
        return Policy(self.hosts, schemes, self.timeout, self.max_bytes, 3, self.contact)


KNOWN = {
    "crossref": ("Crossref", "https://api.crossref.org"),
    "pubmed": ("PubMed", "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"),
    "openalex": ("OpenAlex", "https://api.openalex.org"),
}
"""Name and public address of each service that the library can ask."""

_OPTIONS = {"base_url", "contact", "timeout", "max_bytes", "hosts", "attempts", "max_wait", "api_key"}


def configured() -> dict[str, Service]:
    """The services that may be asked, by name; empty while look-ups are off."""
    services = {name: _service(name, options) for name, options in _setting().items() if name in KNOWN}
    return {name: service for name, service in services.items() if service is not None}


def service(name: str) -> Service | None:
    """One service, or None while it is off."""
    return configured().get(name)


def _setting() -> Mapping[str, Any]:
    value = getattr(settings, "RESEARCH_LOOKUPS", None) or {}
    return value if isinstance(value, Mapping) else {}


def _service(name: str, options: object) -> Service | None:
    if not isinstance(options, Mapping) or not options.get("contact"):
        return None
    label, default_url = KNOWN[name]
    base_url = str(options.get("base_url") or default_url).rstrip("/")
    parts = urlsplit(base_url)
    hosts = options.get("hosts") or [parts.netloc.lower()]
    given = {
        key: options[key] for key in ("timeout", "max_bytes", "attempts", "max_wait", "api_key") if options.get(key)
    }
    return Service(name, label, base_url, str(options["contact"]), hosts=frozenset(hosts), **given)


@register()
def check_lookups(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """Says at start-up what is wrong with RESEARCH_LOOKUPS; a service that is wrong is off."""
    problems: list[CheckMessage] = []
    value = getattr(settings, "RESEARCH_LOOKUPS", None) or {}
    if not isinstance(value, Mapping):
        return [
            Error("RESEARCH_LOOKUPS is not a dictionary.", hint="Leave it empty to ask nobody.", id="research.E001")
        ]
    for name, options in value.items():
        if name not in KNOWN or not isinstance(options, Mapping) or set(options) - _OPTIONS:
            hint = f"Services: {', '.join(KNOWN)}. Options of each: {', '.join(sorted(_OPTIONS))}."
            problems.append(Error(f"RESEARCH_LOOKUPS[{name!r}] is not understood.", hint=hint, id="research.E001"))
            continue
        if not options.get("contact"):
            hint = "Give “contact”, a mail address: these services ask for one. Until then this one stays off."
            problems.append(Error(f"RESEARCH_LOOKUPS[{name!r}] names no contact.", hint=hint, id="research.E002"))
        if urlsplit(str(options.get("base_url") or KNOWN[name][1])).scheme not in {"http", "https"}:
            problems.append(
                Error(
                    f"RESEARCH_LOOKUPS[{name!r}] has no web address.",
                    hint="base_url begins with https://",
                    id="research.E003",
                )
            )
    return problems
