"""What pages do when a source stops standing: refuse to lose it unawares, and say whom to tell of it, and what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page, ReferenceIndex, Revision

from pages.gate import statement_of, why_unsupported
from pages.models.claims import AbstractClaim, AbstractClaimSource
from research.models import Citation
from research.publishing import PublishBlockedError
from research.standing import citation_leaves
from research.usage import Usage, further_usage


def claim_source_models() -> list[Any]:
    """Every concrete kind of claim source."""
    return [model for model in apps.get_models() if issubclass(model, AbstractClaimSource)]


def live_claims_on(citation: Citation) -> Iterator[AbstractClaim]:
    """The public statements of live pages that name the citation."""
    for model in claim_source_models():
        rows = model.objects.filter(citation=citation, claim__page__live=True).select_related("claim__page")
        for row in rows:
            if not getattr(row.claim, "draft", False):
                yield row.claim


def pages_using(citation: Citation) -> list[Page]:
    """Every live page that uses the citation, in a statement or in prose, by title."""
    references = ReferenceIndex.get_references_to(citation)
    ids = [int(pk) for pk in references.values_list("object_id", flat=True) if str(pk).isdecimal()]
    page_types = {ct.pk for ct in _page_content_types()}
    of_pages = references.filter(content_type_id__in=page_types).values_list("object_id", flat=True)
    wanted = {int(pk) for pk in of_pages} & set(ids)
    return list(Page.objects.live().filter(pk__in=wanted).order_by("title"))


def _page_content_types() -> list[Any]:
    from django.contrib.contenttypes.models import ContentType

    models = [model for model in apps.get_models() if issubclass(model, Page)]
    return list(ContentType.objects.get_for_models(*models).values())


@receiver(citation_leaves)
def refuse_to_strand_statements(sender: type[Citation], instance: Citation, **kwargs: Any) -> None:
    """A public record stays public while a live statement would stand on nothing without it.

    Retracting a record is always possible: it is shown as such, and people are told.
    """
    stranded: list[str] = []
    for claim in live_claims_on(instance):
        sources = statement_of(claim).sources
        others = [(pk, stance) for pk, stance in sources if pk != instance.pk]
        known = Citation.objects.in_bulk([pk for pk, _stance in others])
        if why_unsupported([(known[pk], stance) for pk, stance in others]):
            stranded.append(f"“{claim.statement[:80]}” ({claim.page.title})")
    if stranded:
        reason = _(
            "Nothing else would support %(statements)s. Give these statements another source or take them down first. "
            "If the work no longer stands, set its status to “Retracted” instead."
        )
        raise PublishBlockedError(instance, [reason % {"statements": "; ".join(stranded[:5])}], leaving=True)


def news_of(citation: Citation, address: str) -> tuple[str, str]:
    """Subject and body of the mail about a source that is in doubt: what it is, which pages use it, what to do.

    A page is led to where this reader may change it, and for everybody else where visitors read it.
    """
    pages = pages_using(citation)
    base = settings.WAGTAILADMIN_BASE_URL
    readers = list(get_user_model().objects.filter(is_active=True, email=address))
    mine = {page.pk for page in pages if any(page.permissions_for_user(reader).can_edit() for reader in readers)}
    address_of = {
        page.pk: base + reverse("wagtailadmin_pages:edit", args=[page.pk]) if page.pk in mine else page.full_url
        for page in pages
    }
    lines = [
        _("%(source)s is now marked “%(status)s”.")
        % {"source": citation.short_name, "status": citation.get_status_display()},
        citation.title,
        "",
        _("Pages that use it:") if pages else _("No live page uses it."),
        *(f"- {page.title}: {address_of[page.pk]}" for page in pages),
        "",
        *_to_be_done(pages, mine),
        _("Open the record: %(url)s")
        % {"url": base + reverse(Citation.snippet_viewset.get_url_name("edit"), args=[citation.pk])},
    ]
    subject = _("A source needs you: %(source)s, %(status)s") % {
        "source": citation.short_name,
        "status": citation.get_status_display().lower(),
    }
    return subject, "\n".join(lines)


def _to_be_done(pages: list[Page], mine: set[int]) -> Iterator[str]:
    if not pages:
        return
    yield _("Give what they say another source, or take it down. Until then visitors see the notice beside it.")
    if len(mine) < len(pages):
        yield _("You cannot change all of these pages yourself: tell those who edit them.")
    yield ""


def people_responsible(citation: Citation) -> list[str]:
    """Addresses of those who keep the library and who own affected pages; of administrators if there is nobody."""
    keepers = Q(
        groups__permissions__codename="publish_citation", groups__permissions__content_type__app_label="research"
    )
    owners = Q(pk__in=[page.owner_id for page in pages_using(citation) if page.owner_id])
    people = get_user_model().objects.filter(is_active=True).exclude(email="").order_by("email")
    for group in (keepers | owners, Q(is_superuser=True)):
        if addresses := list(people.filter(group).values_list("email", flat=True).distinct()):
            return addresses
    return []


def drafts_using(citation: Citation) -> list[Usage]:
    """Pages whose unpublished draft uses the citation, which the reference index does not know."""
    from pages.citations_in_text import citation_ids
    from pages.citing import prose_of
    from pages.gate import statements_of

    drafts = Page.objects.filter(has_unpublished_changes=True, latest_revision__isnull=False)
    revisions = Revision.objects.filter(pk__in=drafts.values("latest_revision"))
    found: list[Usage] = []
    for revision in revisions:
        page = revision.as_object()
        in_claims = any(pk == citation.pk for statement in statements_of(page) for pk, _stance in statement.sources)
        if in_claims or any(citation.pk in citation_ids(html) for html in prose_of(page)):
            found.append(Usage(page, page.title, str(page._meta.verbose_name).capitalize(), (), draft=True))
    return found


further_usage.append(drafts_using)
