"""Look-ups against a server that answers as Crossref, PubMed and OpenAlex document, and as a broken world does."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from research.lookup import Found, NotFound, Unavailable, is_on, look_up
from research.lookup import fetch as fetching
from research.lookup.client import ask
from research.lookup.fetch import FetchError, Policy, RefusedError, fetch, is_public
from research.lookup.services import check_lookups, service
from research.retractions import verdict
from tests.research.outer_world import Answer, World, outer_world

DOI, PMID = "10.1017/s1461145711000629", "21557878"

CROSSREF: dict[str, Any] = {
    "status": "ok", "message-type": "work", "message-version": "1.0.0",
    "message": {
        "DOI": "10.1017/S1461145711000629", "type": "journal-article", "publisher": "Oxford University Press (OUP)",
        "title": ["A preliminary <i>naturalistic</i> study of low-dose ketamine"], "subtitle": [],
        "container-title": ["The International Journal of Neuropsychopharmacology"],
        "short-container-title": ["Int. J. Neuropsychopharm."],
        "author": [{"given": "Gregory Luke", "family": "Larkin", "sequence": "first", "affiliation": []},
                   {"name": "ED Group", "sequence": "additional"}],
        "issued": {"date-parts": [[2011, 5, 4]]}, "published-print": {"date-parts": [[2011, 9]]},
        "volume": "14", "issue": "08", "page": "1127-1131", "ISSN": ["1461-1457", "1469-5111"], "language": "en",
        "updated-by": [
            {"updated": {"date-parts": [[2017, 8, 25]], "timestamp": 1503619200000}, "DOI": "10.1093/ijnp/pyx062",
             "type": "retraction", "label": "Retraction", "source": "retraction-watch", "record-id": "15777"},
            {"updated": {"date-parts": [[2012, 1, 1]]}, "DOI": "10.1/x", "type": "new_version", "label": "New version"},
        ],
    },
}  # fmt: skip
OPENALEX: dict[str, Any] = {
    "id": "https://openalex.org/W2", "title": "A preliminary naturalistic study", "type": "article", "language": "en",
    "ids": {"doi": f"https://doi.org/{DOI}", "pmid": f"https://pubmed.ncbi.nlm.nih.gov/{PMID}"},
    "publication_date": "2011-05-04", "is_retracted": True, "open_access": {"is_oa": True, "oa_status": "bronze"},
    "authorships": [{"author": {"display_name": "Gregory Luke Larkin"}}, {"author": {"display_name": "Madonna"}}],
    "primary_location": {"source": {"display_name": "IJNP", "issn_l": "1461-1457", "host_organization_name": "OUP"}},
    "biblio": {"volume": "14", "issue": "08", "first_page": "1127", "last_page": "1131"},
}  # fmt: skip
MEDLINE = f"""
PMID- {PMID}
DP  - 2011 Sep
TI  - A preliminary naturalistic study.
FAU - Larkin, Gregory Luke
AID - 10.1017/S1461145711000629 [doi]
PT  - Journal Article
PT  - Retracted Publication
RIN - Int J Neuropsychopharmacol. 2017 Oct 1;20(10):883.
"""


@pytest.fixture
def world() -> Iterator[World]:
    with outer_world() as world:
        yield world


@pytest.fixture
def on(world: World, settings: Any) -> World:
    """All three services, at the local server."""
    settings.RESEARCH_LOOKUPS = {
        name: {
            "base_url": f"{world.url}/{name}",
            "contact": "library@clinic.example",
            "timeout": 0.5,
            "max_bytes": 20_000,
        }
        for name in ("crossref", "pubmed", "openalex")
    }
    world.says(f"/crossref/works/{DOI.replace('/', '%2F')}", json.dumps(CROSSREF))
    world.says(f"/openalex/works/doi:{DOI}", json.dumps(OPENALEX))
    world.says("/pubmed/esearch.fcgi", json.dumps({"esearchresult": {"count": "1", "idlist": [PMID]}}))
    world.says("/pubmed/efetch.fcgi", MEDLINE)
    return world


def only(settings: Any, name: str) -> None:
    settings.RESEARCH_LOOKUPS = {name: settings.RESEARCH_LOOKUPS[name]}


# Off unless configured


def test_no_socket_is_opened_while_look_ups_are_off(settings: Any) -> None:
    events: list[str] = []
    watching = True

    def hook(event: str, args: object) -> None:
        if watching and event.startswith("socket."):
            events.append(event)

    sys.addaudithook(hook)  # cannot be taken off again, so it is told to stop
    try:
        for off in ({}, None, {"crossref": {}}, {"crossref": {"contact": ""}}, {"made-up": {"contact": "a@b.c"}}):
            settings.RESEARCH_LOOKUPS = off
            assert look_up(DOI) == []
            assert look_up(PMID) == []
            assert not is_on()
    finally:
        watching = False
    assert events == []


def test_the_setting_is_off_by_default(settings: Any) -> None:
    assert not settings.RESEARCH_LOOKUPS


def test_a_wrong_setting_is_told_at_start_up(settings: Any) -> None:
    settings.RESEARCH_LOOKUPS = {"made-up": {}, "crossref": {}, "pubmed": {"contact": "a@b.c", "base_url": "ftp://x"}}
    assert [problem.id for problem in check_lookups(None)] == ["research.E001", "research.E002", "research.E003"]
    settings.RESEARCH_LOOKUPS = {"crossref": {"contact": "a@b.c"}}
    assert check_lookups(None) == []
    crossref = service("crossref")
    assert crossref and crossref.policy.hosts == {"api.crossref.org"} and crossref.policy.schemes == {"https"}


# Found


def test_found_by_doi_at_all_three(on: World) -> None:
    crossref, pubmed, openalex = look_up("https://doi.org/10.1017/S1461145711000629")
    assert isinstance(crossref, Found) and isinstance(pubmed, Found) and isinstance(openalex, Found)
    item = crossref.item
    assert item["title"] == "A preliminary naturalistic study of low-dose ketamine"
    assert item["author"] == [{"family": "Larkin", "given": "Gregory Luke"}, {"literal": "ED Group"}]
    assert (item["issued"], item["page"], item["type"]) == ({"date-parts": [[2011, 9]]}, "1127-1131", "article-journal")
    assert (item["DOI"], item["ISSN"]) == (DOI, "1461-1457")
    notice = verdict(crossref.notices)
    assert notice and (notice.state, notice.on) == ("retracted", date(2017, 8, 25))
    assert (notice.url, notice.source) == ("https://doi.org/10.1093/ijnp/pyx062", "Crossref (retraction-watch)")
    assert pubmed.item["title"] == "A preliminary naturalistic study"
    assert pubmed.notices[0].state == "retracted" and "2017" in pubmed.notices[0].reason
    assert openalex.item["custom"]["open_access"] is True
    assert openalex.item["author"] == [{"family": "Larkin", "given": "Gregory Luke"}, {"literal": "Madonna"}]
    assert openalex.notices[0].state == "retracted"


def test_services_are_asked_politely(on: World) -> None:
    look_up(DOI)
    for _method, path, headers in on.asked:
        assert "mailto:library@clinic.example" in headers["user-agent"]
        assert "library%40clinic.example" in path
        assert headers["host"] == on.host
    assert len(on.asked) == 4


def test_found_by_pmid(on: World) -> None:
    on.says(f"/openalex/works/pmid:{PMID}", json.dumps(OPENALEX))
    pubmed, openalex = look_up(f"PMID: {PMID}")
    assert isinstance(pubmed, Found) and pubmed.item["PMID"] == PMID
    assert isinstance(openalex, Found) and openalex.item["PMID"] == PMID


def test_what_is_neither_doi_nor_pmid_asks_nobody(on: World) -> None:
    with pytest.raises(ValueError, match="is neither"):
        look_up("Larkin 2011")
    assert on.asked == []


# Not found


def test_not_found(on: World) -> None:
    on.answers.clear()
    on.says("/pubmed/esearch.fcgi", json.dumps({"esearchresult": {"idlist": []}}))
    assert [type(result) for result in look_up(DOI)] == [NotFound, NotFound, NotFound]


@pytest.mark.parametrize("answer", ["\n", "id: 999 Error occurred: cannot get document summary", Answer(b"{}", 400)])
def test_pubmed_says_not_found_in_its_own_ways(on: World, settings: Any, answer: Any) -> None:
    only(settings, "pubmed")
    on.says("/pubmed/efetch.fcgi", answer)
    assert look_up("999999999") == [NotFound("PubMed")]


def test_a_doi_that_leads_to_another_paper_is_not_found(on: World, settings: Any) -> None:
    only(settings, "pubmed")
    on.says("/pubmed/efetch.fcgi", MEDLINE.replace("S1461145711000629", "S0000"))
    assert look_up(DOI) == [NotFound("PubMed")]


# Unavailable never reads as anything else


@pytest.mark.parametrize("name", ["crossref", "pubmed", "openalex"])
@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"", 500),
        Answer(b"", 403),
        Answer(b"not json or medline"),
        Answer(b"[]"),
        Answer(b'{"message": {"DOI": "10.1/other", "title": ["x"]}, "ids": {}}'),
        Answer(b'{"message": {"DOI": "' + DOI.encode() + b'"}}'),
        Answer(b"[" * 10_000),
        Answer(b"x" * 50_000),
        Answer(b"{}", delay=1.0),
        Answer(b"{" + b" " * 100, drip=0.05),
        Answer(raw=b"SSH-2.0-OpenSSH\r\n"),
        Answer(b"{}", headers={"Content-Length": "10"}),
        Answer(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}),
        Answer(b"", 302, {"Location": "http://127.0.0.1:1/elsewhere"}),
        Answer(b"", 302, {"Location": "file:///etc/passwd"}),
        Answer(b"", 429, {"Retry-After": "3600"}),
    ],
    ids=["500", "403", "prose", "list", "another", "empty", "deep", "oversize", "timeout", "drip", "ssh", "cut", "gzip",
         "off-list", "file", "429"],
)  # fmt: skip
def test_unavailable(on: World, settings: Any, name: str, answer: Answer) -> None:
    only(settings, name)
    for path in list(on.answers):
        on.says(path, answer)
    (result,) = look_up(DOI)
    assert isinstance(result, Unavailable)
    assert result.reason


def test_a_good_answer_that_is_too_large(on: World, settings: Any) -> None:
    only(settings, "crossref")
    on.says("/crossref/works/" + DOI.replace("/", "%2F"), json.dumps(CROSSREF) + " " * 30_000)
    (result,) = look_up(DOI)
    assert isinstance(result, Unavailable) and "larger than 20000 bytes" in result.reason


def test_a_server_that_is_not_there(settings: Any) -> None:
    settings.RESEARCH_LOOKUPS = {"crossref": {"base_url": "http://127.0.0.1:1", "contact": "a@b.c"}}
    (result,) = look_up(DOI)
    assert isinstance(result, Unavailable) and "does not answer" in result.reason


def test_a_redirect_within_the_list_is_followed(on: World, settings: Any) -> None:
    only(settings, "crossref")
    on.says("/crossref/works/" + DOI.replace("/", "%2F"), Answer(b"", 301, {"Location": "/moved"}))
    on.says("/moved", json.dumps(CROSSREF))
    assert isinstance(look_up(DOI)[0], Found)


def test_redirects_end(on: World) -> None:
    url = on.says("/loop", Answer(b"", 302, {"Location": "/loop"}))
    with pytest.raises(FetchError, match="more than 2 times"):
        fetch(url, Policy(frozenset({on.host}), max_redirects=2))
    assert len(on.asked) == 3


# A busy service


def test_a_busy_service_is_asked_again_after_the_pause_it_names(on: World) -> None:
    url = on.says("/busy", Answer(b"", 429, {"Retry-After": "2"}), Answer(b"", 503), Answer(b"{}"))
    crossref = service("crossref")
    pauses: list[float] = []
    assert crossref
    response = ask(crossref, url, wait=pauses.append)
    assert isinstance(response, fetching.Response)
    assert pauses == [2.0, 2.0]


def test_patience_ends(on: World) -> None:
    crossref = service("crossref")
    assert crossref
    pauses: list[float] = []
    answer = ask(crossref, on.says("/busy", Answer(b"", 429)), wait=pauses.append)
    assert isinstance(answer, Unavailable) and "busy" in answer.reason
    assert pauses == [1.0, 2.0]
    url = on.says("/later", Answer(b"", 429, {"Retry-After": "Wed, 21 Oct 2099 07:28:00 GMT"}))
    answer = ask(crossref, url, wait=pauses.append)
    assert isinstance(answer, Unavailable) and len(pauses) == 2


# Nothing private is reached


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::",
     "2001:db8::1", "ff02::1"],
)  # fmt: skip
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_public_addresses_are_public() -> None:
    assert is_public("93.184.216.34") and is_public("2606:2800:220:1:248:1893:25c8:1946")


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://0x7f.1/", "http://2130706433/", "http://example.org:22/",
     "ftp://example.org/", "file:///etc/passwd", "gopher://example.org", "http://user:pw@example.org/", "http:///x",
     "http://example.org/\r\nHost: x", "http://[::ffff:169.254.169.254]/", "javascript:alert(1)", "", "http://[bad"],
)  # fmt: skip
def test_what_the_policy_refuses(url: str) -> None:
    with pytest.raises(RefusedError):
        fetch(url, Policy(timeout=1))


def test_a_public_site_cannot_redirect_to_a_private_one(on: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first host stands for a public one; the second is this very machine."""
    secret = on.says("/secret", b"secret")
    url = on.says("/public", Answer(b"", 302, {"Location": f"http://localhost:{on.port}/secret"}))
    with pytest.raises(RefusedError, match="not on the list"):
        fetch(url, Policy(frozenset({on.host})))
    assert secret not in [path for _method, path, _headers in on.asked]
    assert len(on.asked) == 1


def test_the_name_is_resolved_once_and_the_checked_address_is_asked(on: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: a second answer would be private. There is no second question."""
    asked: list[str] = []

    def resolve(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(fetching.socket, "getaddrinfo", resolve)
    on.says("/", b"hello")
    name = f"rebind.example:{on.port}"
    assert fetch(f"http://{name}/", Policy(frozenset({name}))).body == b"hello"
    assert [host for host in asked if host == "rebind.example"] == ["rebind.example"]
    with pytest.raises(RefusedError, match="private network"):
        fetch("http://rebind.example/", Policy())
