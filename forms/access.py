"""Who may read submissions: those who hold the intake permission. Being a superuser does not count."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Permission
from django.db.models import Q

INTAKE_GROUP = "Intake"
PERMISSION = "handle_submissions"


def can_read_submissions(user: AbstractBaseUser | AnonymousUser | Any) -> bool:
    """Whether ``user`` is active and holds ``forms.handle_submissions``, by a group or directly.

    Asked of the database and not of ``has_perm``, which says yes to every superuser. One query a request.
    """
    if not getattr(user, "is_active", False) or not getattr(user, "is_authenticated", False):
        return False
    known = user.__dict__.get("_can_read_submissions")
    if known is None:
        known = (
            Permission.objects.filter(codename=PERMISSION, content_type__app_label="forms")
            .filter(Q(group__user=user) | Q(user=user))
            .exists()
        )
        user.__dict__["_can_read_submissions"] = known
    return bool(known)
