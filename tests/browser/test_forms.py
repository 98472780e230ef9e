"""Forms in a real browser: marketing builds one in the admin, visitors fill it in, intake and nobody else reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from clinic import roles
from forms.models import FormPage, GeneralFormPage, SpentProof, Submission
from forms.receiving import limits
from tests.browser.staff import let_in
from tests.forms.build import call_page, home

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def counters() -> Iterator[None]:
    limits.local.clear()
    cache.clear()
    yield


def member(name: str, role: str) -> User:
    """Somebody of one of the clinic's roles, as the product sets them up."""
    roles.setup_roles()
    user = User.objects.create_user(name, f"{name}@clinic.example", "secret")
    user.groups.add(Group.objects.get(name=role))
    return user


def log_in(context: BrowserContext, live_server: LiveServer, user: User) -> Page:
    """A page of a browser in which ``user`` is logged in."""
    let_in(context, live_server.url, user)
    return context.new_page()


QUESTIONS: list[dict[str, Any]] = [
    {"label": "Your name", "field_type": "singleline", "meaning": "contact_name"},
    {"label": "How did you hear of us?", "field_type": "radio", "choices": "A friend\nA clinician\nSomething else"},
    {
        "label": "Please tell us where",
        "field_type": "singleline",
        "condition_field": "How did you hear of us?",
        "condition_value": "Something else",
    },
    {"label": "I agree", "field_type": "consent", "wording": "The clinic may keep my answers."},
]


def build_survey(page: Page, base: str) -> None:
    """Click together a form in the admin, as marketing does."""
    page.goto(f"{base}/admin/pages/add/forms/generalformpage/{home().pk}/")
    page.get_by_role("textbox", name="Title").first.fill("New patient survey")
    for number, question in enumerate(QUESTIONS):
        if page.locator(f"#id_form_fields-{number}-label").count() == 0:
            page.locator("#id_form_fields-ADD").click()
        for name, value in question.items():
            field = page.locator(f"#id_form_fields-{number}-{name}")
            section = page.locator(f"#inline_child_form_fields-{number} [data-panel-toggle]", has_text="More settings")
            field.wait_for(state="attached")
            if not field.is_visible() and section.count():
                page.locator(f"#inline_child_form_fields-{number}").get_by_role(
                    "button", name=re.compile("More settings")
                ).click()
            if name in ("field_type", "meaning"):
                field.select_option(value)
            else:
                field.fill(value)
    page.locator("#id_slug, [name=slug]").first.evaluate("(field) => { field.value = 'new-patient-survey' }")
    page.locator("footer [data-w-dropdown-target=toggle]").first.click()
    page.locator("[name=action-publish]").click()
    page.wait_for_load_state()


def test_marketing_builds_a_third_form_and_only_intake_reads_it(
    browser: Browser, live_server: LiveServer, settings: Any
) -> None:
    marketing, intake = member("mo", roles.MARKETING), member("inez", roles.INTAKE)
    admin = browser.new_context(viewport={"width": 1280, "height": 900})
    desk = log_in(admin, live_server, marketing)
    build_survey(desk, live_server.url)
    form = GeneralFormPage.objects.get()
    assert form.live
    assert [field.clean_name for field in form.form_fields.all()] == [
        "your_name",
        "how_did_you_hear_of_us",
        "please_tell_us_where",
        "i_agree",
    ]
    assert form.form_fields.all()[2].condition_field == "how_did_you_hear_of_us"
    for script in (True, False):
        visitor = browser.new_context(java_script_enabled=script, viewport={"width": 390, "height": 800}).new_page()
        visitor.goto(f"{live_server.url}/new-patient-survey/")
        where = visitor.get_by_label("Please tell us where")
        if script:
            expect(where).to_be_hidden()
        else:
            expect(where).to_be_visible()
            expect(visitor.get_by_text("Only if you answered “Something else”")).to_be_visible()
        visitor.get_by_role("button", name="Send").click()
        expect(visitor.get_by_role("alert")).to_contain_text("Enter your name")
        assert visitor.title().startswith("Error: ")
        visitor.get_by_label("Your name").fill(f"Canary {script}")
        visitor.get_by_label("Something else").check()
        if script:
            expect(visitor.get_by_text("Only if you answered")).to_be_hidden()
        where.fill("At the library")
        visitor.get_by_label("The clinic may keep my answers.").check()
        visitor.get_by_role("button", name="Send").click()
        expect(visitor.get_by_text("Your reference number")).to_be_visible()
        assert "Canary" not in visitor.url
        visitor.context.close()
    assert Submission.objects.count() == 2
    Submission.objects.update(spam="")
    first = Submission.objects.order_by("received_at")[0]
    response = desk.goto(f"{live_server.url}/admin/intake/{first.pk}/")
    assert response is not None
    assert response.status == 403
    assert "Canary" not in desk.content()
    admin.close()
    theirs = browser.new_context()
    inbox = log_in(theirs, live_server, intake)
    inbox.goto(f"{live_server.url}/admin/intake/")
    inbox.get_by_role("link", name="Canary True").click()
    expect(inbox.get_by_text("At the library")).to_be_visible()
    inbox.get_by_label("Change to").select_option("contacting")
    inbox.get_by_role("button", name="Change status").click()
    expect(inbox.get_by_role("heading", name="Status: Contacting")).to_be_visible()
    theirs.close()


def fill_call(page: Page) -> None:
    """Fill in the call form as a visitor."""
    page.get_by_label("Your name").fill("Ada Visitor")
    page.get_by_label("Phone number").fill("760 555 0142")
    page.get_by_label("The clinic may contact me about this request.").check()


@pytest.mark.parametrize("script", [True, False])
def test_case_2_a_real_double_click_gives_one_row_and_a_receipt(
    browser: Browser, live_server: LiveServer, script: bool
) -> None:
    call_page()
    page = browser.new_context(java_script_enabled=script).new_page()
    page.goto(f"{live_server.url}/schedule-a-call/")
    fill_call(page)
    page.get_by_role("button", name="Ask for a call").dblclick(no_wait_after=True)
    expect(page.get_by_text("Your reference number")).to_be_visible()
    assert Submission.objects.count() == 1
    reference = Submission.objects.get().reference
    expect(page.get_by_text(reference)).to_be_visible()
    page.go_back()
    if page.get_by_label("Your name").input_value() == "":
        fill_call(page)
    if not page.get_by_label("The clinic may contact me about this request.").is_checked():
        fill_call(page)
    page.get_by_role("button", name="Ask for a call").click()
    expect(page.get_by_text(reference)).to_be_visible()
    assert Submission.objects.count() == 1
    page.context.close()


def opened(browser: Browser, live_server: LiveServer, form: FormPage) -> Locator:
    """The slide-over with a form, opened from the home page."""
    page = browser.new_context().new_page()
    page.goto(f"{live_server.url}/")
    page.evaluate(
        "(href) => { const a = document.createElement('a'); a.href = href; a.dataset.slide = '';"
        " a.textContent = 'Open it'; document.querySelector('main').prepend(a); }",
        form.get_url(),
    )
    page.get_by_role("link", name="Open it").click()
    return page.get_by_role("dialog")


def test_the_slide_over_keeps_errors_and_answers_in_the_dialog(browser: Browser, live_server: LiveServer) -> None:
    call = call_page()
    dialog = opened(browser, live_server, call)
    expect(dialog.get_by_role("heading", level=1)).to_be_visible()
    dialog.get_by_label("Phone number").fill("760 555")
    dialog.get_by_role("button", name="Ask for a call").click()
    expect(dialog.get_by_role("alert")).to_contain_text("10 digits")
    expect(dialog.get_by_label("Phone number")).to_have_value("760 555")
    dialog.get_by_label("Your name").fill("Ada Visitor")
    dialog.get_by_label("Phone number").fill("760 555 0142")
    dialog.get_by_label("The clinic may contact me about this request.").check()
    dialog.get_by_role("button", name="Ask for a call").click()
    expect(dialog.get_by_text("Your reference number")).to_be_visible()
    assert Submission.objects.count() == 1
    assert FormPage.objects.filter(pk=call.pk).exists()
    dialog.page.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_a_proof_of_work_is_computed_while_somebody_fills_in_the_form(
    browser: Browser, live_server: LiveServer, script: bool
) -> None:
    call_page(proof_of_work=True)
    page = browser.new_context(java_script_enabled=script).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{live_server.url}/schedule-a-call/")
    fill_call(page)
    page.get_by_role("button", name="Ask for a call").dblclick(no_wait_after=True)
    expect(page.get_by_text("Your reference number")).to_be_visible(timeout=20_000)
    submission = Submission.objects.get()
    assert ("proof" in submission.spam_reasons) is not script
    assert SpentProof.objects.count() == (1 if script else 0)
    page.go_back()
    if page.get_by_label("Your name").input_value() == "":
        fill_call(page)
    page.get_by_label("Your name").fill("Ada Corrected")
    page.get_by_label("The clinic may contact me about this request.").check()
    page.get_by_role("button", name="Ask for a call").click()
    expect(page.get_by_text("Your reference number")).to_be_visible(timeout=20_000)
    assert ["proof" in one.spam_reasons for one in Submission.objects.all()] == [not script] * 2
    assert complaints == []
    page.context.close()


def test_the_slide_over_brings_the_proof_of_work_along(browser: Browser, live_server: LiveServer) -> None:
    dialog = opened(browser, live_server, call_page(proof_of_work=True))
    dialog.get_by_role("button", name="Ask for a call").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Enter your name")  # an error takes no proof
    dialog.get_by_label("Your name").fill("Ada Visitor")
    dialog.get_by_label("Phone number").fill("760 555 0142")
    dialog.get_by_label("The clinic may contact me about this request.").check()
    dialog.get_by_role("button", name="Ask for a call").click()
    expect(dialog.get_by_text("Your reference number")).to_be_visible(timeout=20_000)
    assert "proof" not in Submission.objects.get().spam_reasons
    assert SpentProof.objects.count() == 1
    dialog.page.context.close()
