"""Links to pages inside rich text: looked up together, one query for a whole page, and only if they lead somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import translation
from django.utils.html import escape
from wagtail.models import Page, Site
from wagtail.rich_text import LinkHandler, features
from wagtail.rich_text.rewriters import LinkRewriter

_book: ContextVar[Mapping[int, str] | None] = ContextVar("page_links", default=None)


def page_ids(html: str) -> set[int]:
    """Returns the ids of the pages that a rich text's database form links to."""
    if 'linktype="page"' not in html:
        return set()
    found: set[int] = set()

    def note(attributes: list[dict[str, str]]) -> list[str]:
        found.update(pk for attrs in attributes if (pk := _pk(attrs)) is not None)
        return ["<a>" for _attrs in attributes]

    others = {name: lambda attributes: ["<a>" for _attrs in attributes] for name in features.get_link_types()}
    LinkRewriter(bulk_rules=others | {"page": note})(html)
    return found


def addresses(pks: Iterable[int]) -> dict[int, str]:
    """Returns where each live page is, in the active language if it has been translated. One query, or two."""
    pages = list(Page.objects.filter(pk__in=set(pks), live=True))
    active = translation.get_language()
    if len({root.language_code for root in Site.get_site_root_paths()}) > 1:
        keys = [page.translation_key for page in pages]
        translated = Page.objects.filter(live=True, translation_key__in=keys, locale__language_code=active)
        by_key = {page.translation_key: page for page in translated}
        pairs = [(page.pk, by_key.get(page.translation_key, page)) for page in pages]
    else:
        pairs = [(page.pk, page) for page in pages]
    return {pk: url for pk, page in pairs if (url := page.get_url())}


@contextmanager
def known(book: Mapping[int, str]) -> Iterator[None]:
    """Inside, links are taken from `book` instead of being looked up one text at a time."""
    token = _book.set(book)
    try:
        yield
    finally:
        _book.reset(token)


class LivePageLinkHandler(LinkHandler):
    """A link to a page. One that is gone or not live leaves its words without a link (Wagtail's own leads to a 404)."""

    identifier = "page"

    @staticmethod
    def get_model() -> type[Page]:
        """The model behind the link."""
        return Page

    @classmethod
    def expand_db_attributes(cls, attrs: dict[str, str]) -> str:
        """One opening tag."""
        return cls.expand_db_attributes_many([attrs])[0]

    @classmethod
    def extract_references(cls, attrs: dict[str, str]) -> Iterator[tuple[type[Page], str, str, str]]:
        """What Wagtail's reference index keeps of the link."""
        yield Page, attrs["id"], "", ""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        """Opening tags, in order."""
        pks = [_pk(attrs) for attrs in attrs_list]
        book = _book.get()
        if book is None:
            book = addresses(pk for pk in pks if pk is not None)
        return [f'<a href="{escape(book[pk])}">' if pk is not None and pk in book else "<a>" for pk in pks]


def _pk(attrs: Mapping[str, str]) -> int | None:
    value = attrs.get("id", "")
    return int(value) if value.isdecimal() and len(value) < 19 else None
