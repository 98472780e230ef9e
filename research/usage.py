"""Where a citation is used, as the reference index knows it, and the refusal to delete what is in use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model, ProtectedError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import ReferenceIndex

from research.models import Citation


@dataclass(frozen=True)
class Usage:
    """One object that stands on a citation: what it is, how it uses it, and where to change that."""

    instance: Model
    title: str
    kind: str
    places: tuple[str, ...]
    draft: bool = False

    def edit_url(self, user: AbstractBaseUser) -> str | None:
        """The object's editing page, if this user may open it."""
        url: str | None = AdminURLFinder(user).get_edit_url(self.instance)
        return url


#: Floors above add what the index cannot see (pages: drafts that are not published yet).
further_usage: list[Callable[[Citation], list[Usage]]] = []


def usage_of(citation: Citation) -> list[Usage]:
    """Everything that uses the citation: other records, pages, and prose that cites it."""
    found: list[Usage] = []
    groups: Any = ReferenceIndex.get_references_to(citation).group_by_source_object()
    for instance, references in groups:
        if instance == citation:
            continue
        places = dict.fromkeys(_place(reference) for reference in references)
        kind = getattr(instance, "specific_class", None) or type(instance)  # a page comes as its base class
        found.append(Usage(instance, str(instance), str(capfirst(kind._meta.verbose_name)), tuple(places)))
    known = {(type(usage.instance), usage.instance.pk) for usage in found}
    for more in further_usage:
        found += [usage for usage in more(citation) if (type(usage.instance), usage.instance.pk) not in known]
    return found


def _place(reference: Any) -> str:
    """Where in an object a reference stands, as its editor names it: of a row that is a source, the statement alone."""
    words = str(capfirst(reference.describe_source_field()))
    return words.partition(" → ")[0] if reference.model_path.endswith(".item.citation") else words


def refuse_deletion_of_used(citation: Citation) -> None:
    """Raise ProtectedError, naming the places, when anything uses the citation."""
    if uses := usage_of(citation):
        raise ProtectedError(deletion_refusal(citation, uses), {usage.instance for usage in uses})


def deletion_refusal(citation: Citation, uses: list[Usage]) -> str:
    """Why the citation stays, and what to do."""
    places = "; ".join(f"{usage.kind} “{usage.title}”" for usage in uses[:5])
    if len(uses) > 5:
        places += _(" and %(count)d more") % {"count": len(uses) - 5}
    return _(
        "“%(citation)s” cannot be deleted while it is used: %(places)s. Take it off there first, "
        "or keep it and tick “keep off the public site”."
    ) % {"citation": citation.short_name, "places": places}
