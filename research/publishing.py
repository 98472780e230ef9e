"""Going live: one guard on every way there, and how its refusal reaches a person.

Wagtail publishes from the editor, in bulk, by workflow, through the API, on a schedule and when it copies a page
that stays live. All of these end in ``save()`` of an object that is live, and only some of them validate it.
`GuardedPublishing` therefore stands in ``save()``; `PublishGuardMiddleware` turns its refusal into a message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.fields import StreamField

_PLUMBING = {"blockErrors", "nonBlockErrors", "messages"}


class PublishBlockedError(ValidationError):
    """The object may not go live as it is. Its draft is kept; ``messages`` say what to do.

    A ValidationError, so that forms and the API answer it as they answer any other (the API with 422). With
    ``leaving`` it is the other way round: what is public may not go away yet.
    """

    def __init__(
        self, instance: models.Model, problems: Iterable[str | ValidationError], *, leaving: bool = False
    ) -> None:
        self.instance = instance
        self.leaving = leaving
        super().__init__(list(problems), code="publish_blocked")


class GuardedPublishing(models.Model):
    """Mixin for anything with a draft state: whatever goes live is whole and may go live. Put it first."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; on the way to the public, check first. An IntegrityError never reaches a person."""
        if self._goes_live(kwargs.get("update_fields")):
            self.check_may_go_live()
        try:
            with transaction.atomic():
                super().save(*args, **kwargs)
        except IntegrityError as error:
            twin = self._twin()
            if twin is None:
                raise
            raise PublishBlockedError(
                twin,
                [
                    _(
                        "A record with the same identifier was saved a moment before, perhaps by this page itself, "
                        "which saves while you write. This is that record: compare it with what you wanted, then "
                        "publish again."
                    )
                ],
            ) from error

    def _twin(self) -> models.Model | None:
        """Another row that holds a value which may exist only once, and which this object has, too."""
        for field in self._meta.fields:
            value = getattr(self, field.attname)
            if field.unique and not field.primary_key and value is not None:
                others = type(self)._base_manager.filter(**{field.attname: value}).exclude(pk=self.pk)
                if (twin := others.first()) is not None:
                    return twin
        return None

    def publish_problems(self) -> list[str]:
        """Reasons beyond validation why this may not go live, each saying what to do. None by default."""
        return []

    def check_may_go_live(self) -> None:
        """Raise PublishBlockedError unless the object is valid and nothing else stands in its way."""
        problems = [*validation_problems(self), *self.publish_problems()]
        if problems:
            raise PublishBlockedError(self, problems)

    def _goes_live(self, update_fields: Iterable[str] | None) -> bool:
        """Whether this save makes content public that was not public before."""
        if not getattr(self, "live", False) or (update_fields is not None and "live" not in update_fields):
            return False
        if self._state.adding:
            return True
        before = (
            type(self)
            ._base_manager.filter(pk=self.pk)
            .values("live", "live_revision_id", "last_published_at")  # type: ignore[misc]
            .first()
        )
        now = {name: getattr(self, name) for name in ("live", "live_revision_id", "last_published_at")}
        return before != now


def validation_problems(instance: models.Model) -> list[str]:
    """What validation finds in the object and in its streams, whose blocks ``full_clean`` does not look into."""
    problems: list[str] = []
    try:
        instance.full_clean()
    except ValidationError as error:
        problems += _flat(instance, error)
    for field in instance._meta.get_fields():
        if isinstance(field, StreamField):
            try:
                field.stream_block.clean(getattr(instance, field.name))
            except ValidationError as error:
                problems.append(
                    _("“%(field)s” has a block that is not complete: %(reasons)s")
                    % {"field": field.verbose_name, "reasons": " ".join(dict.fromkeys(_block_messages(error)))}
                )
    return problems


def _block_messages(error: ValidationError) -> Iterator[str]:
    """The sentences inside a block's error, however deep, each with the name of the part it is about."""

    def walk(found: object, part: str) -> Iterator[str]:
        if isinstance(found, str):
            yield f"{part}: {found}" if part else found
        elif isinstance(found, list):
            for child in found:
                yield from walk(child, part)
        elif isinstance(found, dict):
            for name, child in found.items():
                own = str(name) if child and not isinstance(name, int) and name not in _PLUMBING else part
                yield from walk(child, own)

    data = error.as_json_data() if hasattr(error, "as_json_data") else list(error.messages)
    yield from walk(data, "")


def _flat(instance: models.Model, error: ValidationError) -> list[str]:
    """Every message of an error, each with the name of its field as editors know it."""
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    lines: list[str] = []
    for name, messages_of_field in error.message_dict.items():
        if name == NON_FIELD_ERRORS:
            lines += messages_of_field
            continue
        label = str(getattr(instance._meta.get_field(name), "verbose_name", name))
        lines += [f"{label[:1].upper()}{label[1:]}: {message}" for message in messages_of_field]
    return lines


class PublishGuardMiddleware:
    """In the admin, a refused publication is a message on the editing page, never an error page.

    The request's own work is undone by the transaction that the exception ended, so the draft stays as it was.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer PublishBlockedError; leave everything else alone."""
        if not isinstance(exception, PublishBlockedError) or not request.path.startswith(reverse("wagtailadmin_home")):
            return None
        text = refusal(exception)
        if not request.accepts("text/html"):
            return JsonResponse({"success": False, "error_code": "publish_blocked", "error_message": text}, status=400)
        messages.error(request, text)
        target = AdminURLFinder(request.user).get_edit_url(exception.instance) if exception.instance.pk else None
        target = target or _came_from(request) or reverse("wagtailadmin_home")
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            # The workflow's modal dialog follows this to the page, which then shows the message.
            return JsonResponse({"step": "success", "redirect": target})
        return redirect(target)


def _came_from(request: HttpRequest) -> str | None:
    """The page of this site that the request came from."""
    address = request.META.get("HTTP_REFERER", "")
    secure = request.is_secure()
    here = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=secure)
    return address if here else None


def refusal(error: PublishBlockedError) -> str:
    """One sentence that names what was not published, and all the reasons."""
    words = _("“%(title)s” was not published; its draft is kept. %(reasons)s")
    if error.leaving:
        words = _("“%(title)s” stays public. %(reasons)s")
    return words % {
        "title": getattr(error.instance, "draft_title", "") or str(error.instance),
        "reasons": " ".join(error.messages),
    }
