"""What is kept of the library holds until the library changes, in whatever way, and not a moment longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from clinic.api.topics import citation_counts
from pages.glance import Evidence, evidence_on
from pages.research_catalogue import Catalogue, catalogue
from research.edition import at_hand, forget_at_hand, forget_traces, kept
from research.models import Citation, CitationRelation, CitationTopic, LibraryChange, Topic
from tests.research.builders import citation, topic

pytestmark = pytest.mark.django_db
State = tuple[Evidence, dict[int, int], Catalogue]


@pytest.fixture(autouse=True)
def library() -> Iterator[None]:
    """Trials of depression, its sub-topic and pain, one not public, two of them of the same people."""
    topic("pain")
    parent = topic("depression")
    topic("postpartum", parent=parent)
    citation("one", topics={"depression": "benefit"}, issued_year=2011, sample_size=10)
    citation("two", topics={"depression": "harm", "pain": "mixed"}, issued_year=2012, sample_size=20)
    citation("three", topics={"postpartum": "benefit"}, issued_year=2013, sample_size=40)
    citation("four", topics={"depression": "benefit"}, issued_year=2010, sample_size=5)
    citation("other", topics={"pain": "benefit"}, issued_year=2014)
    citation("hidden", topics={"depression": "benefit"}, live=False)
    same_trial("four").save()
    yield
    cache.clear()


def now() -> State:
    """What is said of depression, how much is filed where, and what the research page is made of."""
    return evidence_on([topic("depression").pk]), kept("counts", citation_counts), catalogue()


def fresh() -> State:
    """The same from the records themselves."""
    cache.clear()
    forget_at_hand()
    return now()


def one() -> Citation:
    return Citation.objects.get(key="one")


def link(key: str = "one") -> CitationTopic:
    return CitationTopic.objects.get(citation__key=key, topic__slug="depression")


def save(record: Any, only: list[str] | None = None, **values: Any) -> None:
    for name, value in values.items():
        setattr(record, name, value)
    record.save(update_fields=only)


def same_trial(other: str = "two") -> CitationRelation:
    return CitationRelation(citation=one(), related=Citation.objects.get(key=other), kind="same-trial")


def filed() -> CitationTopic:
    return CitationTopic(citation=Citation.objects.get(key="other"), topic=topic("depression"))


def publish_hidden() -> None:
    Citation.objects.get(key="hidden").save_revision().publish()


def file_with_record(record: Citation) -> None:
    record.topics.add(CitationTopic(topic=topic("depression")))
    record.save()


def in_bulk(record: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(record, name, value)
    type(record).objects.bulk_update([record], list(values))


def upsert(record: Citation) -> None:
    record.study_design = "cohort"
    Citation.objects.bulk_create([record], update_conflicts=True, unique_fields=["id"], update_fields=["study_design"])


CHANGES: dict[str, Callable[[], Any]] = {
    "retracted": lambda: save(one(), status="retracted", status_date="2026-01-01"),
    "withheld": lambda: save(one(), withheld=True),
    "withheld, one column": lambda: save(one(), only=["withheld"], withheld=True),
    "unpublished": lambda: one().unpublish(),
    "no longer verified": lambda: save(one(), verified_on=None),
    "published": lambda: publish_hidden(),
    "deleted": lambda: one().delete(),
    "several deleted": lambda: Citation.objects.filter(key="one").delete(),
    "another kind": lambda: save(one(), kind="news"),
    "another year": lambda: save(one(), issued_year=2020),
    "another size": lambda: save(one(), sample_size=11),
    "by an update": lambda: Citation.objects.filter(key="one").update(withheld=True),
    "by a bulk update": lambda: in_bulk(one(), species="animal"),
    "by an upsert": lambda: upsert(one()),
    "filed": lambda: CitationTopic.objects.create(
        citation=Citation.objects.get(key="other"), topic=topic("depression")
    ),
    "filed in bulk": lambda: CitationTopic.objects.bulk_create(
        [CitationTopic(citation=Citation.objects.get(key="other"), topic=topic("depression"))]
    ),
    "filed with the record": lambda: file_with_record(Citation.objects.get(key="other")),
    "taken out": lambda: link().delete(),
    "all taken out": lambda: CitationTopic.objects.all().delete(),
    "another finding": lambda: save(link(), finding="mixed"),
    "another finding by an update": lambda: CitationTopic.objects.filter(pk=link().pk).update(finding="mixed"),
    "joined with another trial": lambda: same_trial().save(),
    "joined in bulk": lambda: CitationRelation.objects.bulk_create([same_trial()]),
    "parted again": lambda: CitationRelation.objects.filter(related__key="four").delete(),
    "a topic moved": lambda: save(topic("postpartum"), parent=topic("pain")),
    "a topic moved by an update": lambda: Topic.objects.filter(slug="postpartum").update(parent=None),
    "a new record": lambda: citation("new", topics={"depression": "mixed"}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_is_seen_at_once(change: Callable[[], Any]) -> None:
    before = now()
    assert now() == before
    change()
    after = now()
    assert after != before
    assert after == fresh()


def test_nothing_is_worked_out_twice_in_one_edition() -> None:
    wanted = [topic("depression").pk]
    evidence_on(wanted)
    with CaptureQueriesContext(connection) as asked:
        evidence_on(wanted)
    assert len(asked) == 1, "the edition alone"
    catalogue()
    with CaptureQueriesContext(connection) as asked:
        catalogue()
    assert len(asked) == 1, "the edition alone"


def test_processes_share_what_is_kept_through_the_cache() -> None:
    wanted = [topic("depression").pk]
    evidence_on(wanted)
    forget_at_hand()  # as another process
    with CaptureQueriesContext(connection) as asked:
        evidence_on(wanted)
    assert len(asked) == 1, "the edition alone"


def test_drafts_and_locks_make_no_edition() -> None:
    record = one()
    traces = LibraryChange.objects.count()
    record.headline = "A draft of a headline"
    record.save_revision()
    Citation.objects.filter(pk=record.pk).update(locked=True)
    assert LibraryChange.objects.count() == traces


def test_what_was_seen_of_a_change_that_is_rolled_back_is_forgotten() -> None:
    before = now()
    try:
        with transaction.atomic():
            one().delete()
            assert now() != before
            raise RuntimeError
    except RuntimeError:
        pass
    assert now() == before
    with transaction.atomic():
        save(one(), withheld=True)
    assert now() == fresh() != before


@pytest.mark.parametrize("keep", [kept, at_hand])
def test_who_kept_what_was_read_before_a_change_keeps_it_from_nobody(keep: Callable[..., Any]) -> None:
    """One reads the old rows; another one writes; only then the first puts away what it made of them."""
    wanted = [topic("depression").pk]

    def overtaken() -> Any:
        old = citation_counts()
        save(one(), withheld=True)
        return old

    old = keep("overtaken", overtaken)
    assert old[wanted[0]] == 4
    assert keep("overtaken", citation_counts)[wanted[0]] == 3
    forget_at_hand()  # as another process
    assert keep("overtaken", citation_counts)[wanted[0]] == 3


def test_an_emptied_cache_and_a_process_that_begins_say_the_same() -> None:
    save(one(), status="retracted", status_date="2026-01-01")
    after = now()
    cache.clear()
    assert now() == after
    forget_at_hand()
    assert now() == after


def test_traces_are_forgotten() -> None:
    before = now()
    assert forget_traces() > 1
    assert LibraryChange.objects.count() == 1
    assert forget_traces() == 0
    assert now() == before
    one().delete()
    assert now() == fresh() != before


def test_no_edition_comes_back_with_what_was_kept_under_it() -> None:
    """A long import changes records, others come between and are forgotten, and only then it ends."""
    Citation.objects.filter(key="two").update(sample_size=21)
    forget_traces()
    before = now()
    newest = LibraryChange.objects.get()
    LibraryChange.objects.filter(pk=newest.pk).update(id=newest.pk + 100)
    models.QuerySet(Citation).filter(key="one").update(withheld=True)
    LibraryChange.objects.create(pk=newest.pk)
    forget_traces()
    assert now() == fresh() != before


def test_a_library_without_a_trace_is_asked_each_time() -> None:
    LibraryChange.objects.all().delete()
    answers = iter([1, 2])
    assert [kept("anything", lambda: next(answers)) for _ in range(2)] == [1, 2]
    answers = iter([1, 2])
    assert [at_hand("anything", lambda: next(answers)) for _ in range(2)] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_a_change_leaves_its_trace_or_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that ends between the two would leave a retraction unseen."""

    def ends(**kwargs: Any) -> None:
        raise SystemExit

    before = now()
    monkeypatch.setattr(LibraryChange.objects, "create", ends)
    for name, change in CHANGES.items():
        with pytest.raises(SystemExit):
            change()
        assert now() == before == fresh(), name


def test_a_lost_cache_costs_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    before = now()
    monkeypatch.setattr("research.edition.cache", Lost())
    forget_at_hand()
    assert now() == before


class Lost:
    """A cache whose server is gone, and which says so."""

    def get(self, *args: Any) -> Any:
        raise ConnectionError

    set = get
