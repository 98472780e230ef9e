"""Which pages the API gives to whom."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef
from django.http import HttpRequest
from wagtail.api.v3.querysets import get_pages_queryset
from wagtail.models import Page, PageViewRestriction, Site


def public_pages(request: HttpRequest, model: Any = Page) -> Any:
    """Live pages of the request's site that anyone may open, in every language, in one query.

    A page under any view restriction is left out whatever its kind: an answer must not depend on who asks.
    """
    site = Site.find_for_request(request)
    if site is None:
        return model.objects.none()
    # Whether a root or a restriction stands above a page shows in the beginning of its path (treebeard's MP_Node).
    asked_for = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    roots = Page.objects.filter(translation_key=site.root_page.translation_key).alias(asked_for=asked_for)
    restrictions = PageViewRestriction.objects.alias(asked_for=asked_for)
    return model.objects.live().filter(
        Exists(roots.filter(asked_for__startswith=F("path"))),
        ~Exists(restrictions.filter(asked_for__startswith=F("page__path"))),
    )


def readable_pages(request: HttpRequest, model: Any = Page) -> Any:
    """Public pages, or everything its person may edit or publish when the token has the scope to read drafts.

    `clinic.api.auth` gives the request a user only with that scope.
    """
    if request.user.is_authenticated:
        return get_pages_queryset(request, model)
    return public_pages(request, model)
