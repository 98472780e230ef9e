"""Answer: what all parts of one response share - the request, its rich texts, and ways to refer to other records."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Model
from django.http import HttpRequest
from wagtail.models import Page, PageViewRestriction
from wagtail.rich_text import RichText

from clinic.api.labels import Labels
from clinic.api.links import api_path, base_of_site, file_link, page_link
from clinic.api.pictures import picture
from clinic.api.richtext import RichTexts
from clinic.api.schemas.media import Document, Picture
from clinic.api.schemas.references import PageReference, RecordReference, TopicReference

if TYPE_CHECKING:
    from pages.models import ClinicDocument, ClinicImage
    from pages.sources import SourceRegister
    from research.evidence import Glance
    from research.models import Citation, Topic


class Answer:
    """One response in the making. ``texts`` are all rich texts in it, so that their links are looked up together."""

    def __init__(
        self,
        request: HttpRequest,
        texts: Iterable[str | RichText | None] = (),
        sources: SourceRegister | None = None,
        citations: Iterable[Citation] = (),
    ) -> None:
        self.request = request
        self.base = base_of_site(request)
        self.label = Labels()
        self.sources = sources
        #: Public citations that this answer may name, by primary key.
        self.citations = {citation.pk: citation for citation in citations if citation.is_published}
        #: The studies that a condition page lists and the glance over them; None in lists.
        self.evidence: list[Citation] | None = None
        self.glance: Glance | None = None
        self.texts = RichTexts(request, texts, sources.render if sources else None)

    def number_of(self, citation: Citation) -> int | None:
        """The citation's number among the page's sources; None in a list."""
        return self.sources.number_of(citation) if self.sources else None

    def page_reference(self, page: Page) -> PageReference:
        """A page, in as much as a link needs."""
        model = page.specific_class or type(page)
        return PageReference(
            id=page.pk,
            type=model._meta.label,
            title=page.title,
            html_url=page_link(page, self.request),
            detail_url=self.base + api_path("detail_page", page_id=page.pk),
        )

    def public_page_reference(self, page: Page) -> PageReference | None:
        """The page if anyone may open it: editors can choose drafts and private pages, too."""
        hidden = not page.live or any(page.path.startswith(path) for path in self.restricted_paths)
        return None if hidden else self.page_reference(page)

    @cached_property
    def restricted_paths(self) -> list[str]:
        """Tree paths of the pages with a view restriction."""
        return list(PageViewRestriction.objects.values_list("page__path", flat=True))

    def record_reference(self, record: Model) -> RecordReference | None:
        """A record of another kind, by its key or slug; None for one that is not public."""
        if not getattr(record, "is_published", getattr(record, "live", True)):
            return None
        key = getattr(record, "key", None) or getattr(record, "slug", None) or record.pk
        label = getattr(record, "title", None) or str(record)
        return RecordReference(type=record._meta.label, key=str(key), label=label)

    def topic_reference(self, topic: Topic) -> TopicReference:
        """A topic with the slug of its condition. Expects ``parent`` to be loaded."""
        return TopicReference(slug=topic.slug, name=topic.name, parent=topic.parent.slug if topic.parent else None)

    def picture(self, image: ClinicImage, sizes: str = "content") -> Picture:
        """An image in the sizes of a named set."""
        return picture(image, self.request, sizes)

    def document(self, document: ClinicDocument) -> Document:
        """A file to download."""
        return Document(
            id=document.pk,
            title=document.title,
            filename=document.filename,
            size=document.file_size,
            content_type=mimetypes.guess_type(document.filename)[0] or "application/octet-stream",
            created_at=document.created_at,
            download_url=file_link(document.url, self.request),
        )
