"""`manage.py publish_scheduled`: Wagtail's command, but one item that fails does not keep the others waiting."""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.apps import apps
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone
from wagtail.management.commands import publish_scheduled
from wagtail.models import DraftStateMixin, Page, Revision

logger = logging.getLogger(__name__)


def due() -> Iterator[tuple[str, Callable[[], object]]]:
    """What is to be unpublished and then published by now: a name that holds no content, and how to do it."""
    now = timezone.now()
    others = [m for m in apps.get_models() if issubclass(m, DraftStateMixin) and not issubclass(m, Page)]
    for model in (Page, *others):
        for item in model.objects.filter(live=True, expire_at__lt=now).order_by("expire_at"):
            yield (
                f"unpublishing {item._meta.label} {item.pk}",
                partial(item.unpublish, set_expired=True, log_action="wagtail.unpublish.scheduled"),
            )
    for revision in Revision.objects.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at"):
        yield (
            f"publishing {revision.content_type.app_label}.{revision.content_type.model} {revision.object_id}",
            partial(revision.publish, log_action="wagtail.publish.scheduled"),
        )


class Command(publish_scheduled.Command):
    """Does each item in a transaction of its own, and ends with an error that names those that failed."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish and unpublish what is due; `--dryrun` only lists it, as Wagtail does."""
        if options["dryrun"]:
            super().handle(*args, **options)
            return
        failed = []
        for name, act in list(due()):
            try:
                with transaction.atomic():
                    act()
            except Exception as error:  # one bad page must not keep the rest from their readers
                logger.warning("Scheduled %s failed: %s", name, type(error).__name__)
                failed.append(f"{name} ({type(error).__name__})")
        if failed:
            raise CommandError(f"Not done: {'; '.join(failed)}. Open each in the admin: publishing it there says why.")
