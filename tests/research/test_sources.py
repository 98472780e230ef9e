"""Numbered sources of a page, and citations at the cursor of a rich text."""

from __future__ import annotations

import datetime
import json

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from django.template import Context, Template
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.models import ReferenceIndex
from wagtail.rich_text import RichText, expand_db_html

from pages.citations_in_text import citation_ids, entity_html
from pages.models import ConditionPage, ConditionQuestion
from pages.sources import SourceRegister
from research.models import Citation
from tests.research.builders import citation, condition_page, fact

pytestmark = pytest.mark.django_db


def _page() -> tuple[ConditionPage, Citation, Citation, Citation]:
    one, two, three = citation("one"), citation("two"), citation("three")
    page = condition_page(live=False)
    fact(page, "A fact", two)
    fact(page, "Another", two, one, one="contradicts")
    fact(page, "A draft", three, draft=True)
    page.how_it_may_work = f"<p>It may. {entity_html(three)}</p><p>Again {entity_html(two)}.</p>"
    page.body = json.dumps([{"type": "text", "value": f"<p>More {entity_html(one)}</p>"}])
    page.questions.add(ConditionQuestion(question="How?", answer=f"<p>So {entity_html(three)}</p>"))
    page.save()
    return ConditionPage.objects.get(pk=page.pk), one, two, three


def test_numbers_run_by_first_use_over_the_whole_page() -> None:
    page, one, two, three = _page()
    register = SourceRegister.for_page(page)
    assert [(source.number, source.citation) for source in register] == [(1, two), (2, one), (3, three)]
    first, second, draft = page.facts.all()
    assert [use.anchor for use in register.uses_of(first)] == ["cite-1-1"]
    assert [(use.number, use.anchor) for use in register.uses_of(second)] == [(1, "cite-1-2"), (2, "cite-2-1")]
    assert register.uses_of(draft) == []
    assert "contradicts" in register.uses_of(second)[1].label
    html = register.render(page.how_it_may_work)
    assert '<sup class="cite" id="cite-3-1"><a href="#source-3" aria-label="Source 3">3</a></sup>' in html
    assert 'id="cite-1-3"' in html
    assert "may.<sup" in html  # the number stands close to its word
    anchors = [use.anchor for source in register for use in source.uses]
    assert len(anchors) == len(set(anchors))


def test_the_order_of_a_page_type_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    page, one, two, three = _page()
    monkeypatch.setattr(ConditionPage, "source_order", ("how_it_may_work", "facts"), raising=False)
    assert [source.citation for source in SourceRegister.for_page(page)] == [three, two, one]


def test_evidence_is_numbered_last_and_an_entry_that_is_known_keeps_its_number() -> None:
    page, one, _two, _three = _page()
    four = citation("four")
    register = SourceRegister.for_page(page, {"evidence": [four, one]})
    assert register.number_of(four) == 4
    assert register.number_of(one) == 2
    assert [use.anchor for use in register.uses_of(four)] == ["cite-4-1"]


def test_the_number_of_queries_does_not_grow() -> None:
    page, *_rest = _page()

    def count() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        fresh = ConditionPage.objects.get(pk=page.pk)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            SourceRegister.for_page(fresh)
        return len(queries)

    few = count()
    for number in range(30):
        fact(page, f"Fact {number}", citation(f"more-{number}"))
    page.save()
    assert count() == few <= 4  # facts, their sources, questions, citations


def test_unpublished_and_unknown_citations_leave_no_trace() -> None:
    page, one, _two, _three = _page()
    Citation.objects.filter(pk=one.pk).update(verified_on=None)
    page.how_it_may_work = (
        f'<p>So {entity_html(one)} and <a linktype="citation" id="99999">[X]</a> <a linktype="citation">[Y]</a>.</p>'
    )
    register = SourceRegister.for_page(page)
    assert register.number_of(one) is None
    html = register.render(page.how_it_may_work)
    assert html == "<p>So and.</p>"


def test_a_retracted_source_says_so_at_its_number_and_in_the_list() -> None:
    page, _one, two, _three = _page()
    Citation.objects.filter(pk=two.pk).update(
        status="retracted", status_date=datetime.date(2017, 8, 28), status_source="https://example.org/notice"
    )
    register = SourceRegister.for_page(page)
    text = Template('{% load pages_tags %}{% cite fact %}{% include "components/sources.html" %}').render(
        Context({"sources": register, "fact": page.facts.first()})
    )
    assert 'aria-label="Source 1, retracted"' in text
    assert "(retracted)" in text
    assert "<s>" in text and "Retracted 2017</strong>" in text and "https://example.org/notice" in text
    assert 'href="#cite-1-1"' in text and 'href="#cite-1-3"' in text


def test_a_preview_numbers_what_is_not_saved_yet() -> None:
    page, _one, _two, three = _page()
    fact(page, "Unsaved", three)
    register = SourceRegister.for_page(page.save_revision(clean=False).as_object())
    unsaved = next(item for item in page.facts.all() if item.statement == "Unsaved")
    assert len(register) == 3
    live = SourceRegister.for_page(page)
    assert [use.citation for use in live.uses_of(unsaved)] == [three]


def test_two_pages_rendered_at_once_do_not_share_numbers() -> None:
    page, _one, _two, three = _page()
    text = f"<p>{entity_html(three)}</p>"
    other = condition_page("ocd", live=False, how_it_may_work=text)
    here, there = SourceRegister.for_page(page), SourceRegister.for_page(other)
    assert ">3</a>" in here.render(page.how_it_may_work)
    assert ">1</a>" in there.render(text)
    assert ">3</a>" in here.render(page.how_it_may_work)


def test_without_a_page_a_citation_links_to_its_record_and_hides_what_is_not_public() -> None:
    public, draft = citation("public"), citation("draft", live=False)
    html = str(RichText(f"<p>{entity_html(public)} {entity_html(draft)}</p>"))
    assert 'href="/research/public/"' in html
    assert "draft/" not in html
    rendered = Template("{% load pages_tags %}{% cited text %}").render(
        Context({"text": RichText(entity_html(public))})
    )
    assert "/research/public/" in rendered
    assert expand_db_html('<a linktype="citation" id="x">y</a>') == "<a>y</a>"


def test_the_editor_reads_and_writes_the_same_html() -> None:
    one = citation("feder-2014-ptsd")
    html = f'<p data-block-key="abcde">Lower a day later. {entity_html(one)}</p>'
    converter = ContentstateConverter(features=["bold", "citation"])
    state = json.loads(converter.from_database_format(html))
    entity = next(iter(state["entityMap"].values()))
    assert entity["type"] == "CITATION" and entity["mutability"] == "IMMUTABLE"
    assert entity["data"]["key"] == "feder-2014-ptsd"
    assert converter.to_database_format(json.dumps(state)) == html
    missing = json.loads(converter.from_database_format('<p><a linktype="citation" id="999">[Gone]</a></p>'))
    assert next(iter(missing["entityMap"].values()))["data"] == {"id": "999", "missing": True}


def test_usage_sees_citations_in_claims_and_in_prose_and_refuses_deletion() -> None:
    page, one, two, three = _page()
    prose = citation("prose-only")
    page.regulatory_note = entity_html(prose)
    page.save()
    for used in (one, two, three, prose):
        references = ReferenceIndex.get_references_to(used)
        assert {reference.object_id for reference in references} == {str(page.pk)}
        with pytest.raises(ProtectedError, match="PTSD" if used == prose else "FactSource"), transaction.atomic():
            used.delete()
    assert citation_ids(page.how_it_may_work) == [three.pk, two.pk]
    page.delete()
    prose.delete()


def test_hostile_markup_in_a_record_is_never_executed() -> None:
    bad = citation("bad", title='<script>alert(1)</script>"><img src=x>', authors=[{"literal": "<b>Group</b>"}])
    page = condition_page(live=False)
    fact(page, "A fact", bad)
    page.how_it_may_work = entity_html(bad)
    page.save()
    text = Template('{% load pages_tags %}{% cited text %}{% include "components/sources.html" %}').render(
        Context({"sources": SourceRegister.for_page(page), "text": page.how_it_may_work})
    )
    assert "<script" not in text and "<img" not in text and "<b>" not in text
    assert "<b>" not in entity_html(bad)
