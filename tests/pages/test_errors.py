"""Whatever a visitor's browser sends, the answer is a page that helps, and never a server error."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Collection, CollectionViewRestriction

from clinic.urls import urlpatterns as clinic_urls
from pages.models import ClinicDocument, StandardPage


def fails(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("A secret answer stands in this error.")


def forbids(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


urlpatterns = [path("fails/", fails), path("forbids/", forbids), *clinic_urls]
handler400 = "pages.views.bad_request"
handler500 = "pages.views.server_error"


pytestmark = pytest.mark.usefixtures("whole_site")


@pytest.fixture
def visitor() -> Client:
    """A browser: it gets the error page, where Django's test client would raise."""
    return Client(raise_request_exception=False)


def helps(response: Any) -> bool:
    """Whether a page has crisis help and a way on, and runs nothing."""
    body = response.content.decode()
    assert 'href="tel:988"' in body and 'href="tel:911"' in body
    assert "<script>" not in body and "style=" not in body and "onclick" not in body
    assert response["Content-Type"].startswith("text/html")
    assert "script-src" in response["Content-Security-Policy"] or "default-src" in response["Content-Security-Policy"]
    return True


PATHS = {
    "unknown": "/nothing/here/",
    "no slash": "/nothing",
    "NUL": "/a%00b/",
    "NUL below a page": "/conditions/%00/",
    "not UTF-8": "/%ff%fe/",
    "overlong": "/" + "a" * 8000 + "/",
    "deep": "/a" * 1000 + "/",
    "up and away": "/conditions/../../../../etc/passwd",
    "backslashes": "/..%5c..%5cwindows/",
    "emoji": "/" + quote("😀🏥") + "/",
    "right to left": "/" + quote("\u202eabc") + "/",
    "markup": "/" + quote("<script>alert(1)</script>") + "/",
    "template": "/{{7*7}}/%7B%25 now %25%7D/",
    "percent": "/%25s%25n/",
    "new line": "/a%0d%0aSet-Cookie:x=1/",
    "work that is not there": "/research/no-such-work/",
    "person who is not there": "/people/nobody/",
    "huge number": "/social/999999999999999999999999.png",
    "document not there": "/documents/999999/plan.pdf",
    "document's huge number": "/documents/999999999999999999999999/plan.pdf",
    "document's odd name": "/documents/1/" + quote("../../etc/passwd\x00"),
    "media": "/media/no/such.jpg",
    "media above": "/media/../../etc/passwd",
    "media NUL": "/media/%00.jpg",
    "media folder": "/media/",
    "theme": "/theme.%00.css",
    "other language": "/es/nothing/",
    "language that is not spoken": "/xx/conditions/",
    "admin neighbour": "/administrator/",
    "php": "/wp-login.php",
    "dotfile": "/.env",
}


# One test asks for many addresses: making the site anew for each would take minutes.
def test_addresses_that_lead_nowhere_help(visitor: Client) -> None:
    for name, address in PATHS.items():
        response = visitor.get(address, follow=True)
        assert response.status_code in {400, 404}, name
        assert helps(response), name
        body = response.content.decode()
        assert "<search>" in body or response.status_code == 400, name
        assert "<script>alert" not in body, name
        assert not response.cookies, name


QUERIES = {
    "overlong": "q=" + "a" * 10_000,
    "NUL": "q=%00&page=%00&kind=%00&topic=%00&year=%00&design=%00",
    "not UTF-8": "q=%ff&page=%ff&topic=%ff",
    "wrong types": "page=abc&year=abc&topic=999999999999999999999&kind[]=1&page=1e9",
    "huge page": "page=" + "9" * 400,
    "repeated": "&".join(f"topic={n}&page={n}" for n in range(400)),
    "operators": "q='+OR+1%3D1--&topic='&sort=-password&year__gt=1&user__password__startswith=a",
    "markup": "q=%3Cscript%3Ealert(1)%3C%2Fscript%3E&topic=%3Cscript%3E&year=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "right to left": "q=%E2%80%AE%D8%A7",
    "many names": "&".join(f"x{n}=1" for n in range(900)),
    "no value": "&&&=&==&q",
}
PLACES = ["/", "/conditions/", "/conditions/condition-0/", "/professionals/", "/research/", "/faq/", "/search/"]


@pytest.mark.parametrize("place", PLACES)
def test_hostile_queries_get_the_page_or_a_page_that_helps(visitor: Client, place: str) -> None:
    for name, query in QUERIES.items():
        response = visitor.get(f"{place}?{query}")
        assert response.status_code in {200, 400, 404}, name
        assert helps(response), name
        assert "<script>alert" not in response.content.decode(), name


METHODS = ("post", "put", "patch", "delete", "options", "head", "trace")


@pytest.mark.parametrize("method", METHODS)
def test_another_method_is_no_server_error(visitor: Client, method: str) -> None:
    for place in ("/", "/conditions/condition-0/", "/search/", "/sitemap.xml", "/robots.txt", "/no/"):
        assert getattr(visitor, method)(place).status_code < 500, place


HEADERS = [
    {"Accept-Language": "x" * 5000},
    {"Accept-Language": "\x00,*;q=abc"},
    {"Cookie": "sessionid=\x00; csrftoken=" + "x" * 4000},
    {"Referer": "javascript:alert(1)"},
    {"If-Modified-Since": "yesterday", "If-None-Match": '"' + "x" * 4000},
    {"Range": "bytes=9-1,99999999999-"},
    {"X-Forwarded-For": "'; DROP TABLE", "X-Forwarded-Proto": "gopher"},
    {"X-Slide": "1"},
    {"Accept": "application/json"},
]


def test_odd_headers_are_no_server_error(visitor: Client) -> None:
    for headers in HEADERS:
        assert visitor.get("/conditions/condition-0/", headers=headers).status_code in {200, 400}, headers
        assert visitor.get("/no-such-page/", headers=headers).status_code in {404, 400}, headers


def test_a_foreign_host_is_refused(visitor: Client) -> None:
    response = visitor.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()


# --- When it is our fault ---------------------------------------------------------------------------------------


@pytest.mark.urls(__name__)
def test_a_server_error_says_what_to_do_and_tells_nothing(visitor: Client) -> None:
    response = visitor.get("/fails/")
    assert response.status_code == 500
    assert helps(response)
    body = response.content.decode()
    assert "760-555-0142" in body
    assert "secret answer" not in body and "Traceback" not in body
    assert not response.cookies


@pytest.mark.urls(__name__)
def test_a_server_error_has_crisis_help_when_even_the_database_is_gone(visitor: Client) -> None:
    def gone(*_arguments: Any) -> None:
        raise OperationalError("The database does not answer.")

    with connection.execute_wrapper(gone):
        for address in ("/fails/", "/conditions/condition-0/", "/no-such-page/", "/search/?q=pain"):
            response = visitor.get(address)
            assert response.status_code == 500
            assert helps(response)


@pytest.mark.urls(__name__)
def test_a_server_error_says_whom_to_call_even_without_the_database(visitor: Client) -> None:
    assert visitor.get("/conditions/condition-0/").status_code == 200

    def gone(*_arguments: Any) -> None:
        raise OperationalError("The database does not answer.")

    with connection.execute_wrapper(gone):
        assert "760-555-0142" in visitor.get("/fails/").content.decode()


@pytest.mark.urls(__name__)
def test_a_page_that_is_not_open_says_so(visitor: Client) -> None:
    response = visitor.get("/forbids/")
    assert response.status_code == 403
    assert helps(response)


def test_a_form_without_its_token_says_what_to_do() -> None:
    response = Client(enforce_csrf_checks=True).post("/conditions/condition-0/", {"x": "1"})
    assert response.status_code in {403, 405}
    if response.status_code == 403:
        assert helps(response)


# --- Redirects --------------------------------------------------------------------------------------------------


def test_redirects_work(visitor: Client) -> None:
    faq = StandardPage.objects.get(slug="faq")
    Redirect.add_redirect("/old-questions", redirect_to=faq, is_permanent=True)
    Redirect.add_redirect("/old-campaign?from=letter", redirect_to="/conditions/", is_permanent=False)
    response = visitor.get("/old-questions/")
    assert (response.status_code, response["Location"]) == (301, "/faq/")
    assert visitor.get("/old-questions/?utm_source=x").status_code == 301
    response = visitor.get("/old-campaign/?from=letter")
    assert (response.status_code, response["Location"]) == (302, "/conditions/")


def test_a_redirect_to_a_page_that_is_gone_is_a_helpful_404(visitor: Client) -> None:
    faq = StandardPage.objects.get(slug="faq")
    Redirect.add_redirect("/old-questions", redirect_to=faq)
    faq.unpublish()
    response = visitor.get("/old-questions/", follow=True)
    assert response.status_code == 404
    assert helps(response)


# --- Documents --------------------------------------------------------------------------------------------------


def document(name: str = "plan.pdf", data: bytes = b"%PDF-1.7") -> ClinicDocument:
    made: ClinicDocument = ClinicDocument.objects.create(title="Plan", file=ContentFile(data, name=name))
    return made


def test_a_document_leaves_as_an_attachment_that_cannot_run(visitor: Client) -> None:
    for name in ("plan.pdf", "page.html", "drawing.svg", "Plán “x”.pdf"):
        made = document(name, b"<html><script>alert(1)</script></html>")
        response = visitor.get(made.url)
        assert response.status_code == 200
        assert response["Content-Disposition"].startswith("attachment")
        assert response["Content-Security-Policy"] == "default-src 'none'"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert not response.cookies


def test_a_document_whose_file_is_gone_is_a_helpful_404(visitor: Client) -> None:
    made = document()
    made.file.storage.delete(made.file.name)
    response = visitor.get(made.url)
    assert response.status_code == 404
    assert helps(response)


def test_a_document_is_not_reachable_beside_its_view(visitor: Client) -> None:
    made = document()
    assert visitor.get(f"/media/{made.file.name}").status_code == 404


def test_a_document_of_a_closed_collection_is_closed(visitor: Client) -> None:
    closed = Collection.get_first_root_node().add_child(name="Closed")
    CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
    made = document()
    made.collection = closed
    made.save()
    response = visitor.get(made.url)
    assert response.status_code == 302 and "/login/" in response["Location"]
