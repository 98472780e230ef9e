"""The "Conditions" listing: its columns, its filters, and the look-ups it must refuse."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import GroupPagePermission, Page, Site

from pages.models import ConditionFact, ConditionIndexPage, ConditionPage, FactSource, HomePage, Person
from research.models import Citation

pytestmark = pytest.mark.django_db

URL = "/admin/conditions/"


@pytest.fixture(scope="module")
def rows(module_transaction: None) -> None:
    """Three condition pages, one of them with facts of every standing; made once for the module."""
    root = Page.objects.get(depth=1)
    home = root.add_child(instance=HomePage(title="Clinic", slug="clinic", promise="Care", lede="Care."))
    index = home.add_child(instance=ConditionIndexPage(title="Conditions", slug="conditions"))
    today = timezone.localdate()
    reviewer = Person.objects.create(name="Rae Example", slug="rae", credentials="MD", role="Physician")
    due = {"overdue": -1, "soon": 10, "later": 200}
    made = {
        name: index.add_child(
            instance=ConditionPage(
                title=f"Condition {name}",
                slug=name,
                summary="Summary.",
                reviewer=reviewer,
                reviewed_on=today - datetime.timedelta(days=100),
                next_review=today + datetime.timedelta(days=days),
            )
        )
        for name, days in due.items()
    }
    trial = Citation.objects.create(key="trial", title="A trial", verified_on=today)
    unsupported = made["overdue"]
    sound = ConditionFact.objects.create(page=unsupported, statement="Stands on a trial.")
    FactSource.objects.create(claim=sound, citation=trial)
    ConditionFact.objects.create(page=unsupported, statement="Stands on nothing.")
    retracted = Citation.objects.create(
        key="gone", title="Gone", verified_on=today, status="retracted", status_date=today
    )
    on_retracted = ConditionFact.objects.create(page=unsupported, statement="Stands on a retracted paper.")
    FactSource.objects.create(claim=on_retracted, citation=retracted)
    withheld = Citation.objects.create(key="kept-back", title="Kept back", verified_on=today, withheld=True)
    on_withheld = ConditionFact.objects.create(page=unsupported, statement="Stands on a work that is kept back.")
    FactSource.objects.create(claim=on_withheld, citation=withheld)
    user = User.objects.create_user("editor", "editor@clinic.example", "pass phrase for tests")
    group = Group.objects.create(name="Page editors")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    GroupPagePermission.objects.create(
        group=group, page=Page.objects.get(depth=1), permission=Permission.objects.get(codename="change_page")
    )
    user.groups.add(group)


@pytest.fixture
def index(rows: None, db: None) -> ConditionIndexPage:
    """What the condition pages stand under."""
    return ConditionIndexPage.objects.get()


@pytest.fixture
def conditions(rows: None, db: None) -> dict[str, ConditionPage]:
    """The condition pages, by their slugs."""
    return {page.slug: page for page in ConditionPage.objects.all()}


@pytest.fixture
def editor(rows: None, db: None, client: Client) -> Client:
    """A person who may edit pages, logged in."""
    client.force_login(User.objects.get(username="editor"))
    return client


def titles(response: Any) -> set[str]:
    assert response.status_code == 200
    return {page.slug for page in response.context["object_list"]}


def test_counts_facts_and_those_that_no_standing_source_supports(
    editor: Client, conditions: dict[str, ConditionPage]
) -> None:
    page = next(p for p in editor.get(URL).context["object_list"] if p.slug == "overdue")
    assert (page.fact_count, page.unsupported_count) == (4, 3)
    html = editor.get(URL).content.decode()
    assert "3 facts</span>" in html and "1 draft" not in html
    assert "Rae Example, MD" in html
    ConditionFact.objects.create(page=conditions["later"], statement="Nobody has looked yet.", draft=True)
    assert '<span class="w-status">1 draft</span>' in editor.get(URL).content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"overdue", "soon", "later"}),
        ("?review=overdue", {"overdue"}),
        ("?review=due", {"soon"}),
        ("?review=none", set()),
        ("?sources=unsupported", {"overdue"}),
        ("?sources=supported", {"soon", "later"}),
        ("?q=later", {"later"}),
    ],
)
def test_listed_filters_filter(
    editor: Client, conditions: dict[str, ConditionPage], query: str, expected: set[str]
) -> None:
    assert titles(editor.get(URL + query)) == expected


def test_an_empty_result_leads_back_to_all(editor: Client, conditions: dict[str, ConditionPage]) -> None:
    html = editor.get(f"{URL}?review=none").content.decode()
    assert f'<a href="{URL}">' in html
    assert "Show all condition pages" not in editor.get(URL).content.decode()


def test_every_live_page_can_be_opened_as_visitors_see_it(
    editor: Client, index: ConditionIndexPage, conditions: dict[str, ConditionPage]
) -> None:
    site = Site.objects.get()
    site.root_page = index.get_parent()
    site.save()  # and its addresses are no longer those of other tests
    address = "/conditions/later/"
    assert f'href="{address}"' in editor.get(URL).content.decode()
    conditions["later"].unpublish()
    assert f'href="{address}"' not in editor.get(URL).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "owner__password__startswith=pbkdf2",
        "owner__email__contains=zzz",
        "reviewer__name__startswith=Zed",
        "latest_revision__content__contains=secret",
        "slug=overdue",
        "pk__in=1",
        "locale__id__exact=999",
        "facts__sources__citation__notes__contains=x",
        "_next_review__isnull=1",
    ],
)
def test_look_ups_that_are_not_listed_are_ignored(
    editor: Client, conditions: dict[str, ConditionPage], query: str
) -> None:
    assert titles(editor.get(f"{URL}?{query}")) == {"overdue", "soon", "later"}


@pytest.mark.parametrize(
    "query",
    [
        "p=-1",
        "p=999",
        "p=abc",
        "p=1e400",
        "o=99",
        "o=-99.x",
        "o=1.2.3.4.5.6.7.8.9.10",
        "o=%00",
        "q=%00",
        "q=" + "a" * 5000,
        "review=%00",
        "review=overdue&review=due",
        "sources='",
        "export=exe",
        "e=1",
        "title__regex=(",
        "%00=%00",
    ],
)
def test_malformed_values_never_break_the_listing(
    editor: Client, conditions: dict[str, ConditionPage], query: str
) -> None:
    assert editor.get(f"{URL}?{query}").status_code == 200


@pytest.mark.parametrize("column", range(7))
def test_every_column_sorts(editor: Client, conditions: dict[str, ConditionPage], column: int) -> None:
    assert titles(editor.get(f"{URL}?o=-{column}")) == {"overdue", "soon", "later"}


def test_exports_what_is_filtered(editor: Client, conditions: dict[str, ConditionPage]) -> None:
    response = editor.get(URL + "?review=overdue&export=csv&owner__email__contains=x")
    rows = b"".join(response.streaming_content).decode().splitlines()
    assert rows[0].startswith("Title,Facts,Facts without source,Reviewer")
    assert len(rows) == 2
    assert rows[1].startswith('Condition overdue,4,3,"Rae Example, MD"')


def test_people_without_page_or_research_rights_are_refused(
    client: Client, conditions: dict[str, ConditionPage]
) -> None:
    user = User.objects.create_user("intake", "intake@clinic.example", "pass phrase for tests")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user)
    response = client.get(URL)
    assert response.status_code in (302, 403)
    assert b"Condition overdue" not in response.content


def test_the_number_of_queries_does_not_grow_with_the_pages(
    editor: Client, index: ConditionIndexPage, conditions: dict[str, ConditionPage]
) -> None:
    editor.get(URL)
    with CaptureQueriesContext(connection) as few:
        editor.get(URL)
    for n in range(20):
        index.add_child(instance=ConditionPage(title=f"Extra {n}", slug=f"extra-{n}", summary="x"))
    with CaptureQueriesContext(connection) as many:
        editor.get(URL)
    assert len(many) == len(few) <= 24
