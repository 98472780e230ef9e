"""Telling front ends that something public changed, so that they can rebuild: signed webhooks through the outbox.

Bodies and headers follow Standard Webhooks 1.0. They hold what changed and where this API gives it, never content.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import CollectionViewRestriction, Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from clinic.api.models import WebhookEndpoint
from forms.delivery.outbox import DeliveryError, register
from forms.delivery.webhooks import WebhookError, post, secrets_for
from forms.models import Delivery
from pages.models import (
    Announcement,
    ClinicDocument,
    ClinicImage,
    ClinicSettings,
    EligibilityCriterion,
    Navigation,
    Person,
)
from research.models import Citation, Topic

KIND = "api-event"
#: What stands around the pages and is given under addresses of its own.
AROUND: tuple[type[Model], ...] = (
    *(ClinicSettings, Navigation, Announcement, EligibilityCriterion, Topic, Person, Redirect),
    CollectionViewRestriction,
)


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
    return Delivery.objects.filter(kind=KIND, payload__endpoint=endpoint.pk).send_again()


def _page(event: str) -> Any:
    def told(sender: Any, instance: Page, **kwargs: Any) -> None:
        if instance.live or event == "page.unpublished":
            tell(event, _data(instance))

    return told


def _data(page: Page) -> dict[str, Any]:
    return {"id": page.pk, "type": type(page)._meta.label, "detail": f"/api/v3/pages/{page.pk}/"}


#: Columns in which a record notes that somebody has drafted a change of it.
OF_DRAFTS = {"latest_revision", "has_unpublished_changes", "draft_title"}


def _citation(sender: Any, instance: Citation, raw: bool = False, **kwargs: Any) -> None:
    columns = kwargs.get("update_fields")
    if raw or (columns is not None and OF_DRAFTS.issuperset(columns)):
        return
    # A record that was never public changes nothing outside.
    if instance.is_published or instance.first_published_at:
        detail = f"/api/v3/research/citations/{instance.key}/"
        tell("citation.changed", {"key": instance.key, "detail": detail})


def _settings(sender: Any, instance: Model, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        tell("site.changed", {"what": instance._meta.label})


def _file(sender: Any, instance: Model, raw: bool = False, created: bool = False, **kwargs: Any) -> None:
    # No page shows a picture or a document yet that has just been uploaded.
    if not created:
        _settings(sender, instance, raw)


def _restricted(event: str) -> Any:
    def told(sender: Any, instance: PageViewRestriction, raw: bool = False, **kwargs: Any) -> None:
        origin = kwargs.get("origin", instance)
        goes_with_its_page = getattr(origin, "model", type(origin)) is not PageViewRestriction
        page = instance.page.specific_deferred
        if not raw and page.live and not goes_with_its_page:
            tell(event, _data(page))

    return told


# Django's signals hold their receivers weakly; these live as long as the module.
_published, _unpublished, _moved = _page("page.published"), _page("page.unpublished"), _page("page.moved")
_hidden, _shown = _restricted("page.unpublished"), _restricted("page.published")


def connect() -> None:
    """Watches what front ends show, and lets the outbox send; called once when the app is ready."""
    register(KIND, send)
    page_published.connect(_published, dispatch_uid="api-page-published")
    page_unpublished.connect(_unpublished, dispatch_uid="api-page-unpublished")
    page_slug_changed.connect(_moved, dispatch_uid="api-page-slug")
    post_page_move.connect(_moved, dispatch_uid="api-page-moved")
    # For the public a page goes when a password, a log-in or a group is set before it, and comes back after that.
    post_save.connect(_hidden, sender=PageViewRestriction, dispatch_uid="api-page-hidden")
    post_delete.connect(_shown, sender=PageViewRestriction, dispatch_uid="api-page-shown")
    for signal in (post_save, post_delete):
        signal.connect(_citation, sender=Citation, dispatch_uid=f"api-citation-{id(signal)}")
        for model in AROUND:
            signal.connect(_settings, sender=model, dispatch_uid=f"api-{model.__name__}-{id(signal)}")
        for model in (ClinicImage, ClinicDocument):
            signal.connect(_file, sender=model, dispatch_uid=f"api-{model.__name__}-{id(signal)}")
