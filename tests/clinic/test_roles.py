"""The four roles and what each may do."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from wagtail.models import Page, Site
from wagtail.permissions import policy_registry

from clinic.demo.builders import make_home
from clinic.roles import ADMINISTRATORS, CLINICIANS, INTAKE, MARKETING, create_missing_roles, setup_roles
from pages.models import ClinicSettings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roles() -> None:
    setup_roles()


def member(role: str) -> User:
    user = User.objects.create_user(role.lower(), password="a long password")
    user.groups.add(Group.objects.get(name=role))
    return User.objects.get(pk=user.pk)


def test_migrations_leave_the_four_groups() -> None:
    names = set(Group.objects.values_list("name", flat=True))
    assert {MARKETING, CLINICIANS, INTAKE, ADMINISTRATORS} <= names


def test_a_second_run_changes_nothing() -> None:
    for grant in setup_roles():
        assert (grant.added, grant.removed) == ([], []), grant


def test_every_permission_named_exists() -> None:
    assert [grant.unknown for grant in setup_roles()] == [[], [], [], []]


def test_a_role_is_brought_back_to_standard_by_the_command_and_left_alone_by_migrate() -> None:
    group = Group.objects.get(name=MARKETING)
    before = set(group.permissions.all())
    group.permissions.set(Group.objects.get(name=CLINICIANS).permissions.all())

    create_missing_roles()
    assert set(group.permissions.all()) != before

    call_command("setup_roles", verbosity=0)
    assert set(group.permissions.all()) == before


@pytest.mark.parametrize("role", [MARKETING, CLINICIANS, INTAKE, ADMINISTRATORS])
def test_every_role_gets_into_the_admin_without_being_superuser(role: str, client: Client) -> None:
    user = member(role)
    assert not user.is_superuser
    client.force_login(user)
    assert client.get("/admin/").status_code == 200


def test_only_marketing_and_administrators_work_on_pages() -> None:
    home = Page.objects.get(pk=make_home().pk)
    able = {
        role: (
            home.permissions_for_user(member(role)).can_edit(),
            home.permissions_for_user(User.objects.get(username=role.lower())).can_publish(),
        )
        for role in (MARKETING, CLINICIANS, INTAKE, ADMINISTRATORS)
    }
    assert able == {
        MARKETING: (True, True),
        ADMINISTRATORS: (True, True),
        CLINICIANS: (False, False),
        INTAKE: (False, False),
    }


def test_only_clinicians_and_administrators_change_the_library() -> None:
    for role, allowed in ((MARKETING, False), (CLINICIANS, True), (INTAKE, False), (ADMINISTRATORS, True)):
        user = member(role)
        for action in ("add", "change", "delete"):
            assert user.has_perm(f"research.{action}_citation") is allowed, (role, action)
            assert user.has_perm(f"research.{action}_topic") is allowed, (role, action)
    assert User.objects.get(username="marketing").has_perm("research.view_citation")


def test_settings_of_the_clinic_open_for_marketing_only() -> None:
    make_home()
    policy = policy_registry.get_by_type(ClinicSettings)
    assert policy.user_has_permission(member(MARKETING), "change")
    assert not policy.user_has_permission(member(INTAKE), "change")
    assert Site.objects.filter(is_default_site=True).exists()


def test_marketing_uploads_and_chooses_pictures_and_files() -> None:
    from wagtail.documents import get_document_model
    from wagtail.images import get_image_model

    user = member(MARKETING)
    for model in (get_image_model(), get_document_model()):
        policy = policy_registry.get_by_type(model)
        assert all(policy.user_has_permission(user, action) for action in ("add", "change", "choose")), model


def test_only_administrators_manage_log_ins() -> None:
    for role in (MARKETING, CLINICIANS, INTAKE):
        assert not member(role).has_perm("auth.change_user"), role
    assert member(ADMINISTRATORS).has_perm("auth.change_user")
