"""Do addresses and DOIs still lead where they should? Against a real server; one failure is no proof."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.chores import CHORES
from pages.models import ResearchPage
from research.checking.links import LinkChecker, check_link
from research.lookup.fetch import Policy
from research.models import Citation, CitationCheck
from research.reports import REPORTS
from tests.research.builders import citation, home_page
from tests.research.outer_world import Answer, World, outer_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any) -> Iterator[World]:
    with outer_world() as world:
        settings.RESEARCH_LINK_CHECKS = {
            "hosts": [world.host],
            "timeout": 0.5,
            "doi_resolver": f"{world.url}/doi/",
        }
        yield world


def check(citation: Citation, kind: str = "link") -> CitationCheck:
    return CitationCheck.objects.get(citation=citation, kind=kind)


def run(*arguments: str) -> None:
    call_command("check_citations", "--links", "--pause", "0", *arguments)


def wait(**time: Any) -> None:
    """Let so much time go by for every check."""
    for check in CitationCheck.objects.all():
        check.checked_at -= timedelta(**time)
        check.failing_since = check.failing_since and check.failing_since - timedelta(**time)
        check.save()


def dead() -> list[Any]:
    return [row.fix for row in REPORTS["dead-links"].rows()]


@pytest.mark.parametrize(
    ("answer", "state", "works", "words"),
    [
        (Answer(b"hello"), "fine", True, ""),
        (Answer(b"", 404), "problem", False, "gone (status 404)"),
        (Answer(b"", 410), "problem", False, "gone"),
        (Answer(b"", 400), "problem", False, "status 400"),
        (Answer(b"", 401), "unavailable", None, "does not let a program look"),
        (Answer(b"", 403), "unavailable", None, "does not let a program look"),
        (Answer(b"", 429), "unavailable", None, "does not let a program look"),
        (Answer(b"", 999), "unavailable", None, "does not let a program look"),
        (Answer(b"", 503, {"Server": "cloudflare"}), "unavailable", None, "does not let a program look"),
        (Answer(b"", 503), "unavailable", False, "out of order (status 503)"),
        (Answer(b"", delay=1), "unavailable", False, "no answer"),
        (Answer(raw=b"nonsense"), "unavailable", False, "not HTTP"),
        (Answer(b"x" * 200_000), "fine", True, ""),
        (Answer(b"", 301, {"Location": "/new"}), "moved", True, "Moved for good to"),
        (Answer(b"", 301, {"Location": "/paper/"}), "fine", True, ""),
        (Answer(b"", 302, {"Location": "/new"}), "fine", True, ""),
        (Answer(b"", 302, {"Location": "/"}), "problem", False, "home page"),
        (
            Answer(b"", 302, {"Location": "http://169.254.169.254/latest/meta-data"}),
            "problem",
            False,
            "not on the list",
        ),
    ],
)
def test_what_one_look_says(world: World, answer: Answer, state: str, works: bool | None, words: str) -> None:
    for path in ("/new", "/paper/", "/"):
        world.says(path, b"here")
    outcome = check_link(world.says("/paper", answer), Policy(frozenset([world.host]), timeout=0.5))
    assert (outcome.state, outcome.works, words in outcome.detail) == (state, works, True), outcome
    assert outcome.source == "127.0.0.1"


@pytest.mark.parametrize("head", [Answer(b"", 405), Answer(b"", 404), Answer(b"", delay=1), Answer(raw=b"?")])
def test_a_site_that_only_knows_get(world: World, head: Answer) -> None:
    one = citation(url=world.says("/paper", head, Answer(b"page")))
    run()
    assert check(one).state == "fine"
    assert [method for method, _path, _headers in world.asked] == ["HEAD", "GET"]


def test_a_busy_site_is_left_alone_for_the_rest_of_the_run(world: World) -> None:
    busy = [citation(f"c{number}", url=world.says(f"/{number}", Answer(b"", 429))) for number in range(3)]
    run()
    assert [path for _method, path, _headers in world.asked] == ["/0"]  # once, without a second try by GET
    assert [check.citation for check in CitationCheck.objects.all()] == busy[:1]
    for number in range(3):
        world.says(f"/{number}", b"fine")
    run()
    assert [path for _method, path, _headers in world.asked[1:]] == ["/1", "/2"]


def test_questions_to_one_host_keep_a_distance(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []  # the server's own, of 0 seconds, among them
    monkeypatch.setattr("research.checking.links.time.sleep", pauses.append)
    checker = LinkChecker(Policy(frozenset([world.host])), pause=600)
    for number, place in enumerate([world.url, world.url, "http://elsewhere.example", world.url]):
        world.says(f"/{number}", b"x")
        checker.check(citation(f"c{number}", url=f"{place}/{number}"), "link")
    assert len(asked := [pause for pause in pauses if pause]) == 2 and all(300 < pause <= 600 for pause in asked)


def test_private_addresses_are_never_asked(world: World, settings: Any) -> None:
    settings.RESEARCH_LINK_CHECKS = {"timeout": 0.5}
    one = citation(url=world.says("/secret", b"secret"), archive_url="http://localhost/x")
    run()
    assert (check(one).state, check(one, "archive").state) == ("problem", "problem")
    assert world.asked == []


def test_a_run_goes_on_where_the_last_one_stopped(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(4):
        citation(f"c{number}", url=world.says(f"/{number}", b"x"))
    run("--limit", "3")
    assert CitationCheck.objects.count() == 3
    run()
    assert CitationCheck.objects.count() == 4
    assert len(world.asked) == 4
    run()
    assert len(world.asked) == 4
    wait(days=8)
    run()
    assert len(world.asked) == 8
    out = capsys.readouterr().out
    assert "3 of 3" in out and "Web address: 4 checked: 4 fine." in out


# Several looks


def test_a_page_is_gone_when_it_was_gone_twice_and_not_before(world: World) -> None:
    one = citation(url=world.says("/paper", Answer(b"", 404)))
    run()
    run("--max-age", "0")
    assert check(one).failures == 2 and dead() == []  # minutes apart is one outage
    wait(hours=25)
    assert dead() == [one]
    wait(days=8)
    world.says("/paper", b"back again")
    run()
    assert (check(one).state, check(one).failures, dead()) == ("fine", 0, [])


def test_a_first_failure_is_looked_at_again_the_next_day(world: World) -> None:
    one, _fine = citation("one", url=world.says("/1", Answer(b"", 404))), citation("two", url=world.says("/2", b"x"))
    run()
    asked = len(world.asked)
    wait(hours=25)
    run()
    assert {path for _method, path, _headers in world.asked[asked:]} == {"/1"}
    assert dead() == [one]


def test_a_site_is_dead_when_it_was_silent_for_two_weeks(world: World) -> None:
    one = citation(url=world.says("/paper", Answer(b"", 500)))
    for days in (1, 8, 8):
        run()
        assert dead() == []
        wait(days=days)
    assert dead() == [one]


def test_a_site_that_turns_programs_away_is_not_dead_however_often(world: World) -> None:
    one = citation(url=world.says("/paper", Answer(b"", 403)))
    for _week in range(5):
        run()
        wait(days=8)
    assert dead() == [] and check(one).failures == 0


def test_a_site_that_cannot_be_asked_does_not_take_back_what_was_seen(world: World) -> None:
    one = citation(url=world.says("/paper", *[Answer(b"", 404)] * 4, Answer(b"", 403)))
    for _look in range(3):
        run()
        wait(days=8)
    assert dead() == [one] and check(one).failures == 2


def test_another_address_begins_anew(world: World) -> None:
    one = citation(url=world.says("/old", Answer(b"", 404)))
    for _look in range(2):
        run()
        wait(days=2)
    assert dead() == [one]
    one.url = world.says("/new", Answer(b"", 404))
    one.save()
    assert dead() == []
    run()  # due at once, though the last check is young
    assert (check(one).address, check(one).failures) == (one.url, 1)


def test_what_moved_for_good_is_told_with_its_new_address(world: World) -> None:
    world.says("/new", b"here")
    one = citation(url=world.says("/old", Answer(b"", 301, {"Location": "/new"})))
    run()
    (row,) = REPORTS["dead-links"].rows()
    assert (row.fix, row.place) == (one, one.url) and f"{world.url}/new" in row.problem


# DOIs


def test_a_doi_is_asked_of_its_resolver_alone(world: World) -> None:
    world.says("/doi/10.1000/wall", Answer(b"", 302, {"Location": "/wall"}))
    world.says("/wall", Answer(b"", 403))
    wall, typo = citation("wall", doi="10.1000/wall"), citation("typo", doi="10.1000/typo")
    busy = citation("busy", doi="10.1000/zzz")
    world.says("/doi/10.1000/zzz", Answer(b"", 500))
    run()
    assert [check(one, "doi").state for one in (wall, typo, busy)] == ["fine", "problem", "unavailable"]
    assert "/wall" not in [path for _method, path, _headers in world.asked]
    assert "doi.org does not know it" in check(typo, "doi").detail
    wait(days=1)
    run()
    (row,) = REPORTS["dead-links"].rows()
    assert (row.fix, row.place) == (typo, "https://doi.org/10.1000/typo")


# What a person sees


@pytest.fixture
def gone(world: World) -> Citation:
    one = citation("gone", url=world.says("/gone", Answer(b"", 404)), accessed=date(2024, 5, 6))
    for _look in range(2):
        run()
        wait(days=2)
    return one


def test_a_copy_is_offered_of_what_is_gone(gone: Citation, client: Client, clinician: User) -> None:
    address = reverse(Citation.snippet_viewset.get_url_name("edit"), args=[gone.pk])
    copy = f"https://web.archive.org/web/20240506/{gone.url}"
    assert f'href="{copy}"' in client.get(address).content.decode()
    (row,) = REPORTS["dead-links"].rows()
    assert copy in row.problem and "2 times in a row" in row.problem
    Citation.objects.filter(pk=gone.pk).update(archive_url="https://archive.example/kept")
    assert 'href="https://archive.example/kept"' in client.get(address).content.decode()
    (row,) = REPORTS["dead-links"].rows()
    assert "https://archive.example/kept" in row.problem


def test_visitors_are_told_and_led_to_the_copy(gone: Citation, client: Client) -> None:
    home_page().add_child(instance=ResearchPage(title="Research", slug="research", summary="What stands behind it."))
    words = "did not answer when we last looked"
    assert words in client.get("/research/gone/").content.decode()
    CitationCheck.objects.update(failures=1)
    assert words not in client.get("/research/gone/").content.decode()


# From the worker


def test_the_worker_asks_of_one_record_at_a_time_if_the_site_is_set_to(world: World, settings: Any) -> None:
    (chore,) = (chore for chore in CHORES if chore.name == "check_citations")
    for key in ("one", "two"):
        citation(key, url=world.says(f"/{key}", b"hello"))
    chore.do()
    assert world.asked == []  # off unless set
    settings.RESEARCH_CHECK_DAYS = 7
    chore.do()
    assert [path for _method, path, _headers in world.asked] == ["/one"]
    chore.do()
    chore.do()
    assert [path for _method, path, _headers in world.asked] == ["/one", "/two"]  # then nothing is due
    CitationCheck.objects.update(checked_at=timezone.now() - timedelta(days=8))
    chore.do()
    assert len(world.asked) == 3
