"""What tokens write. The operations are Wagtail's; here they learn which columns of our pages they take, to refuse what
they do not know instead of leaving it out in silence, and to keep their hands off what is locked or in review.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.actions import PublishPageRevisionAction, RevertToPageRevisionAction
from wagtail.actions.publish_page_revision import PublishPagePermissionError
from wagtail.actions.revert_to_page_revision import RevertToPageRevisionPermissionError
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Page, get_page_models

from pages.models import BasePage

#: How submissions are kept and who is told of them is decided in the admin, whatever a token may write.
OF_THE_DESK = {
    *("acknowledge", "checks_crisis_words", "open_to_api", "proof_of_work", "retention_days"),
    *("service_target_hours", "webhook_url"),
}


def columns(model: type[Page]) -> list[str]:
    """The columns of a page type that a token may write: its own, not the rows under it."""
    of_every_page = {one.name for one in Page._meta.get_fields()}
    return [
        column.name
        for column in model._meta.get_fields()
        if getattr(column, "concrete", False)
        and column.editable
        and not getattr(column.remote_field, "parent_link", False)
        and column.name not in of_every_page | OF_THE_DESK
        and not isinstance(column.default, Promise)  # which the document could not show
    ]


def prepare() -> None:
    """Tells Wagtail's schemas and actions. Wagtail makes its schemas when they are first imported: call this before."""
    for model in get_page_models():
        if issubclass(model, BasePage):
            model.api_fields = [APIField(name, writable=True) for name in columns(model)]
    from wagtail.api.v3.schemas import create_generator, patch_generator
    from wagtail.api.v3.schemas import pages as wagtails

    for schema in (
        wagtails.PageCreateBaseSchema,
        wagtails.PageCreateMetaSchema,
        wagtails.PageUpdateBaseSchema,
        wagtails.PageUpdateMetaSchema,
    ):
        schema.model_config["extra"] = "forbid"
    for generator in (create_generator, patch_generator):
        generator.register_field_schema(ParentalManyToManyField, lambda _generator, _field: (list[int], []))


class PublishUnlocked(PublishPageRevisionAction):
    """Publishes as the editor does: not what is locked for the person, by hand or because others review it."""

    def check(self, skip_permission_checks: bool = False) -> None:
        """Raises PublishPagePermissionError."""
        super().check(skip_permission_checks)
        if self.user and not skip_permission_checks and self.object.permissions_for_user(self.user).page_locked():
            raise PublishPagePermissionError(LOCKED)


class RevertUnlocked(RevertToPageRevisionAction):
    """Goes back to an earlier revision as the editor does."""

    def check(self, skip_permission_checks: bool = False) -> None:
        """Raises RevertToPageRevisionPermissionError."""
        super().check(skip_permission_checks)
        if self.user and not skip_permission_checks and self.instance.permissions_for_user(self.user).page_locked():
            raise RevertToPageRevisionPermissionError(LOCKED)


LOCKED = "This page is locked, or others are reviewing it. Unlock it in the admin, or wait for their decision."


def with_readable_streams(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates the view of an operation: blocks that Wagtail would stumble over are a ValidationError of their field.

    Wagtail takes a stream apart before it checks it, and fails at whatever it does not find.
    """

    if "data" not in signature(view).parameters:
        return view

    @wraps(view)
    def checked(request: Any, *args: Any, **kwargs: Any) -> Any:
        if hasattr(getattr(kwargs["data"], "meta", None), "type"):
            _check_streams(kwargs["data"])
        return view(request, *args, **kwargs)

    return checked


def _check_streams(data: Any) -> None:
    from wagtail.api.v3.form_data import flatten_block_value
    from wagtail.coreutils import resolve_model_string

    model = resolve_model_string(data.meta.type)
    for name in data.model_fields_set - {"meta"}:
        field = model._meta.get_field(name)
        if not isinstance(field, StreamField):
            continue
        try:
            flatten_block_value(field.stream_block, getattr(data, name), name, MultiValueDict())
        except ValidationError as error:
            raise ValidationError({name: error}) from None
        except Exception as error:  # whatever a block does with a value that is none of its own
            message = _("This is no stream of this page. Read the page, and send its blocks as Wagtail keeps them.")
            raise ValidationError({name: message}) from error
