"""Telling people by mail that a source has fallen: through the outbox, so that no mail server can slow or lose it."""

from __future__ import annotations

from typing import Any

from forms.delivery.outbox import MailRoute, mail_for, register
from forms.models import Delivery
from pages.retractions import news_of, people_responsible
from research.models import Citation
from research.standing import ALARMING, citation_doubted

KIND = "doubted-source"


def keep(sender: type[Citation], instance: Citation, **kwargs: Any) -> None:
    """Note whom to tell, in the transaction of the change; one by one, so that nobody sees the others' addresses."""
    Delivery.objects.bulk_create(
        Delivery(kind=KIND, target=address, payload={"citation": instance.pk})
        for address in people_responsible(instance)
    )


def send(delivery: Delivery, route: MailRoute) -> None:
    """Send the news as it stands now: pages may have changed, and a mistaken retraction is no news any more."""
    citation = Citation.objects.filter(pk=delivery.payload["citation"]).first()
    if citation is None or citation.status not in ALARMING:
        return
    subject, body = news_of(citation, delivery.target)
    route.send(mail_for(delivery, subject, body, delivery.target))


def connect() -> None:
    """Listen, and let the outbox send; called once when the app is ready."""
    register(KIND, send)
    citation_doubted.connect(keep, dispatch_uid="doubted-source-mail")
