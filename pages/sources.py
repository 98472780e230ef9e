"""Numbered sources of a page: computed once per page from first use, never typed and never stored.

A `SourceRegister` walks the page in the order in which visitors read it, numbers each published citation at its
first use and gives every use its own anchor, so that the reference list can link back to all of them. Templates
reach it as ``sources`` in their context and through the tags ``cite``, ``cite_work`` and ``cited``; nothing is kept
outside the request.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail.rich_text import RichText

from pages import page_links
from pages.citations_in_text import citation_ids, replace_citations
from pages.citing import Claimed, parts_of
from research.choices import Stance, Status
from research.models import Citation


@dataclass(frozen=True)
class Use:
    """One place of a page that stands on a source. ``anchor`` is the place's own id."""

    number: int
    anchor: str
    citation: Citation
    stance: str = ""
    locator: str = ""

    @property
    def retracted(self) -> bool:
        """Whether the source has been retracted."""
        return self.citation.status == Status.RETRACTED

    @property
    def label(self) -> str:
        """The link's name for people who listen: number, stance where it is not plain support, and state."""
        words = [_("Source %(number)d") % {"number": self.number}]
        if self.stance in (Stance.MIXED, Stance.CONTRADICTS):
            words.append(str(Stance(self.stance).label).lower())
        if self.citation.status not in (Status.CURRENT, Status.CORRECTED):
            words.append(str(Status(self.citation.status).label).lower())
        return ", ".join(words)

    def marker(self) -> SafeString:
        """The number as a link to the reference list, with the notice beside it when the source is retracted."""
        notice = format_html(' <span class="cite-notice">({})</span>', _("retracted")) if self.retracted else ""
        return format_html(
            '<sup class="cite" id="{}"><a href="#source-{}" aria-label="{}">{}</a></sup>{}',
            self.anchor,
            self.number,
            self.label,
            self.number,
            notice,
        )


@dataclass
class Source:
    """One entry of the reference list with all its uses."""

    number: int
    citation: Citation
    uses: list[Use] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """The entry's id."""
        return f"source-{self.number}"

    @property
    def retracted(self) -> bool:
        """Whether the source has been retracted."""
        return self.citation.status == Status.RETRACTED

    @property
    def address(self) -> str:
        """Where the work can be read; empty when the reference itself leads there or nothing is known."""
        return "" if self.citation.doi or shows_address(self.citation) else self.citation.url


def shows_address(citation: Citation) -> bool:
    """Whether the formatted reference spells out the work's web address."""
    return bool(citation.url) and escape(citation.url) in citation.ama_html


class SourceRegister:
    """The sources of one page, numbered by first use. Make one per rendering and pass it as ``sources``."""

    def __init__(self, parts: Sequence[Claimed | str | Citation], loaded: Mapping[int, Citation] | None = None) -> None:
        wanted: set[int] = set()
        known: dict[int, Citation] = {**(loaded or {})}
        linked: set[int] = set()
        for part in parts:
            if isinstance(part, str):
                wanted.update(citation_ids(part))
                linked |= page_links.page_ids(part)
            elif isinstance(part, Citation):
                known[part.pk] = part
            elif part.citation is not None:
                known[part.citation_id] = part.citation
            else:
                wanted.add(part.citation_id)
        if missing := wanted - known.keys():
            known |= Citation.by_pk(missing)
        self._addresses = page_links.addresses(linked) if linked else {}
        self._by_pk: dict[int, Source] = {}
        self._by_owner: dict[tuple[type, int], list[Use]] = defaultdict(list)
        self._by_text: dict[str, list[list[Use | None]]] = defaultdict(list)
        self._rendered: dict[str, int] = defaultdict(int)
        for part in parts:
            if isinstance(part, str):
                self._by_text[part].append([self._use(known.get(pk)) for pk in citation_ids(part)])
            elif isinstance(part, Citation):
                self._record(part, self._use(part))
            else:
                self._record(part.owner, self._use(known.get(part.citation_id), part.stance, part.locator))

    @classmethod
    def for_page(
        cls, page: Page, content: Mapping[str, Any] | None = None, loaded: Mapping[int, Citation] | None = None
    ) -> SourceRegister:
        """Number the page's claims and prose in reading order, and the evidence where it stands.

        ``content`` is what the template shows: rows in it are used as they are instead of being fetched again, and
        the citations under ``evidence`` are numbered too. ``loaded`` are citations that need not be fetched again.
        """
        return cls(parts_of(page, content or {}), loaded)

    @property
    def sources(self) -> list[Source]:
        """The reference list."""
        return list(self._by_pk.values())

    def __iter__(self) -> Iterator[Source]:
        return iter(self.sources)

    def __len__(self) -> int:
        return len(self._by_pk)

    def __bool__(self) -> bool:
        return bool(self._by_pk)

    def uses_of(self, owner: models.Model) -> list[Use]:
        """The numbered uses of a claim, of a row that has a citation, or of an evidence entry."""
        return self._by_owner.get(_identity(owner), [])

    def markers(self, owner: models.Model) -> SafeString:
        """The numbers that stand behind a claim."""
        return mark_safe("".join(use.marker() for use in self.uses_of(owner)))

    def number_of(self, citation: Citation) -> int | None:
        """The citation's number on this page, if it has one."""
        source = self._by_pk.get(citation.pk)
        return source.number if source else None

    def render(self, text: str | RichText) -> SafeString:
        """A rich text for reading, its citations as numbers. Unknown and unpublished ones leave no trace."""
        html = text.source if isinstance(text, RichText) else (text or "")
        runs = self._by_text.get(html, [])
        run = runs[self._rendered[html] % len(runs)] if runs else []
        self._rendered[html] += 1

        def number(pk: int | None, place: int) -> str:
            use = run[place] if place < len(run) else None
            return use.marker() if use else ""

        with page_links.known(self._addresses):
            return replace_citations(html, number)

    def _use(self, citation: Citation | None, stance: str = "", locator: str = "") -> Use | None:
        if citation is None or not citation.is_published:
            return None
        source = self._by_pk.setdefault(citation.pk, Source(len(self._by_pk) + 1, citation))
        use = Use(source.number, f"cite-{source.number}-{len(source.uses) + 1}", citation, stance, locator)
        source.uses.append(use)
        return use

    def _record(self, owner: models.Model, use: Use | None) -> None:
        if use is not None:
            self._by_owner[_identity(owner)].append(use)


def _identity(instance: models.Model) -> tuple[type, int]:
    """What tells a row from all others: its key, or itself while a preview has not saved it."""
    return type(instance), instance.pk or id(instance)
