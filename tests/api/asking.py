"""How the tests ask the API: with tokens, with answers to forms; and how it says that something is wrong."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from wagtail.models import APIToken

CALL = "/api/v3/forms/schedule-a-call/"
GOOD = {"your_name": "Ada Lovelace", "phone_number": "760 555 0142", "best_time": "Morning", "consent": True}
REFERRAL = {
    "referrer": "Dr. Grace Hopper",
    "your_phone": "(760) 555-0143",
    "patient": "Rosalind Example",
    "born": "1962-03-27",
    "reason": ["ptsd"],
    "checklist": ["ptsd"],
    "urgency": "Urgent",
    "why_urgent": "Symptoms worsen",
    "agree": True,
}


def problem(response: Any, status: int) -> dict[str, Any]:
    """The problem document of a response with the status."""
    assert response.status_code == status, response.content[:500]
    assert response["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(response.content)
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    return document


def make_token(*scopes: str, user: User | None = None, **changes: Any) -> str:
    """A token of an administrator (or ``user``) with the scopes; its plain text."""
    if user is None:
        user = User.objects.create_superuser(f"person-{User.objects.count()}")
    token, plain = APIToken.create_token(user=user, name="A front end")
    for name in scopes:
        setattr(token.grant, name, True)
    for name, value in changes.items():
        setattr(token.grant, name, value)
    token.grant.save()
    return plain


def bearer(plain: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {plain}"}


def send(client: Client, answers: Any, url: str = CALL, key: str = "a-key-of-its-own", **headers: str) -> Any:
    return client.post(
        f"{url}submissions/",
        json.dumps({"answers": answers}),
        content_type="application/json",
        headers={"Idempotency-Key": key, **headers},
    )
