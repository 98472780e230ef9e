"""The page of one citation, at ``/research/<key>/`` beside the research page."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.models import Site

from pages.frame import Link
from pages.models import ConditionPage, ResearchPage
from research.formats.highwire import meta_tags
from research.formats.schema_org import json_ld
from research.formatting import FormattedCitation
from research.models import Citation, CitationCheck, CitationRelation


def research_page_for(request: HttpRequest) -> ResearchPage | None:
    """The live, public research page of the site being visited."""
    site = Site.find_for_request(request)
    if site is None:
        return None
    pages = ResearchPage.objects.live().public().filter(path__startswith=site.root_page.path)
    found: ResearchPage | None = pages.first()
    return found


@require_safe
def citation_page(request: HttpRequest, key: str) -> HttpResponse:
    """What the record says, in plain words and for machines. Drafts, unconfirmed and withheld records are 404."""
    page = research_page_for(request)
    citation = Citation.objects.published().with_topics().filter(key=key).first()
    if page is None or citation is None:
        raise Http404
    parent = Link(page.title, page.get_url(request) or "")
    return render(request, "research/citation.html", {"parent": parent, **citation_context(request, citation)})


def citation_context(request: HttpRequest, citation: Citation) -> dict[str, object]:
    """What the template of one citation shows. The reference is the one that was formatted when it was saved."""
    item = citation.to_csl()
    address = request.build_absolute_uri(reverse("research_citation", args=[citation.key]))
    links = list(citation.topics.all())
    topics = [link.topic_id for link in links] + [link.topic.parent_id for link in links if link.topic.parent_id]
    conditions = ConditionPage.objects.live().public().filter(topics__in=topics).distinct().only("title", "url_path")
    return {
        "citation": citation,
        "formatted": FormattedCitation(citation.ama_html, citation.ama_text),
        "links": links,
        "relations": _relations(citation),
        "conditions": conditions,
        "silent": {check.kind for check in citation.checks.to_put_right() if check.state != CitationCheck.State.MOVED},
        "highwire": meta_tags(item),
        "address": address,
        "work": json_ld(item, address),
    }


def _relations(citation: Citation) -> list[tuple[str, Citation]]:
    """Public records that this one relates to, either way round, each with words for the relation."""
    found: list[tuple[str, Citation]] = []
    if citation.successor and citation.successor.is_published:
        found.append((str(Citation._meta.get_field("successor").verbose_name).capitalize(), citation.successor))
    if not citation.pk:
        return found
    for relation in citation.relations.all():
        if relation.related.is_published and relation.related_id != citation.successor_id:
            found.append((relation.get_kind_display(), relation.related))
    for relation in CitationRelation.objects.filter(related=citation).select_related("citation"):
        if relation.citation.is_published and relation.citation_id != citation.successor_id:
            found.append((CitationRelation.reverse_label(relation.kind), relation.citation))
    return found
