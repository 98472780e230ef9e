"""Reports that the library can answer by itself: doubtful sources in use, duplicates, dead links, care, gaps."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import CharField, Count, Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from research.choices import RESEARCH_KINDS, Status
from research.importing.matching import title_key
from research.models import Citation, CitationCheck, CitationTopic, Topic
from research.models.citations import NAMING
from research.reports.base import Described, Report, Row, register_report

SOON = datetime.timedelta(days=30)
SMALL = (*NAMING, "title", "doi", "pmid", "status", "next_review", "verified_on", "live")


def alerts() -> Described:
    """Records about which a check found a notice that nobody has acted on yet."""

    def describe(check: CitationCheck) -> Row:
        return Row(
            str(check.citation),
            check.detail or str(check.get_state_display()),
            _("%(source)s, %(date)s") % {"source": check.source, "date": date_format(check.checked_at.date())},
            check.citation,
        )

    found = CitationCheck.objects.filter(
        kind=CitationCheck.Kind.RETRACTION, state=CitationCheck.State.PROBLEM, citation__status=Status.CURRENT
    )
    return Described(found.select_related("citation").order_by("-checked_at"), describe)


def duplicates() -> Iterator[Row]:
    """Records that may be one work twice: the same title, whatever its spelling, in the same year or without one."""
    groups: dict[str, list[tuple[int, int | None]]] = defaultdict(list)
    for pk, title, year in Citation.objects.order_by("key").values_list("pk", "title", "issued_year"):
        groups[title_key(title)].append((pk, year))
    alike: list[list[int]] = []
    for plain, same in groups.items():
        years = {year for _pk, year in same if year}
        if plain and len(same) > 1 and len(years) < len(same):
            alike.append([pk for pk, _year in same])
    records = Citation.objects.only(*SMALL).in_bulk([pk for pks in alike for pk in pks])
    for pks in alike:
        for pk in pks:
            others = ", ".join(records[other].key for other in pks if other != pk)
            yield Row(
                str(records[pk]),
                _("Same title as %(others)s. Keep one, or say under “Relations” how they differ.") % {"others": others},
                records[pk].key,
                records[pk],
            )


def dead_links() -> Described:
    """Addresses that are gone, silent for long or moved for good. Could-not-ask is no dead link, nor is one failure."""

    def describe(check: CitationCheck) -> Row:
        problem = _("%(what)s: %(detail)s (checked %(date)s)") % {
            "what": check.get_kind_display(),
            "detail": check.detail or check.get_state_display(),
            "date": date_format(check.checked_at.date()),
        }
        if check.failing_since:
            since = {"date": date_format(check.failing_since.date()), "count": check.failures}
            problem += " " + _("It has failed since %(date)s, %(count)d times in a row.") % since
        if copy := check.archived_copy():
            problem += " " + _("Archived copy: %(url)s") % {"url": copy}
        return Row(str(check.citation), problem, check.web_address(), check.citation)

    checks = CitationCheck.objects.to_put_right().select_related("citation")
    return Described(checks.order_by("citation__key", "kind"), describe)


def care() -> Described:
    """Records whose identity nobody has confirmed, and records whose review is due within thirty days or overdue."""
    today = timezone.localdate()

    def describe(citation: Citation) -> Row:
        problems: list[str] = []
        if citation.verified_on is None:
            problems.append(_("Nobody has confirmed it: check it against its source."))
        if citation.next_review and citation.next_review < today:
            problems.append(_("Review overdue since %(date)s.") % {"date": date_format(citation.next_review)})
        elif citation.next_review and citation.next_review <= today + SOON:
            problems.append(_("Review due on %(date)s.") % {"date": date_format(citation.next_review)})
        if citation.live:
            place = _("Public") if citation.verified_on else _("Published, not shown yet")
        else:
            place = _("Draft")
        return Row(str(citation), " ".join(problems), place, citation)

    waiting = Citation.objects.filter(Q(verified_on__isnull=True) | Q(next_review__lte=today + SOON))
    return Described(waiting.only(*SMALL).order_by("verified_on", "next_review", "key"), describe)


def bare_topics() -> Iterator[Row]:
    """Topics under which no public research is filed, sub-topics counted for their condition."""
    public = Citation.objects.published().filter(kind__in=RESEARCH_KINDS).values("pk")
    links = CitationTopic.objects.order_by().filter(citation__in=public).values_list("topic")
    held = dict(links.annotate(held=Count("pk")))
    rows = list(Topic.objects.in_tree_order().select_related("parent"))
    below: dict[int, int] = defaultdict(int)
    for topic in rows:
        if topic.parent_id:
            below[topic.parent_id] += held.get(topic.pk, 0)
    for topic in rows:
        if not held.get(topic.pk) and not below[topic.pk]:
            yield Row(
                str(topic),
                _("No public research is filed under it. File some, or say on its page that there is none."),
                topic.slug,
                topic,
            )


def doubtful_in_use() -> Iterable[Row]:
    """Retracted, questioned and superseded records that anything uses, in a statement or in prose."""
    from wagtail.models import ReferenceIndex

    from research.usage import usage_of

    doubtful = [Status.RETRACTED, Status.CONCERN, Status.SUPERSEDED]
    used = ReferenceIndex.objects.filter(
        to_content_type=ReferenceIndex._get_base_content_type(Citation),
        to_object_id=OuterRef("key_as_text"),
    )
    found = Citation.objects.filter(status__in=doubtful).annotate(key_as_text=Cast("pk", CharField()))
    for citation in found.filter(Exists(used)).order_by("status", "key"):
        uses = [usage for usage in usage_of(citation) if not isinstance(usage.instance, Citation)]
        for usage in uses:
            yield Row(
                f"{usage.kind}: {usage.title}",
                _("Uses %(source)s, which is marked “%(status)s”.")
                % {"source": citation.short_name, "status": citation.get_status_display()},
                "; ".join(usage.places) or (_("In a draft") if usage.draft else ""),
                usage.instance,
                also=citation,
            )


register_report(
    Report(
        "doubtful-sources",
        gettext_lazy("Retracted and questioned sources in use"),
        gettext_lazy("Pages that use a work that is retracted, under an expression of concern or superseded."),
        doubtful_in_use,
        gettext_lazy("No page uses such a source."),
        alarming=True,
    )
)
register_report(
    Report(
        "alerts",
        gettext_lazy("Notices found by a check"),
        gettext_lazy("A check found a notice about these records. Read it, and set the record’s status."),
        alerts,
        gettext_lazy("No check has found a notice that waits for you."),
        alarming=True,
    )
)
register_report(
    Report(
        "care",
        gettext_lazy("To confirm or review"),
        gettext_lazy("Records that nobody has confirmed, and records whose review is due or overdue."),
        care,
        gettext_lazy("Every record is confirmed and reviewed."),
        everyday_for="research.change_citation",
    )
)
register_report(
    Report(
        "duplicates",
        gettext_lazy("Possible duplicates"),
        gettext_lazy("Records that may describe one work twice."),
        duplicates,
        gettext_lazy("No two records look alike."),
    )
)
register_report(
    Report(
        "dead-links",
        gettext_lazy("Dead links"),
        gettext_lazy(
            "Web addresses and DOIs that were gone at two looks or more, have been silent for two weeks, or moved."
        ),
        dead_links,
        gettext_lazy("No dead link is known. Links are checked by the command check_citations."),
    )
)
register_report(
    Report(
        "topics-without-research",
        gettext_lazy("Topics without research"),
        gettext_lazy("Conditions and sub-topics for which the library holds nothing that counts as evidence."),
        bare_topics,
        gettext_lazy("Every topic has research."),
    )
)


def summary(count: int) -> str:
    """The number of rows in words."""
    return ngettext("%(count)d thing waits", "%(count)d things wait", count) % {"count": count}
