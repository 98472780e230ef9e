"""HTTP done right: problem documents, validators, caching, methods, media types, cross-origin requests."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import brotli
import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from clinic.api import firstgiven, throttle
from clinic.api.instance import document
from research.retractions import Notice
from research.status import take_notice
from tests.api.asking import problem
from tests.api.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
CONDITION = "/api/v3/conditions/ptsd/"


@pytest.mark.parametrize(
    "path",
    [
        *("no-such-thing/", "no-such-thing", "conditions/none/", "pages/999999/", "pages/find/?html_path=/none/"),
        *("research/citations/none/", "research/topics/none/", "images/1/", "documents/1/", "conditions/%00/", "a.b"),
    ],
)
def test_what_is_not_there_is_a_problem_document(world: World, client: Client, path: str) -> None:
    problem(client.get(f"/api/v3/{path}"), 404)


def test_methods_that_an_address_does_not_take_are_named(world: World, client: Client) -> None:
    response = client.post(CONDITION)
    problem(response, 405)
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    problem(client.generic("BREW", CONDITION), 405)


def test_options_names_the_methods(world: World, client: Client) -> None:
    response = client.options(CONDITION)
    assert response.status_code == 204
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert response.content == b"" and "Content-Type" not in response


def test_every_address_of_the_document_has_the_same_manners(world: World, client: Client) -> None:
    values = {"page_id": world.ptsd.pk, "slug": "ptsd", "key": "feder-2014-ptsd"}
    paths = document()["paths"]
    assert len(paths) > 40
    for template, methods in paths.items():
        path = re.sub(r"\{(\w+)\}", lambda match: str(values.get(match[1], 1)), template)
        taken = {method.upper() for method in methods} | {"OPTIONS"} | ({"HEAD"} if "get" in methods else set())
        options = client.options(path)
        assert (options.status_code, {*options["Allow"].split(", ")}) == (204, taken), path
        problem(client.generic("BREW", path), 405)
        if "get" not in methods:
            continue
        got, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (got.status_code, b""), path
        if got.status_code >= 400:
            problem(got, got.status_code)
        elif "private" not in got["Cache-Control"]:
            assert got["Vary"].lower() == "accept-encoding, authorization, origin", path
            assert client.get(path, headers={"If-None-Match": got["ETag"]}).status_code == 304, path
        asked = client.get(f"{path}?no-such-parameter=1")
        assert asked.status_code in {401, 422}, path
        problem(asked, asked.status_code)
        other = client.get(path, headers={"Accept": "image/png"})
        assert other.status_code in {401, 406, 422}, path
        problem(other, other.status_code)


def test_head_is_get_without_the_body(world: World, client: Client) -> None:
    got, head = client.get(CONDITION), client.head(CONDITION)
    assert head.status_code == 200
    assert head.content == b""
    assert head["Content-Length"] == str(len(got.content))
    assert head["ETag"] == got["ETag"]


def test_other_media_types_are_refused(world: World, client: Client) -> None:
    problem(client.get(CONDITION, headers={"Accept": "text/html"}), 406)
    assert client.get(CONDITION, headers={"Accept": "text/html, */*;q=0.1"}).status_code == 200


def test_a_slash_at_the_end_makes_no_difference(world: World, client: Client) -> None:
    assert client.get("/api/v3/conditions/ptsd").json() == client.get(CONDITION).json()


def test_what_the_client_has_is_not_sent_again(world: World, client: Client) -> None:
    first = client.get(CONDITION)
    again = client.get(CONDITION, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == first["Cache-Control"]
    world.ptsd.summary = "Another summary."
    world.ptsd.save_revision().publish()
    changed = client.get(CONDITION, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["Last-Modified"]
    assert client.get(CONDITION, headers={"If-Modified-Since": changed["Last-Modified"]}).status_code == 304
    head = client.head(CONDITION, headers={"If-None-Match": changed["ETag"]})
    assert head.status_code == 304


def test_who_asks_by_date_learns_that_a_source_was_retracted(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hour = [1_790_000_000]
    monkeypatch.setattr(firstgiven.time, "time", lambda: hour[0])
    first = client.get(CONDITION)
    assert first.json()["references"][0]["stands"] is True
    hour[0] += 60
    asked = {"If-Modified-Since": first["Last-Modified"]}
    again = client.get(CONDITION, headers=asked)
    assert (again.status_code, again["Last-Modified"]) == (304, first["Last-Modified"])
    take_notice(world.trial, Notice("retracted", url="https://journal.example/retraction"))
    hour[0] += 60
    told = client.get(CONDITION, headers=asked)
    assert told.status_code == 200
    assert told.json()["references"][0]["stands"] is False
    assert client.get(CONDITION, headers={"If-Modified-Since": told["Last-Modified"]}).status_code == 304


def test_who_asks_by_date_is_told_though_the_clock_was_set_back_and_nobody_remembers(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_790_000_000]
    monkeypatch.setattr(firstgiven.time, "time", lambda: now[0])
    asked = {"If-Modified-Since": client.get(CONDITION)["Last-Modified"]}
    take_notice(world.trial, Notice("retracted", url="https://journal.example/retraction"))
    now[0] -= 600
    cache.clear()
    assert client.get(CONDITION).json()["references"][0]["stands"] is False
    assert client.get(CONDITION, headers=asked).status_code == 200


def test_anonymous_answers_may_be_kept_by_all_and_no_others(world: World, client: Client) -> None:
    response = client.get(CONDITION)
    assert response["Cache-Control"] == "public, max-age=60, stale-while-revalidate=600"
    assert sorted(response["Vary"].lower().split(", ")) == ["accept-encoding", "authorization", "origin"]
    assert client.get("/api/v3/conditions/none/")["Cache-Control"] == "no-store"
    refused = client.get("/api/v3/pages/", headers={"Authorization": "Bearer nonsense"})
    problem(refused, 401)
    assert refused["Cache-Control"] == "no-store"
    assert refused["WWW-Authenticate"].startswith("Bearer")


def test_cookies_and_browser_languages_do_not_matter(world: World, client: Client) -> None:
    plain = client.get(CONDITION)
    session = client.session
    session["passed_page_view_restrictions"] = list(range(1, 20))
    session.save()
    other = client.get(CONDITION, headers={"Accept-Language": "es"})
    assert other.content == plain.content
    assert other["Vary"] == plain["Vary"]
    assert not other.cookies
    assert client.get(f"/api/v3/pages/{world.private.pk}/").status_code == 404


def test_answers_are_compressed_as_the_client_likes(world: World, client: Client) -> None:
    plain = client.get(CONDITION).content
    with_brotli = client.get(CONDITION, headers={"Accept-Encoding": "gzip, br"})
    assert with_brotli["Content-Encoding"] == "br"
    assert brotli.decompress(with_brotli.content) == plain
    assert with_brotli["Content-Length"] == str(len(with_brotli.content))
    with_gzip = client.get(CONDITION, headers={"Accept-Encoding": "gzip, br;q=0"})
    assert gzip.decompress(with_gzip.content) == plain


def test_a_large_body_is_refused_before_it_is_read(world: World, client: Client, settings: Settings) -> None:
    settings.API_MAX_BODY = 100
    problem(client.post("/api/v3/pages/", b"{}" * 100, content_type="application/json"), 413)


def test_who_reads_too_often_is_told_when_to_go_on(world: World, client: Client, settings: Settings) -> None:
    settings.API_READS_PER_MINUTE = 3
    throttle.local.clear()
    answers = [client.get(CONDITION, REMOTE_ADDR="192.0.2.1") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    problem(answers[-1], 429)
    assert 1 <= int(answers[-1]["Retry-After"]) <= throttle.WINDOW + 1
    assert answers[-1]["Cache-Control"] == "no-store"
    assert client.get(CONDITION, REMOTE_ADDR="192.0.2.2").status_code == 200
    assert client.options(CONDITION, REMOTE_ADDR="192.0.2.1").status_code == 204
    assert client.post("/api/v3/pages/", REMOTE_ADDR="192.0.2.1").status_code == 429


def test_who_changes_addresses_within_their_own_network_is_counted_as_one(
    world: World, client: Client, settings: Settings
) -> None:
    settings.API_READS_PER_MINUTE = 3
    throttle.local.clear()
    answers = [client.get(CONDITION, REMOTE_ADDR=f"2001:db8:1:2::{n:x}") for n in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert client.get(CONDITION, REMOTE_ADDR="2001:db8:1:3::1").status_code == 200


def test_case_8_a_lost_cache_takes_the_limit_neither_away_nor_to_nothing(
    world: World, client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError

    settings.API_READS_PER_MINUTE = 3
    throttle.local.clear()
    monkeypatch.setattr("clinic.api.throttle.cache.add", away)
    answers = [client.get(CONDITION, REMOTE_ADDR="192.0.2.3") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]


def test_only_named_origins_read_across_origins(world: World, client: Client, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://www.clinic.example"]
    ours = client.get(CONDITION, headers={"Origin": "https://www.clinic.example"})
    assert ours["Access-Control-Allow-Origin"] == "https://www.clinic.example"
    assert "Access-Control-Allow-Credentials" not in ours
    theirs = client.get(CONDITION, headers={"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Origin" not in theirs
    preflight = client.options(
        CONDITION, headers={"Origin": "https://www.clinic.example", "Access-Control-Request-Method": "GET"}
    )
    assert preflight.status_code == 200
    assert preflight["Access-Control-Allow-Origin"] == "https://www.clinic.example"


def test_a_mistake_of_ours_is_a_problem_document_too(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clinic.api.routers.conditions.page_detail", lambda page, request: {"id": "not a number"})
    client.raise_request_exception = False
    document = problem(client.get(CONDITION), 500)
    assert "not a number" not in json.dumps(document)


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=101", "limit=x", "offset=-1", "offset=99999999999999999999", "limit=1&limit=x"),
        *("order=sideways", "type=nonsense", "child_of=99999999999999999999", "search=a%00b", "locale=%00"),
    ],
)
def test_bad_parameters_are_refused_in_words(world: World, client: Client, query: str) -> None:
    document = problem(client.get(f"/api/v3/pages/?{query}"), 422)
    assert document["errors"][0]["msg"]
    assert document["detail"].endswith("The errors say what and where.")


def test_errors_lead_to_parameters_by_the_names_they_were_sent_under(world: World, client: Client) -> None:
    response = client.get("/api/v3/research/citations/?expand=csl&expand=nonsense&limit=0")
    errors = problem(response, 422)["errors"]
    assert sorted(error["loc"] for error in errors) == [["query", "expand", 1], ["query", "limit"]]
