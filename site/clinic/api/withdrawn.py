"""Wagtail's routers without the operations that this product replaces with its own or does not offer.

Whoever adds operations to one of them takes it from here, so that the old ones are gone by then.
"""

from __future__ import annotations

from ninja import Router
from wagtail.api.v3.routers.pages import router as pages
from wagtail.api.v3.routers.sites import router as sites
from wagtail.contrib.redirects.api.v3.router import router as redirects
from wagtail.documents.api.v3.router import router as documents
from wagtail.images.api.v3.router import router as images
from wagtail.locales.api.v3.router import router as locales
from wagtail.snippets.api.v3.router import actions_router as snippet_actions
from wagtail.snippets.api.v3.router import router as snippets

__all__ = ["documents", "images", "pages", "redirects"]

WITHDRAWN: dict[Router, frozenset[str]] = {
    # Lists without content, parameters ignored, drafts in the list of every token: see clinic.api.routers.pages.
    pages: frozenset({"pages_list", "pages_find", "pages_detail"}),
    # No ready sizes, and access that depends on a session: see clinic.api.routers.media.
    images: frozenset({"images_list", "images_detail"}),
    documents: frozenset({"documents_list", "documents_detail"}),
    # Redirects of other sites and to pages that nobody may see; the admin is the place to change them.
    redirects: frozenset(f"redirects_{action}" for action in ("list", "find", "detail", "create", "update", "delete")),
    # No model of this site is a snippet of Wagtail's.
    **{
        router: frozenset(one.operation_id or "" for view in router.path_operations.values() for one in view.operations)
        for router in (snippets, snippet_actions)
    },
    # Sites and languages are set up by operators, not through a token.
    sites: frozenset(f"sites_{action}" for action in ("create", "update", "delete")),
    locales: frozenset(f"locales_{action}" for action in ("create", "update", "delete")),
}


for _router, _names in WITHDRAWN.items():
    for _view in _router.path_operations.values():
        # A path left empty keeps its place, so that what is put there again still comes before /{id}/.
        _view.operations = [one for one in _view.operations if one.operation_id not in _names]
