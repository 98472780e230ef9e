"""The four roles of a clinic, as Django groups with exactly the permissions their work needs.

Nobody needs to be a superuser. Reading submissions is the intake role's alone: no other role holds a permission on
them, and `forms.access` decides by role, so that even a superuser is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.apps import AppConfig, apps
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models.signals import post_migrate
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

MARKETING = "Marketing"
CLINICIANS = "Clinicians"
INTAKE = "Intake"
ADMINISTRATORS = "Administrators"


def _all(app: str, model: str, actions: str = "add change delete view") -> tuple[str, ...]:
    """Permission names such as `pages.add_person` for every action."""
    return tuple(f"{app}.{action}_{model}" for action in actions.split())


@dataclass(frozen=True)
class Role:
    """A group and what it may do: everywhere, on every page, and in every collection of files."""

    name: str
    everywhere: tuple[str, ...]
    on_pages: tuple[str, ...] = ()
    on_collections: tuple[str, ...] = ()


@dataclass
class Grant:
    """What bringing one role up to standard changed. Names are permissions such as `research.add_topic`."""

    role: str
    created: bool = False
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


_PAGE_WORK = tuple(f"wagtailcore.{action}_page" for action in ("add", "change", "lock", "publish", "unlock"))
_FILES = (
    *_all("wagtailimages", "image", "add change choose"),
    *_all("wagtaildocs", "document", "add change choose"),
    *_all("wagtailcore", "collection", "add change delete"),
)
_CONTENT = (
    "wagtailadmin.access_admin",
    *_all("pages", "clinicsettings", "change"),
    *_all("pages", "navigation", "change"),
    *_all("pages", "announcement", "change"),
    *_all("pages", "person"),
    *_all("wagtailredirects", "redirect", "add change delete"),
    *_all("wagtailsearchpromotions", "searchpromotion", "add change delete"),
    "simple_translation.submit_translation",
)
_LIBRARY = (
    *_all("research", "citation", "add change delete view publish lock unlock"),
    *_all("research", "topic"),
    # A criterion is retired, never deleted: old referrals refer to it.
    *_all("pages", "eligibilitycriterion", "add change view"),
)

ROLES: tuple[Role, ...] = (
    Role(
        MARKETING,
        # May cite the library and read the criteria; only clinicians change them.
        (*_CONTENT, "research.view_citation", "research.view_topic", "pages.view_eligibilitycriterion"),
        _PAGE_WORK,
        _FILES,
    ),
    Role(CLINICIANS, ("wagtailadmin.access_admin", *_LIBRARY)),
    Role(INTAKE, ("wagtailadmin.access_admin", "forms.handle_submissions")),
    Role(
        ADMINISTRATORS,
        (
            *_CONTENT,
            *_LIBRARY,
            *_all("auth", "user"),
            *_all("auth", "group"),
            *_all("wagtailcore", "site"),
            *_all("wagtailcore", "apitoken"),
            *_all("clinic", "tokengrant", "change view"),
            *_all("clinic", "webhookendpoint"),
            *_all("wagtailcore", "locale"),
            *_all("wagtailcore", "workflow", "add change delete"),
            *_all("wagtailcore", "task", "add change delete"),
        ),
        (*_PAGE_WORK, "wagtailcore.bulk_delete_page"),
        _FILES,
    ),
)


def _find(names: Iterable[str]) -> tuple[dict[str, Permission], list[str]]:
    """The permissions with these names, and the names that no permission has."""
    wanted = set(names)
    found = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type").filter(
            content_type__app_label__in={name.partition(".")[0] for name in wanted}
        )
    }
    return {name: found[name] for name in wanted & found.keys()}, sorted(wanted - found.keys())


def _settle(role: Role) -> Grant:
    """Make the role's group hold exactly the role's permissions."""
    group, created = Group.objects.get_or_create(name=role.name)
    grant = Grant(role.name, created)

    everywhere, unknown = _find(role.everywhere)
    grant.unknown += unknown
    held = set(group.permissions.all())
    for name, permission in sorted(everywhere.items()):
        if permission not in held:
            group.permissions.add(permission)
            grant.added.append(name)
    for permission in held - set(everywhere.values()):
        group.permissions.remove(permission)
        grant.removed.append(permission.codename)

    places: list[tuple[type, str, Page | Collection | None, tuple[str, ...]]] = [
        (GroupPagePermission, "page", Page.get_first_root_node(), role.on_pages),
        (GroupCollectionPermission, "collection", Collection.get_first_root_node(), role.on_collections),
    ]
    for model, place_field, root, names in places:
        if root is None:  # an emptied database: nothing to be permitted on yet
            continue
        wanted, unknown = _find(names)
        grant.unknown += unknown
        rows = {row.permission_id: row for row in model.objects.filter(group=group, **{place_field: root})}  # type: ignore[attr-defined]
        for name, permission in sorted(wanted.items()):
            if rows.pop(permission.pk, None) is None:
                model.objects.create(group=group, permission=permission, **{place_field: root})  # type: ignore[attr-defined]
                grant.added.append(name)
        for row in rows.values():
            grant.removed.append(row.permission.codename)
            row.delete()
    return grant


@transaction.atomic
def setup_roles() -> list[Grant]:
    """Create the four groups and bring each to its standard permissions; a second call changes nothing.

    Permissions that somebody added to one of the groups by hand are taken away: give extra rights by an extra group.
    """
    return [_settle(role) for role in ROLES]


@transaction.atomic
def create_missing_roles() -> list[Grant]:
    """Create only those groups that do not exist yet, so that a migration never undoes an administrator's change."""
    existing = set(Group.objects.filter(name__in=[role.name for role in ROLES]).values_list("name", flat=True))
    return [_settle(role) for role in ROLES if role.name not in existing]


def _after_migrate(sender: AppConfig, using: str = "default", **kwargs: object) -> None:
    if using == "default" and not kwargs.get("plan_only"):
        create_missing_roles()


def connect() -> None:
    """Create the roles after `migrate`, once the last app has its permissions."""
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    post_migrate.connect(_after_migrate, sender=last, dispatch_uid="clinic.roles")
