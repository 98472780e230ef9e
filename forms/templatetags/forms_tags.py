"""Filters for the templates of forms and the desk."""

from __future__ import annotations

from datetime import timedelta

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def wait(value: timedelta | None) -> str:
    """A length of time in the largest fitting unit, such as “3 h”."""
    if value is None:
        return ""
    minutes = round(value.total_seconds() / 60)
    if minutes < 90:
        return _("%d min") % minutes
    if minutes < 48 * 60:
        return _("%d h") % round(minutes / 60)
    return _("%d days") % round(minutes / 1440)
