"""What tests of the desk share: submissions that came in, addresses, and the text of an answer."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from forms.models import FormPage, Submission
from forms.receiving.receive import Meta, Receipt, receive
from tests.forms.build import ANSWERS, REFERRAL


def sent(page: FormPage, token: str = "t", **changes: Any) -> Submission:
    """A submission that came in a minute ago."""
    answers = {**ANSWERS, **changes}
    result = receive(page, answers, None, Meta(token=token, started_at=0, language="en"))
    assert isinstance(result, Receipt), result
    return Submission.objects.get(pk=result.submission_id)


def referred(page: FormPage, token: str = "r", **changes: Any) -> Submission:
    answers = {key: value for step in REFERRAL.values() for key, value in step.items() if not key.startswith("born-")}
    result = receive(page, {**answers, "born": "1962-03-27", **changes}, None, Meta(token=token, started_at=0))
    assert isinstance(result, Receipt), result
    return Submission.objects.get(pk=result.submission_id)


def at(name: str, *args: Any) -> str:
    return reverse(f"intake:{name}", args=args)


def text(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return str(body.decode())
