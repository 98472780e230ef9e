"""The demo's log-ins, one a role, and its two placeholder profiles."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from clinic.demo import data
from clinic.demo.builders import make_person
from clinic.roles import setup_roles
from pages.models import Person


def seed_users() -> int:
    """Make the log-ins that are missing; returns how many. A changed password stays changed."""
    setup_roles()
    made = 0
    for entry in data.read("users"):
        user, created = get_user_model().objects.get_or_create(
            username=entry["username"],
            defaults={name: entry[name] for name in ("first_name", "last_name", "email")},
        )
        if created:
            user.set_password(entry["password"])
            user.save()
            user.groups.add(Group.objects.get(name=entry["group"]))
            made += 1
    return made


def seed_people() -> int:
    """Make the profiles that are missing; returns how many."""
    before = Person.objects.count()
    for order, entry in enumerate(data.read("people")):
        make_person(sort_order=order, **entry)
    return Person.objects.count() - before
