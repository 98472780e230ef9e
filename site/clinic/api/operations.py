"""What every operation of the API checks before it runs, Wagtail's own included."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja.operation import Operation
from wagtail.api.v3.auth import AllowAnonymous, BearerTokenAuth

from clinic.api.auth import ApiToken
from clinic.api.models import Scope
from clinic.api.problems import problem, unknown_parameters

Run = Callable[..., HttpResponseBase]

JSON = "application/json"
#: Media types an operation answers in, when it is not JSON alone: the view function's attribute of this name.
PRODUCES = "produces"
#: Media types of a body an operation takes, when it is not JSON alone.
CONSUMES = "consumes"
#: In JSON, whose strings hold no other control characters as they are.
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def guarded(run: Run) -> Run:
    """Decorates an operation's ``run`` (NinjaAPI.add_decorator, mode "view") with the checks of this module."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]
    operation.auth_callbacks = authentication(operation)
    known = query_names(operation)
    produces: tuple[str, ...] = getattr(operation.view_func, PRODUCES, (JSON,))
    consumes = body_types(operation)
    needs_body = hasattr(operation.view_func, CONSUMES)
    writes = operation.methods != ["GET"] and not getattr(operation.view_func, "open_to_all", False)

    @wraps(run)
    def checked(request: HttpRequest, **path: Any) -> HttpResponseBase:
        if writes and not settings.API_WRITE_ENABLED:
            return problem(403, "Writing through the API is switched off on this site. Use the admin.")
        if unknown := set(request.GET) - known:
            return problem(422, errors=unknown_parameters(unknown, known))
        if nul := [name for name, values in request.GET.lists() if any("\x00" in value for value in values)]:
            errors = [{"type": "nul", "loc": ["query", name], "msg": "Leave out the NUL character."} for name in nul]
            return problem(422, errors=errors)
        if not any(request.accepts(kind) for kind in (*produces, "application/problem+json")):
            return problem(406, f"This address answers in {', '.join(produces)}.")
        takes_body = _has_body(request) or needs_body
        if request.method not in {"GET", "DELETE"} and takes_body and request.content_type not in consumes:
            right = ", ".join(consumes)
            return problem(415, f"Send the body as {right}.", headers={"Accept-Post": right})
        if writes and takes_body and request.content_type == JSON and (errors := _body_errors(request)):
            return problem(422, errors=errors)
        return run(request, **path)

    return checked


def _body_errors(request: HttpRequest) -> list[dict[str, Any]]:
    """What Wagtail's operations do not expect of a body; one that is no JSON at all they refuse by themselves."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return []
    if not isinstance(body, dict):
        return [{"type": "object", "loc": ["body"], "msg": "Send an object."}]
    if not isinstance(body.get("meta", {}), dict):
        return [{"type": "object", "loc": ["body", "meta"], "msg": "Send an object."}]
    if NUL.search(request.body):
        return [{"type": "nul", "loc": ["body"], "msg": "Leave out the NUL character."}]
    return []


def authentication(operation: Operation) -> list[Callable[[HttpRequest], Any]]:
    """Puts our tokens, with their end and scopes, in the place of Wagtail's."""
    callbacks = list(operation.auth_callbacks)
    if not any(isinstance(one, BearerTokenAuth) for one in callbacks) or any(
        isinstance(one, ApiToken) for one in callbacks
    ):
        return callbacks
    if any(isinstance(one, AllowAnonymous) for one in callbacks):
        return [ApiToken(required=False)]
    name = operation.operation_id or ""
    if operation.methods == ["GET"]:
        drafts = name.startswith("snippets_") or "_revisions_" in name
        return [ApiToken(Scope.READ_DRAFTS if drafts else None)]
    return [ApiToken(Scope.WRITE_RESEARCH if name.startswith("snippets_") else Scope.WRITE_PAGES)]


def body_types(operation: Operation) -> tuple[str, ...]:
    """Media types of a body that the operation takes."""
    if own := getattr(operation.view_func, CONSUMES, None):
        return tuple(own)
    sources = {model.__ninja_param_source__ for model in operation.models}
    if sources & {"file", "form"}:
        return ("multipart/form-data",) if "file" in sources else ("application/x-www-form-urlencoded",)
    return (JSON,)


def query_names(operation: Operation) -> frozenset[str]:
    """The names of the query parameters that the operation declares."""
    names: set[str] = set()
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            names |= set(getattr(model, "__ninja_flatten_map__", {}))
    return frozenset(names)


def _has_body(request: HttpRequest) -> bool:
    return request.META.get("CONTENT_LENGTH") not in {None, "", "0"} or "HTTP_TRANSFER_ENCODING" in request.META
