"""The gate of the intake desk: who may not read submissions gets 403, and the attempt is recorded."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from forms.access import can_read_audit, can_read_submissions
from forms.models.audit import AuditEntry, record

View = Callable[..., HttpResponseBase]


def intake_only(view: View) -> View:
    """Let only the intake role through; keep the answer out of caches. A superuser without the role is refused."""
    return _gate(view, can_read_submissions)


def auditors_only(view: View) -> View:
    """Let through who may see the audit trail: the intake role, and those with the permission to view it."""
    return _gate(view, can_read_audit)


def _gate(view: View, may: Callable[[Any], bool]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs) if may(request.user) else refuse(request)
        response["Cache-Control"] = "private, no-store"
        return response

    return guarded


def refuse(request: HttpRequest) -> HttpResponse:
    """Record the attempt and answer 403; whether the address exists is not said."""
    match = request.resolver_match
    record(
        AuditEntry.Action.REFUSED,
        request=request,
        view=match.view_name if match else "",
        method=request.method or "",
    )
    return render(request, "forms/intake/refused.html", status=403)


def person(request: HttpRequest) -> User:
    """The user at the desk; the gate has seen to it that there is one."""
    assert isinstance(request.user, User)
    return request.user
