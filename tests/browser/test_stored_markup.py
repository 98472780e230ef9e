"""Markup that somebody stored, past every editor, runs nowhere: not on the site, not in the admin, not on the desk.

The browser is told to ignore the site's policy, so that what is shown is the templates' own care and not that net.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db import models
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext
from pytest_django.live_server_helper import LiveServer
from wagtail.fields import StreamField
from wagtail.models import Page

from clinic import roles
from forms.models import Submission
from forms.receiving.receive import Meta, Receipt, receive
from pages.models import ConditionPage
from research.models import Citation
from tests.browser.staff import let_in
from tests.forms.build import ANSWERS, call_page
from tests.pages.site import whole_site

pytestmark = pytest.mark.django_db(transaction=True)

HOSTILE = """'"></title></textarea></script><img src=x onerror=pwned=1><svg onload=pwned=1><script>pwned=1</script>"""
RICH = f'<p>{HOSTILE}<a href="javascript:pwned=1">go</a><iframe srcdoc="<script>pwned=1</script>"></iframe></p>'
#: Texts that are addresses, keys or colours: they are checked where they are used, and a page must still be found.
NOT_PROSE = {
    "slug",
    "url_path",
    "path",
    "key",
    "frame_version",
    "language",
    "country",
    "link",
    "url",
    "content_hash",
} | {
    *(
        "doi",
        "pmid",
        "pmcid",
        "isbn",
        "nct_id",
        "phone",
        "referral_phone",
        "fax",
        "sms",
        "brand_colour",
        "accent_colour",
    )
}
WORDS = {"text", "title", "heading", "label", "question", "answer", "who", "where", "introduction"}


NUMBER = itertools.count()


def poisoned_stream(value: Any) -> Any:
    """A stream's raw data with every text replaced."""
    if isinstance(value, list):
        return [poisoned_stream(one) for one in value]
    if isinstance(value, dict):
        return {
            name: f"{next(NUMBER)}{RICH}" if name in WORDS and isinstance(one, str) else poisoned_stream(one)
            for name, one in value.items()
        }
    return RICH if isinstance(value, str) and value.startswith("<p>") else value


def poison(row: models.Model) -> None:
    """Put hostile markup into every text of a row that holds prose, and save it as an import or a script would."""
    for field in row._meta.concrete_fields:
        if isinstance(field, StreamField):
            stream = getattr(row, field.name)
            setattr(row, field.name, field.to_python(poisoned_stream(list(stream.raw_data))))
        elif (type(field) in (models.CharField, models.TextField) or type(field).__name__ == "RichTextField") and not (
            field.choices or field.name in NOT_PROSE or field.validators[1:]
        ):
            rich = type(field).__name__ == "RichTextField"
            setattr(row, field.name, (RICH if rich else f"{row.pk}{HOSTILE}")[: field.max_length])
    row.save()


@pytest.fixture
def poisoned_site() -> Iterator[None]:
    """A site with something of everything, hostile in every text, and a request that came in the same way."""
    whole_site()
    form = call_page()
    for model in [*apps.get_app_config("research").get_models(), *apps.get_app_config("pages").get_models()]:
        if issubclass(model, Page) or model.__module__.startswith(("research.models", "pages.models")):
            for row in model._default_manager.all():
                poison(row)
    sent = {**ANSWERS, "your_name": HOSTILE[:100], "anything_else": HOSTILE * 3}
    assert isinstance(receive(form, sent, None, Meta(token="t", channel="api")), Receipt)
    yield


def logged_in(context: BrowserContext, base: str, role: str) -> None:
    """Put the session of somebody of a role into a browser."""
    roles.setup_roles()
    user = User.objects.create_user(role, f"{role}@clinic.example", "x", first_name=HOSTILE[:100])
    user.groups.add(Group.objects.get(name=role))
    let_in(context, base, user)


def admin_addresses(role: str) -> list[str]:
    """What somebody of a role opens in the admin."""
    page = ConditionPage.objects.first()
    work = Citation.objects.first()
    request = Submission.objects.get()
    assert page and work
    return {
        "Marketing": [
            reverse("wagtailadmin_home"),
            reverse("wagtailadmin_explore", args=[page.get_parent().pk]),
            reverse("wagtailadmin_pages:edit", args=[page.pk]),
            reverse("wagtailadmin_pages:history", args=[page.pk]),
            "/admin/conditions/",
        ],
        "Clinicians": [
            reverse(Citation.snippet_viewset.get_url_name("list")),
            reverse(Citation.snippet_viewset.get_url_name("edit"), args=[work.pk]),
            reverse(Citation.snippet_viewset.get_url_name("usage"), args=[work.pk]),
            reverse("research_reports:report", args=["unsupported-facts"]),
            reverse("research_reports:report", args=["facts-in-doubt"]),
        ],
        "Intake": [
            reverse("intake:index"),
            reverse("intake:detail", args=[request.pk]),
            reverse("intake:print", args=[request.pk]),
            reverse("intake:audit"),
        ],
    }[role]


def test_case_17_stored_markup_never_runs(browser: Browser, live_server: LiveServer, poisoned_site: None) -> None:
    public = [page.get_url() for page in Page.objects.live().filter(depth__gt=1)]
    works = [reverse("research_citation", args=[work.key]) for work in Citation.objects.all()[:2]]
    ran: dict[str, Any] = {}

    def visit(context: BrowserContext, addresses: list[str]) -> None:
        tab = context.new_page()
        tab.on("dialog", lambda dialog: dialog.dismiss())
        for address in addresses:
            answer = tab.goto(live_server.url + address, wait_until="load")
            assert answer is not None and answer.status == 200, (address, answer and answer.status)
            found = tab.evaluate(
                """() => ({
                    ran: window.pwned === 1,
                    made: document.querySelectorAll('img[src="x"], svg[onload], [onerror], iframe[srcdoc]').length,
                    links: document.querySelectorAll('a[href^="javascript:"]').length,
                })"""
            )
            if found != {"ran": False, "made": 0, "links": 0}:
                ran[address] = found
        tab.close()

    visitor = browser.new_context(bypass_csp=True)
    visit(visitor, [*public, *works, "/search/?q=img", "/research/?q=%22%3E%3Cimg%20src=x%20onerror=pwned=1%3E"])
    visitor.close()
    for role in ("Marketing", "Clinicians", "Intake"):
        staff = browser.new_context(bypass_csp=True)
        logged_in(staff, live_server.url, role)
        visit(staff, admin_addresses(role))
        staff.close()
    assert not ran
