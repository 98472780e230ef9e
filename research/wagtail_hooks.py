"""What the research library adds to the Wagtail admin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail import hooks
from wagtail.admin import messages
from wagtail.snippets.models import register_snippet

from research.admin import telling  # noqa: F401  (importing registers it)
from research.admin.menu import ResearchGroup
from research.importing import hooks as importing_hooks  # noqa: F401
from research.models import Citation
from research.reports import library as library_reports  # noqa: F401
from research.reports import views as report_views  # noqa: F401
from research.usage import deletion_refusal, usage_of

register_snippet(ResearchGroup)


@hooks.register("before_delete_snippet")
def say_where_a_citation_is_used(request: HttpRequest, instances: Iterable[Any]) -> HttpResponse | None:
    """Instead of a confirmation that would fail, say where the record is used and go there."""
    for instance in instances:
        if isinstance(instance, Citation) and (uses := usage_of(instance)):
            messages.error(request, deletion_refusal(instance, uses))
            return redirect(reverse(Citation.snippet_viewset.get_url_name("usage"), args=[instance.pk]))
    return None
