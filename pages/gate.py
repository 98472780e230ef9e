"""The publish gate: no page goes live with a statement that stands on nothing, or, unasked, on something doubtful.

The rules are plain functions on values, so that the editor's form, the model's last guard and the reports judge
alike. A claim needs at least one published, not retracted source that supports it (stance "supports" or "mixed").
A source that is overdue for review, under an expression of concern, superseded, or retracted beside others that
stand, raises a doubt: somebody must say once why the page may use it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from modelcluster.models import get_all_child_relations
from wagtail.models import Page

from pages.citations_in_text import citation_ids
from pages.citing import Claimed, prose_of
from pages.models.acknowledgement import EvidenceAcknowledgement
from pages.models.claims import SUPPORTING, AbstractClaim
from research.choices import Status
from research.models import Citation

Doubt = EvidenceAcknowledgement.Doubt


@dataclass(frozen=True)
class Statement:
    """A claim as the gate sees it. ``owner`` is whatever the caller wants back: a row or a form."""

    text: str
    sources: tuple[tuple[int, str], ...]
    owner: Any = None
    can_be_draft: bool = False


@dataclass(frozen=True)
class Block:
    """A statement that keeps the page from going live, and what to do about it."""

    statement: Statement
    reason: str

    @property
    def message(self) -> str:
        """The reason with the statement's own words."""
        text = self.statement.text
        return f"“{text[:90]}{'…' if len(text) > 90 else ''}”: {self.reason}"


@dataclass(frozen=True)
class DoubtfulSource:
    """A source that may be used only with a reason, and since when it has been in doubt (ISO date or empty)."""

    citation: Citation
    doubt: str
    since: str

    @property
    def message(self) -> str:
        """What is in doubt, in one sentence."""
        words = {
            Doubt.OVERDUE: _("“%(source)s” was due for review on %(since)s."),
            Doubt.CONCERN: _("“%(source)s” is under an expression of concern."),
            Doubt.SUPERSEDED: _("“%(source)s” has been superseded."),
            Doubt.RETRACTED: _("“%(source)s” is retracted."),
        }[Doubt(self.doubt)]
        since = date_format(datetime.date.fromisoformat(self.since)) if self.since else ""
        return words % {"source": self.citation.short_name, "since": since}

    @property
    def identity(self) -> tuple[int, str, str]:
        """What an acknowledgement must match."""
        return self.citation.pk, self.doubt, self.since


@dataclass
class Verdict:
    """What stands between a page and its readers."""

    blocks: list[Block] = field(default_factory=list)
    doubts: list[DoubtfulSource] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.blocks or self.doubts)

    def messages(self) -> list[str]:
        """Everything as sentences that say what to do."""
        lines = [block.message for block in self.blocks]
        if self.doubts:
            lines += [doubt.message for doubt in self.doubts]
            lines.append(_("Open the page in the editor and say under “Evidence” why it may still be used."))
        return lines


def judge(
    statements: Iterable[Statement], prose: Iterable[int], citations: Mapping[int, Citation], today: datetime.date
) -> Verdict:
    """The verdict on a page's public statements and on the citations in its prose. Pure."""
    verdict = Verdict()
    used: dict[int, None] = {}
    for statement in statements:
        known = [(citations[pk], stance) for pk, stance in statement.sources if pk in citations]
        used |= dict.fromkeys(citation.pk for citation, _stance in known)
        if reason := why_unsupported(known, can_be_draft=statement.can_be_draft):
            verdict.blocks.append(Block(statement, reason))
    used |= dict.fromkeys(pk for pk in prose if pk in citations)
    for pk in used:
        if doubt := doubt_about(citations[pk], today):
            verdict.doubts.append(doubt)
    return verdict


def why_unsupported(sources: Sequence[tuple[Citation, str]], *, can_be_draft: bool = False) -> str:
    """Why these sources do not carry a public statement; empty when they do. Pure."""
    way_out = _(" Add one that supports it, or mark the fact as a draft.") if can_be_draft else _(" Add one.")
    supporting = [citation for citation, stance in sources if stance in SUPPORTING]
    if not sources:
        return _("it has no source.") + way_out
    if not supporting:
        return _("none of its sources supports it.") + way_out
    if any(citation.stands for citation in supporting):
        return ""
    names = ", ".join(citation.short_name for citation in supporting)
    if all(citation.status == Status.RETRACTED for citation in supporting):
        return _("its only support, %(names)s, is retracted.") % {"names": names} + way_out
    return (
        _("its support (%(names)s) is not public: the record is a draft, not confirmed, withheld or retracted.")
        % {"names": names}
        + way_out
    )


def doubt_about(citation: Citation, today: datetime.date) -> DoubtfulSource | None:
    """What is doubtful about a public source, the gravest first. Pure."""
    if not citation.is_published:
        return None  # a reader never sees it
    since = citation.status_date.isoformat() if citation.status_date else ""
    by_status = {
        Status.RETRACTED: Doubt.RETRACTED,
        Status.CONCERN: Doubt.CONCERN,
        Status.SUPERSEDED: Doubt.SUPERSEDED,
    }
    if doubt := by_status.get(Status(citation.status)):
        return DoubtfulSource(citation, doubt, since)
    if citation.next_review and citation.next_review < today:
        return DoubtfulSource(citation, Doubt.OVERDUE, citation.next_review.isoformat())
    return None


def verdict_on(page: Page) -> Verdict:
    """The verdict on a page as it is held in memory: live, draft or revision. Acknowledged doubts are left out."""
    return verdict_of_parts(page, statements_of(page), [pk for html in prose_of(page) for pk in citation_ids(html)])


def verdict_of_parts(page: Page, statements: Sequence[Statement], prose: Sequence[int]) -> Verdict:
    """The verdict on statements and prose of a page that may not be saved yet: two queries."""
    wanted = {pk for statement in statements for pk, _stance in statement.sources} | set(prose)
    citations = Citation.objects.in_bulk(wanted)
    verdict = judge(statements, prose, citations, timezone.localdate())
    if verdict.doubts and page.pk:
        rows = EvidenceAcknowledgement.objects.filter(page_id=page.pk)
        known = set(rows.values_list("citation_id", "doubt", "since"))
        verdict.doubts = [doubt for doubt in verdict.doubts if doubt.identity not in known]
    return verdict


def statements_of(page: Page) -> list[Statement]:
    """The page's public claims with their sources."""
    found: list[Statement] = []
    for relation in get_all_child_relations(page):
        if not issubclass(relation.related_model, AbstractClaim):
            continue
        for claim in getattr(page, relation.get_accessor_name()).all():
            if not getattr(claim, "draft", False):
                found.append(statement_of(claim))
    return found


def statement_of(claim: Any) -> Statement:
    """A claim row as a statement."""
    sources = [Claimed.by(claim, row) for row in claim.sources.all() if row.citation_id]
    return Statement(
        claim.statement,
        tuple((source.citation_id, source.stance) for source in sources),
        owner=claim,
        can_be_draft=hasattr(claim, "draft"),
    )


def acknowledge(page: Page, doubts: Iterable[DoubtfulSource], reason: str, user: User | None) -> None:
    """Remember why a page may use doubtful sources. The page's history shows it; nobody is asked again."""
    from wagtail.log_actions import log

    named: list[str] = []
    for doubt in doubts:
        _row, created = EvidenceAcknowledgement.objects.get_or_create(
            page_id=page.pk,
            citation=doubt.citation,
            doubt=doubt.doubt,
            since=doubt.since,
            defaults={"reason": reason, "by": user},
        )
        if created:
            named.append(doubt.message)
    if named:
        log(
            instance=page,
            action="pages.acknowledge_evidence",
            user=user,
            data={"reason": reason, "sources": named},
        )
