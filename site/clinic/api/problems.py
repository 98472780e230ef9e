"""Problem documents (RFC 9457): the one form in which the API says that something went wrong."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import OperationalError
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import ValidationError as RequestError
from pydantic import ValidationError
from wagtail.api.v3.errors import problem_response
from wagtail.utils.forms import FormValidationError

from forms.models import Submission

logger = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"

SENTENCES: dict[int, str] = {
    400: "The request could not be read. Check its spelling against the API's document.",
    401: "Send a token that is valid: Authorization: Bearer followed by the token.",
    403: "This token may not do that. Ask an administrator for a token with the scope that is needed.",
    404: "Nothing is published here. Check the address.",
    405: "This address does not take that method. The Allow header lists those it takes.",
    406: "This address answers in other media types only. Ask for application/json or leave out the Accept header.",
    409: "The request conflicts with what is stored. Read the current state and try again.",
    413: "The request is too large. Send less.",
    415: "This address takes another media type. The Accept-Post header names it.",
    422: "Something in the request is not valid. The errors say what and where.",
    429: "Too many requests. Wait for as many seconds as the Retry-After header says, then try again.",
    500: "Something went wrong on our side. Try again; if it stays, tell the people who run this site.",
    503: "The service cannot answer at the moment. Try again in a few seconds.",
}


def problem(
    status: int,
    detail: str = "",
    *,
    errors: list[dict[str, Any]] | None = None,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """A problem document with ``status``; without ``detail`` the sentence that belongs to the status."""
    response: HttpResponse = problem_response(status=status, detail=detail or sentence(status), errors=errors)
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def sentence(status: int) -> str:
    """What to do about an answer with ``status``, in one sentence or two."""
    return SENTENCES.get(status) or SENTENCES[500 if status >= 500 else 400]


def is_problem(response: Any) -> bool:
    """Whether the response is a problem document already."""
    return str(response.get("Content-Type", "")).partition(";")[0] == PROBLEM_JSON


def unknown_parameters(unknown: Iterable[str], known: Iterable[str]) -> list[dict[str, Any]]:
    """One error for each query parameter that an address does not know, naming the ones it does."""
    names = sorted(known)
    right = f"This address knows: {', '.join(names)}." if names else "This address takes no parameters."
    errors = []
    for name in sorted(unknown):
        near = get_close_matches(name, names, n=1)
        guess = f" Did you mean {near[0]}?" if near else ""
        errors.append(
            {
                "type": "unknown_parameter",
                "loc": ["query", name[:100]],
                "msg": f"There is no parameter of this name.{guess} {right}",
            }
        )
    return errors


def _errors_of(exc: Any) -> Iterator[dict[str, Any]]:
    """What a model or a form says of its fields, with the way to each."""
    if isinstance(exc, FormValidationError):
        for path, found in exc.loc_errors:
            yield from ({"type": code or "invalid", "loc": ["body", *path], "msg": message} for message, code in found)
    elif hasattr(exc, "error_dict"):
        for name, found in exc.error_dict.items():
            loc = ["body"] if name == NON_FIELD_ERRORS else ["body", name]
            for error in found:
                yield from ({"type": error.code or "invalid", "loc": loc, "msg": message} for message in error.messages)
    else:
        yield from ({"type": "invalid", "loc": ["body"], "msg": message} for message in exc.messages)


def _as_sent(loc: Iterable[Any]) -> list[Any]:
    """The way to a value as the client knows it: Ninja puts the name of our argument before an item of a list."""
    way = list(loc)
    within = way[0] == "query" and len(way) > 2 and isinstance(way[2], str)
    return ["query", *way[2:]] if within else way


class UnknownFields(Exception):  # noqa: N818
    """The parameter ``fields`` names content that the pages of the list do not have."""

    def __init__(self, unknown: set[str], known: set[str]) -> None:
        super().__init__(", ".join(sorted(unknown)))
        right = f"The fields are {', '.join(sorted(known))} and *." if known else "These pages have no content fields."
        self.errors = [
            {"type": "unknown_field", "loc": ["query", "fields"], "msg": f"There is no field {name[:100]}. {right}"}
            for name in sorted(unknown)
        ]


def register(api: NinjaAPI) -> None:
    """Adds the exceptions that Wagtail's own handlers leave to Django, which would answer in HTML."""

    def too_large(request: HttpRequest, exc: Any) -> HttpResponse:
        return problem(413)

    def unreadable(request: HttpRequest, exc: Any) -> HttpResponse:
        return problem(400, "The multipart body could not be read. Check its boundary and its length.")

    def protected(request: HttpRequest, exc: Any) -> HttpResponse:
        if any(isinstance(one, Submission) for one in exc.protected_objects):
            return problem(409, "Not deleted: submissions stand on this form. Unpublish the page instead.")
        return problem(409, "Other records stand on this one, so it cannot be removed. Remove their references first.")

    def invalid(request: HttpRequest, exc: Any) -> HttpResponse:
        # Wagtail raises these for bad requests under this title. Any other is an answer of ours that does not fit its
        # shape: our mistake, and no reason to tell the client to mend the request.
        if exc.title != "Validation error":
            raise exc
        errors = [{key: error[key] for key in ("type", "loc", "msg")} for error in exc.errors(include_url=False)]
        return problem(422, errors=errors)

    api.add_exception_handler(ValidationError, invalid)

    def misfit(request: HttpRequest, exc: Any) -> HttpResponse:
        return problem(422, errors=[{**error, "loc": _as_sent(error["loc"])} for error in exc.errors])

    api.add_exception_handler(RequestError, misfit)

    def refused(request: HttpRequest, exc: Any) -> HttpResponse:
        return problem(422, errors=list(_errors_of(exc)))

    api.add_exception_handler(DjangoValidationError, refused)

    def unknown_fields(request: HttpRequest, exc: Any) -> HttpResponse:
        return problem(422, errors=exc.errors)

    api.add_exception_handler(UnknownFields, unknown_fields)

    def unavailable(request: HttpRequest, exc: Any) -> HttpResponse:
        logger.error("The database does not answer.", exc_info=exc)
        return problem(503, headers={"Retry-After": "5"})

    api.add_exception_handler(OperationalError, unavailable)
    for too_much in (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
        api.add_exception_handler(too_much, too_large)
    api.add_exception_handler(MultiPartParserError, unreadable)
    api.add_exception_handler(ProtectedError, protected)
