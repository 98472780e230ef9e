"""Who gets in to the desk, and who does not: role by address by method, and the stock views of Wagtail."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import get_resolver, reverse

from forms.models import Attachment, AuditEntry, Submission
from tests.forms.build import call_page, person, referral_page
from tests.forms.desk import at, referred, sent, text

pytestmark = pytest.mark.django_db


def desk_urls(submission: Submission, attachment: Any) -> list[tuple[str, str]]:
    """Every route of the desk with the method it is for."""
    one = [submission.pk]
    return [
        ("get", at("index")),
        ("post", at("lookup")),
        ("post", at("bulk")),
        ("get", at("export")),
        ("post", at("export")),
        ("get", at("deliveries")),
        ("post", at("resend", 1)),
        ("post", at("person")),
        ("post", at("save_view")),
        ("post", at("delete_view", 1)),
        ("get", at("detail", *one)),
        ("get", at("print", *one)),
        ("post", at("move", *one)),
        ("post", at("assign", *one)),
        ("post", at("note", *one)),
        ("post", at("release", *one)),
        ("get", at("attachment", submission.pk, attachment)),
    ]


@pytest.mark.any_database
def test_case_14_only_the_intake_role_gets_in_and_refusals_are_recorded() -> None:
    submission = sent(call_page())
    urls = desk_urls(submission, "00000000-0000-0000-0000-000000000001")
    marketing = person("mo", group="Marketing")
    clinician = person("cleo", group="Clinicians")
    root = person("root", superuser=True)
    for user in (marketing, clinician, root):
        client = Client()
        client.force_login(user)
        # Every method once, for whom it would be easiest to forget: the check stands before the method is looked at.
        methods = ("get", "post", "put", "delete", "head", "options") if user is root else ("get", "post")
        for _method, url in urls:
            for method in methods:
                response = getattr(client, method)(url)
                assert response.status_code == 403, (user, method, url)
                assert {"private", "no-store"} <= {*response["Cache-Control"].split(", ")}
                assert submission.reference not in text(response)
                assert "Lovelace" not in text(response)
        assert AuditEntry.objects.filter(action="refused", actor_name=user.get_username()).count() == len(urls) * len(
            methods
        )
    submission.refresh_from_db()
    assert submission.status == "new"
    anonymous = Client()
    assert all(getattr(anonymous, method)(url).status_code == 302 for method, url in urls)


def test_case_14_every_route_of_the_desk_is_in_the_matrix() -> None:
    routes = {
        pattern.name
        for pattern in get_resolver("forms.intake.urls").url_patterns
        if getattr(pattern, "name", None) != "audit"
    }
    submission = Submission(reference="x")
    covered = {
        name
        for name in routes
        if any(str(url).startswith(reverse("intake:index")) for _method, url in desk_urls(submission, submission.pk))
    }
    named = {
        "index",
        "lookup",
        "bulk",
        "export",
        "deliveries",
        "resend",
        "person",
        "save_view",
        "delete_view",
        "detail",
        "print",
        "move",
        "assign",
        "note",
        "release",
        "attachment",
    }
    assert routes == covered == named


def test_case_14_a_superuser_may_take_the_role_and_loses_access_with_it() -> None:
    root = person("root", superuser=True)
    group, _created = Group.objects.get_or_create(name="Intake")
    from django.contrib.auth.models import Permission

    group.permissions.add(Permission.objects.get(codename="handle_submissions"))
    client = Client()
    client.force_login(root)
    assert client.get(at("index")).status_code == 403
    root.groups.add(group)
    assert client.get(at("index")).status_code == 200
    root.groups.clear()
    assert client.get(at("index")).status_code == 403


def test_case_14_unknown_ids_and_other_peoples_files_are_404(desk: Client) -> None:
    one, other = sent(call_page()), referred(referral_page())
    attachment = Attachment(submission=other, field_key="letter", size=3)
    attachment.seal({"name": "x.pdf", "type": "application/pdf", "sha256": ""})
    attachment.save(force_insert=True)
    assert desk.get(at("attachment", one.pk, attachment.pk)).status_code == 404
    assert desk.get(at("detail", "00000000-0000-0000-0000-000000000001")).status_code == 404


def test_stock_wagtail_views_show_nothing_to_anybody(desk: Client) -> None:
    page = call_page()
    submission = sent(page)
    for user in (person("ed", group="Marketing"), person("root", superuser=True)):
        client = Client()
        client.force_login(user)
        listing = client.get(reverse("wagtailforms:index"))
        assert page.title not in text(listing)
        for name in ("list_submissions", "delete_submissions", "list_submissions_results"):
            url = reverse(f"wagtailforms:{name}", args=[page.pk])
            for suffix in ("", "?export=csv", "?export=xlsx", f"?selected-submissions={submission.pk}"):
                response = client.get(url + suffix)
                assert response.status_code in (302, 403, 404)
                assert "Lovelace" not in text(response)
        client.post(
            reverse("wagtailforms:delete_submissions", args=[page.pk]) + f"?selected-submissions={submission.pk}"
        )
    assert Submission.objects.count() == 1


def test_menu_and_panel_are_for_the_role_only(desk: Client) -> None:
    submission = sent(call_page(), anything_else="I want to die")
    html = text(desk.get(reverse("wagtailadmin_home")))
    assert "Intake desk" in html
    assert "Intake (1)" in html
    for answer in ("Lovelace", "555-0142", "want to die"):
        assert answer not in html
    root = Client()
    root.force_login(person("root", superuser=True))
    html = text(root.get(reverse("wagtailadmin_home")))
    assert "Intake desk" not in html
    assert "Intake (" not in html
    assert submission.crisis
