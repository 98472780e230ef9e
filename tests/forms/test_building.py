"""Building a form in the admin: what is refused and why, labels resolved to keys, preview, and no key that moves."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from forms.building.definition import FormDefinition
from forms.building.schema import json_schema
from forms.models import FormField, GeneralFormPage, NotificationRule
from tests.forms.build import call_page, general_page, home, person, referral_page

pytestmark = pytest.mark.django_db

NAME = {"label": "Your name", "field_type": "singleline", "required": "on"}
PET = {"label": "Pet?", "field_type": "radio", "choices": "Yes\nNo", "required": "on"}


def row(**changes: Any) -> dict[str, Any]:
    empty = dict.fromkeys(
        (
            *("label", "field_type", "help_text", "choices", "default_value", "wording", "autocomplete", "meaning"),
            *("condition_field", "condition_value", "missing_message"),
        ),
        "",
    )
    return {**empty, "step": "1", **changes}


def save(client: Client, *rows: dict[str, Any], rules: tuple[dict[str, Any], ...] = (), **changes: Any) -> Any:
    """Save a new form in the admin, as an editor does."""
    data = nested_form_data(
        {
            "title": "Survey",
            "slug": "survey",
            "introduction": "",
            "notice": "",
            "next_heading": "",
            "next_steps": "",
            "submit_label": "Send",
            "thanks_heading": "Thanks",
            "thanks_text": "",
            "webhook_url": "",
            "service_target_hours": "24",
            "retention_days": "30",
            "open_to_api": "on",
            "comments": inline_formset([]),
            "form_fields": inline_formset([row(**one) for one in rows]),
            "steps": inline_formset([]),
            "notification_rules": inline_formset(list(rules)),
            **changes,
        }
    )
    url = reverse("wagtailadmin_pages:add", args=["forms", "generalformpage", home().pk])
    return client.post(url, {**data, "action-publish": "1"})


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(person("root", superuser=True))
    return client


def errors(response: Any) -> str:
    assert response.status_code == 200
    form = response.context["form"]
    return str([formset.errors for formset in form.formsets.values()]) + str(form.errors)


def test_conditions_and_rules_are_written_with_labels_and_kept_with_keys(editor: Client) -> None:
    response = save(
        editor,
        NAME,
        PET,
        {**NAME, "label": "Its name", "condition_field": "pet?", "condition_value": "Yes"},
        rules=({"recipients": "a@clinic.example", "when": "answer", "field": "Pet?", "value": "Yes"},),
    )
    assert response.status_code == 302, errors(response)
    page = GeneralFormPage.objects.get()
    assert page.form_fields.get(label="Its name").condition_field == "pet"
    assert NotificationRule.objects.get().field == "pet"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([NAME, NAME], "conflicts with another field"),
        ([NAME, {**NAME, "label": "your  name"}], "conflicts with another field"),
        ([{**PET, "choices": "Yes"}], "at least two choices"),
        ([{**PET, "choices": "Yes\nYes"}], "must be different"),
        ([{**NAME, "field_type": "consent"}], "exact sentence"),
        ([PET, {**NAME, "condition_field": "Cat?", "condition_value": "Yes"}], "There is no question"),
        ([PET, {**NAME, "condition_field": "Pet?", "condition_value": "Maybe"}], "not one of its choices"),
        ([{**NAME, "condition_field": "Pet?", "condition_value": "Yes"}, PET], "above this one"),
        ([PET, {**NAME, "condition_field": "Pet?"}], "both parts"),
        ([NAME, {**PET, "condition_field": "Your name", "condition_value": "Ada"}], "choices or a checkbox"),
        ([{**NAME, "step": "3"}], "Choose one of them"),
    ],
)
def test_what_could_not_work_is_refused_beside_its_setting(editor: Client, rows: list[Any], message: str) -> None:
    assert message in errors(save(editor, *rows))
    assert not GeneralFormPage.objects.exists()


def test_recipients_must_be_addresses(editor: Client) -> None:
    rule = {"recipients": "a@clinic.example\nBcc: x@evil.example", "when": "always", "field": "", "value": ""}
    assert "valid email" in errors(save(editor, NAME, rules=(rule,)))


def test_case_12_a_key_never_changes_with_its_label() -> None:
    page = call_page()
    field = page.form_fields.get(clean_name="your_name")
    for label in ("Full name", "Name", "¿Cómo se llama?"):
        field.label = label
        field.save()
        assert FormField.objects.get(pk=field.pk).key == "your_name"


def test_keys_of_any_label_are_usable() -> None:
    labels = ["名前", "?", "x" * 255, "Ελληνικά", "form-token", "csrfmiddlewaretoken"]
    page = general_page([{"label": label, "field_type": "singleline"} for label in labels])
    keys = [field.key for field in page.form_fields.all()]
    assert len(set(keys)) == len(keys)
    assert all(0 < len(key) <= 60 and "-" not in key for key in keys)


def test_preview_shows_unsaved_changes_in_both_modes() -> None:
    page = call_page()
    page.form_fields.add(FormField(label="Unsaved question", field_type="singleline", sort_order=99))
    request = RequestFactory().get("/")
    form = page.make_preview_request(request, "form").render().content.decode()
    assert "Unsaved question" in form
    assert "Your reference number" in page.make_preview_request(request, "landing").render().content.decode()


def test_a_snapshot_gives_back_the_same_definition() -> None:
    for page in (call_page(), referral_page()):
        definition = page.definition()
        again = FormDefinition.from_snapshot(definition.snapshot())
        assert again == definition
        assert again.digest == definition.digest


def test_json_schema_accepts_what_the_form_accepts() -> None:
    import jsonschema

    page = referral_page()
    schema = json_schema(page.definition())
    jsonschema.Draft202012Validator.check_schema(schema)
    good = {
        "referrer": "Dr. Hopper",
        "your_phone": "760 555 0143",
        "patient": "R. Example",
        "born": "1962-03-27",
        "reason": ["ptsd"],
        "checklist": [],
        "urgency": "Routine",
        "agree": True,
    }
    validator = jsonschema.Draft202012Validator(schema)
    assert not list(validator.iter_errors(good))
    assert list(validator.iter_errors({**good, "urgency": "Urgent"}))  # then "why" is required
    assert list(validator.iter_errors({**good, "unknown": 1}))
    assert list(validator.iter_errors({**good, "agree": False}))
