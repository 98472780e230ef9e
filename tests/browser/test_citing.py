"""An editor cites at the cursor, in the real text editor of the admin, and a visitor reads a numbered source."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from pages.citations_in_text import citation_ids
from pages.models import ConditionPage
from tests.browser.staff import let_in
from tests.research.builders import citation, condition_page

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_source_chosen_at_the_cursor_becomes_a_number(page: Tab, live_server: LiveServer) -> None:
    feder = citation("feder-2014-ptsd")
    text = condition_page(how_it_may_work="<p>Nobody knows yet.</p>")
    editor = User.objects.create_superuser("editor", "e@example.org", "x")
    let_in(page.context, live_server.url, editor)
    page.goto(f"{live_server.url}/admin/pages/{text.pk}/edit/")
    field = page.locator("[data-contentpath=how_it_may_work]")
    field.locator(".public-DraftEditor-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("/Source")
    page.keyboard.press("Enter")
    page.locator("[data-chooser-modal-choice]", has_text="Feder 2014").click()
    expect(field.locator(".TooltipEntity")).to_have_text("[Feder 2014]")
    expect(page.locator("input[name=how_it_may_work]")).to_have_value(re.compile("CITATION"))  # the editor has settled
    page.locator("[name=action-publish]").evaluate("button => button.click()")
    expect(page.get_by_text("has been published")).to_be_visible()
    stored = ConditionPage.objects.get(pk=text.pk).how_it_may_work
    assert citation_ids(stored) == [feder.pk]
    page.goto(f"{live_server.url}/conditions/ptsd/")
    page.get_by_role("link", name="Source 1", exact=True).click()
    expect(page.locator("#source-1")).to_contain_text("Feder")
