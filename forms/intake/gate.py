"""The gate of the intake desk: who may not read submissions gets 403, and the attempt is recorded."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from forms.access import can_read_audit, can_read_submissions
from forms.models.audit import AuditEntry, record
from forms.safekeeping.encryption import EncryptionError

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
        response = _seen(view, request, *args, **kwargs) if may(request.user) else refuse(request)
        response["Cache-Control"] = "private, no-store"
        return response

    return guarded


def _seen(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """What the view answers; where it needs answers whose key is not there, the way back with the key's name."""
    try:
        return view(request, *args, **kwargs)
    except EncryptionError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("intake:index"))


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
