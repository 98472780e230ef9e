"""Who may read submissions: those who hold the intake permission. Being a superuser does not count."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Permission, PermissionsMixin
from django.db.models import Q, QuerySet

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


def can_read_audit(user: AbstractBaseUser | AnonymousUser | Any) -> bool:
    """Whether ``user`` may see the audit trail: the intake role, or the permission ``forms.view_auditentry``.

    The trail holds references and no answers; administrators watch it without being able to read a submission.
    """
    if can_read_submissions(user):
        return True
    return isinstance(user, PermissionsMixin) and user.has_perm("forms.view_auditentry")


def intake_people() -> QuerySet[Any]:
    """Active users of the intake role, to whom submissions can be assigned."""
    holds = Permission.objects.filter(codename=PERMISSION, content_type__app_label="forms")
    model = get_user_model()
    return (
        model._default_manager.filter(Q(groups__permissions__in=holds) | Q(user_permissions__in=holds), is_active=True)
        .distinct()
        .order_by(model.USERNAME_FIELD)
    )
