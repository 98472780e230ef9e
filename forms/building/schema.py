"""A form as front ends need it: a JSON Schema of its answers, and hints to draw it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from forms.building.definition import MAX_LENGTH, FieldDefinition, FormDefinition
from forms.building.kinds import (
    MANY_CHOICES,
    ONE_CHOICE,
    TICK,
    Kind,
)


def json_schema(form: FormDefinition) -> dict[str, Any]:
    """JSON Schema (2020-12) of the answers object that the API takes. Files travel beside it as multipart."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    rules: list[dict[str, Any]] = []
    for field in form.by_key.values():
        if field.kind == Kind.FILE:
            continue
        properties[field.key] = _field_schema(field)
        if not field.required:
            continue
        if field.condition is None:
            required.append(field.key)
        elif field.condition.field in form.by_key:
            source = form.by_key[field.condition.field]
            rules.append(
                {
                    "if": {
                        "properties": {source.key: _condition_schema(source, field.condition.values)},
                        "required": [source.key],
                    },
                    "then": {"required": [field.key]},
                }
            )
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": form.title,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    if rules:
        schema["allOf"] = rules
    return schema


def ui_schema(form: FormDefinition) -> dict[str, Any]:
    """What a front end needs to draw the form: order, kinds, texts, steps, conditions and consent wording."""
    return {
        "title": form.title,
        "language": form.language,
        "steps": [asdict(step) for step in form.steps],
        "fields": [
            {
                "key": field.key,
                "kind": str(field.kind),
                "label": field.label,
                "help": field.help,
                "required": field.required and field.takes_answer,
                "choices": [asdict(choice) for choice in field.choices],
                "autocomplete": field.autocomplete,
                "step": field.step,
                "show_when": (
                    {"field": field.condition.field, "is_one_of": list(field.condition.values)}
                    if field.condition
                    else None
                ),
                "wording": field.wording,
                "default": field.default,
            }
            for field in form.fields
        ],
    }


def _field_schema(field: FieldDefinition) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": field.label}
    if field.help:
        schema["description"] = field.help
    values = [choice.value for choice in field.choices]
    if field.kind in TICK:
        schema["type"] = "boolean"
        if field.required:
            schema["const"] = True
    elif field.kind in MANY_CHOICES:
        schema |= {"type": "array", "uniqueItems": True, "items": {"type": "string", "enum": values}}
        if field.required and field.kind != Kind.ELIGIBILITY:
            schema["minItems"] = 1
    elif field.kind in ONE_CHOICE:
        schema |= {"type": "string", "enum": values if field.required else [*values, ""]}
    else:
        schema |= {"type": "string", "maxLength": MAX_LENGTH.get(field.kind, 255)}
        if field.required:
            schema["minLength"] = 1
        formats = {Kind.EMAIL: "email", Kind.URL: "uri", Kind.DATE: "date", Kind.BIRTHDATE: "date"}
        if field.kind in formats:
            schema["format"] = formats[field.kind]
        if field.kind == Kind.NPI:
            schema["pattern"] = r"^[12]\d{9}$"
    return schema


def _condition_schema(source: FieldDefinition, values: tuple[str, ...]) -> dict[str, Any]:
    if source.kind in TICK:
        return {"const": True}
    if source.kind in MANY_CHOICES:
        return {"contains": {"enum": list(values)}}
    return {"enum": list(values)}
