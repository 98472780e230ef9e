"""Finishes the OpenAPI document: problem answers, media types and headers that every operation shares."""

from __future__ import annotations

from typing import Any

from clinic.api.problems import PROBLEM_JSON, SENTENCES

Document = dict[str, Any]

PROBLEM: Document = {
    "title": "Problem",
    "description": "A problem document (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "default": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What happened and what to do, in plain words."},
        "errors": {
            "type": "array",
            "description": "What is wrong and where. `loc` leads from `query`, `path` or `body` to the value.",
            "items": {
                "type": "object",
                "required": ["msg"],
                "properties": {
                    "type": {"type": "string"},
                    "loc": {"type": "array", "items": {"type": ["string", "integer"]}},
                    "msg": {"type": "string"},
                },
            },
        },
    },
}

#: Problems that any operation may answer with, by method.
READING = (400, 404, 406, 422, 429)
WRITING = (400, 401, 403, 404, 406, 409, 413, 415, 422, 429)


def finish(document: Document) -> Document:
    """Adds to Ninja's document what it cannot know. Changes ``document`` and returns it."""
    components = document["components"]
    components["schemas"]["Problem"] = PROBLEM
    components["schemas"] = dict(sorted(components["schemas"].items()))
    components["responses"] = {
        f"Problem{status}": {
            "description": SENTENCES[status],
            "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*READING, *WRITING})
    }
    schemes = components.get("securitySchemes", {})
    schemes.pop("AllowAnonymous", None)
    for path in document["paths"].values():
        for method, operation in path.items():
            for parameter in operation.get("parameters", ()):
                parameter.pop("examples", None)  # Ninja copies them from the schema, where they have another form
            statuses = READING if method == "get" else WRITING
            if operation.get("security"):
                statuses = tuple(sorted({*statuses, 401, 403}))
            responses = {str(status): answer for status, answer in operation["responses"].items()}
            for status in statuses:
                responses.setdefault(str(status), {"$ref": f"#/components/responses/Problem{status}"})
            operation["responses"] = dict(sorted(responses.items()))
    document["paths"] = dict(sorted(document["paths"].items()))
    return document
