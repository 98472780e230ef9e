"""The list of users: who belongs to which group, at a glance.

Wagtail's own list says only who is a superuser, and here nobody has to be one: the groups are the roles.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.users.views.users import IndexView
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet


def roles_of(user: User) -> str:
    """The groups somebody is in, by name; what a superuser may do stands before them."""
    names = [group.name for group in user.groups.all()]
    if user.is_superuser:
        names.insert(0, gettext("Superuser"))
    return ", ".join(names) or gettext("None: cannot log in here")


class UsersView(IndexView):
    """Wagtail's list with a column of groups instead of the one for superusers."""

    @cached_property
    def columns(self) -> list[Any]:
        """Wagtail's columns; the groups stand where it said who is a superuser."""
        roles = Column("roles", accessor=roles_of, label=_("Roles"), classname="level", width="20%")
        return [roles if column.name == "is_superuser" else column for column in super().columns]

    def get_base_queryset(self) -> QuerySet[User]:
        """Asks for the groups of everybody listed at once."""
        users: QuerySet[User] = super().get_base_queryset().prefetch_related("groups")
        return users


class UserViewSet(WagtailUserViewSet):
    """Wagtail's screens of users with the list that says who is in which group."""

    index_view_class = UsersView
