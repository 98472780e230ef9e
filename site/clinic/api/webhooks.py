"""Telling front ends that something public changed, so that they can rebuild: signed webhooks through the outbox.

Bodies and headers follow Standard Webhooks 1.0. They hold what changed and where this API gives it, never content.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from wagtail.models import Page
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from clinic.api.models import WebhookEndpoint
from forms.delivery.outbox import DeliveryError, register
from forms.delivery.webhooks import WebhookError, post, secrets_for
from forms.models import Delivery
from pages.models import Announcement, ClinicSettings, EligibilityCriterion, Navigation
from research.models import Citation, Topic

KIND = "api-event"


def secret_of(endpoint: WebhookEndpoint) -> str:
    """The endpoint's signing secret, in Standard Webhooks' notation; derived from the key ring, so never stored."""
    return secrets_of(endpoint)[0]


def secrets_of(endpoint: WebhookEndpoint) -> list[str]:
    """The same under every key of the ring: while a key rotates, events are signed with each."""
    return secrets_for(f"api-webhook:{endpoint.pk}")


def tell(event: str, data: dict[str, Any]) -> None:
    """Puts the event into the outbox for every active endpoint, in the transaction of what it tells about."""
    body = {"type": event, "timestamp": timezone.now().isoformat(), "data": data}
    Delivery.objects.bulk_create(
        Delivery(kind=KIND, target=endpoint.url, payload={"endpoint": endpoint.pk, "body": body})
        for endpoint in WebhookEndpoint.objects.filter(active=True)
    )


def send(delivery: Delivery, route: object) -> None:
    """Sends one event. Raises DeliveryError when it was not taken; finally when its endpoint is gone or off."""
    endpoint = WebhookEndpoint.objects.filter(pk=delivery.payload["endpoint"], active=True).first()
    if endpoint is None:
        raise DeliveryError("endpoint is gone or switched off", final=True)
    try:
        post(endpoint.url, delivery.payload["body"], secrets=secrets_of(endpoint), message_id=delivery.message_id)
    except WebhookError as error:
        raise DeliveryError(str(error), final=error.final) from None


def replay(endpoint: WebhookEndpoint) -> int:
    """Puts what was given up for the endpoint back into the outbox, and says how many events that are."""
    return (
        Delivery.objects.given_up()
        .filter(kind=KIND, payload__endpoint=endpoint.pk)
        .update(state=Delivery.State.WAITING, attempts=0, next_try_at=timezone.now(), last_error="", lease_until=None)
    )


def _page(event: str) -> Any:
    def told(sender: Any, instance: Page, **kwargs: Any) -> None:
        if instance.live or event == "page.unpublished":
            data = {"id": instance.pk, "type": type(instance)._meta.label, "detail": f"/api/v3/pages/{instance.pk}/"}
            tell(event, data)

    return told


def _citation(sender: Any, instance: Citation, raw: bool = False, **kwargs: Any) -> None:
    # A record that was never public changes nothing outside.
    if not raw and (instance.is_published or instance.first_published_at):
        detail = f"/api/v3/research/citations/{instance.key}/"
        tell("citation.changed", {"key": instance.key, "detail": detail})


def _settings(sender: Any, instance: Model, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        tell("site.changed", {"what": instance._meta.label})


_keep = [_page("page.published"), _page("page.unpublished"), _page("page.moved")]


def connect() -> None:
    """Watches what front ends show, and lets the outbox send; called once when the app is ready."""
    register(KIND, send)
    published, unpublished, moved = _keep
    page_published.connect(published, dispatch_uid="api-page-published")
    page_unpublished.connect(unpublished, dispatch_uid="api-page-unpublished")
    page_slug_changed.connect(moved, dispatch_uid="api-page-slug")
    post_page_move.connect(moved, dispatch_uid="api-page-moved")
    for signal in (post_save, post_delete):
        signal.connect(_citation, sender=Citation, dispatch_uid=f"api-citation-{id(signal)}")
        for model in (ClinicSettings, Navigation, Announcement, EligibilityCriterion, Topic):
            signal.connect(_settings, sender=model, dispatch_uid=f"api-{model.__name__}-{id(signal)}")
