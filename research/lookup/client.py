"""One question to one service: patience with a busy service, and plain words for whatever goes wrong."""

import email.utils
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from research.lookup.fetch import FetchError, Response, fetch
from research.lookup.results import NotFound, Unavailable
from research.lookup.services import Service

ABSENT = frozenset({404, 410})
BUSY = {429, 502, 503, 504}


def ask(
    service: Service,
    url: str,
    accept: str = "application/json",
    absent: frozenset[int] = ABSENT,
    wait: Callable[[float], None] = time.sleep,
) -> Response | NotFound | Unavailable:
    """The service's answer of status 200; NotFound for a status in ``absent``; Unavailable for everything else.

    A busy service (429, 502-504) is asked again after the pause it names in ``Retry-After``, or after 1, 2, 4 seconds;
    a longer pause than ``service.max_wait`` counts as unavailable.
    """
    pause = 1.0
    for attempt in range(1, service.attempts + 1):
        try:
            response = fetch(url, service.policy, accept=accept)
        except FetchError as error:
            return Unavailable(service.label, str(error))
        if response.status == 200:
            return response
        if response.status in absent:
            return NotFound(service.label)
        if response.status not in BUSY:
            return Unavailable(service.label, _("It answered with status %(status)d.") % {"status": response.status})
        asked = _retry_after(response.headers.get("retry-after", ""))
        seconds = pause if asked is None else asked
        if attempt == service.attempts or seconds > service.max_wait:
            return Unavailable(
                service.label,
                _("It is busy (status %(status)d). Try again in %(seconds)d seconds.")
                % {"status": response.status, "seconds": max(1, round(seconds))},
            )
        wait(seconds)
        pause *= 2
    return Unavailable(service.label, _("It was not asked."))


def ask_json(service: Service, url: str) -> dict[str, Any] | NotFound | Unavailable:
    """The JSON object that a service answers with."""
    answer = ask(service, url)
    if not isinstance(answer, Response):
        return answer
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return malformed(service)
    return value


def malformed(service: Service) -> Unavailable:
    """The result for an answer that is not what the service documents."""
    return Unavailable(service.label, _("Its answer could not be understood."))


def _retry_after(value: str) -> float | None:
    """Seconds to wait (RFC 9110, 10.2.3: a number or a date); None where nothing is said."""
    if value.strip().isdigit():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
