"""What a clinician is told after publishing a record: whether visitors see it, and which pages a fall affects."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages

from research.models import Citation
from research.standing import ALARMING
from research.usage import Usage, usage_of

MOST = 10
"""Pages named in a message; the record lists all of them."""


@hooks.register("after_publish")
def say_what_follows(request: HttpRequest, instance: Any) -> None:
    """Beside Wagtail's “published”, which alone would not be true of a record that visitors do not see."""
    if not isinstance(instance, Citation):
        return
    if instance.verified_on is None:
        messages.warning(
            request,
            _(
                "“%(citation)s” is not on the public site yet: nobody has confirmed it. Check it against its source, "
                "tick so under “Standing and care”, and publish it again."
            )
            % {"citation": instance.short_name},
        )
    if instance.is_published and instance.status in ALARMING:
        uses = [usage for usage in usage_of(instance) if not isinstance(usage.instance, Citation)]
        messages.warning(request, _affected(request, instance, uses))


def _affected(request: HttpRequest, citation: Citation, uses: list[Usage]) -> SafeString:
    told = {"citation": citation.short_name, "status": citation.get_status_display(), "count": len(uses)}
    if not uses:
        return format_html("{}", _("“%(citation)s” is now marked “%(status)s”. No page uses it.") % told)
    words = ngettext(
        "“%(citation)s” is now marked “%(status)s”. One page uses it and shows the notice; "
        "those responsible get a mail:",
        "“%(citation)s” is now marked “%(status)s”. %(count)d pages use it and show the notice; "
        "those responsible get a mail:",
        len(uses),
    )
    names = format_html_join("; ", "{}", ((_named(request, usage),) for usage in uses[:MOST]))
    return format_html("{} {}{}", words % told, names, " …" if len(uses) > MOST else ".")


def _named(request: HttpRequest, usage: Usage) -> SafeString:
    """The page, led to for those who may edit it."""
    place = f" ({'; '.join(usage.places)})" if usage.places else ""
    if usage.draft:
        place = f" ({_('in a draft')})"
    if url := usage.edit_url(request.user):  # type: ignore[arg-type]
        return format_html('<a href="{}">{}</a>{}', url, usage.title, place)
    return format_html("<b>{}</b>{}", usage.title, place)
