"""Headers of every answer: where content may come from, who may frame it, what the device may be asked for."""

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db


def directives(policy: str) -> dict[str, list[str]]:
    """A content security policy by directive."""
    return {words[0]: words[1:] for words in (part.split() for part in policy.split(";")) if words}


def test_the_site_allows_nothing_inline_and_nothing_from_elsewhere(client: Client) -> None:
    policy = directives(client.get("/robots.txt").headers["Content-Security-Policy"])
    assert policy["default-src"] == ["'self'"]
    assert policy["object-src"] == ["'none'"]
    assert "'unsafe-inline'" not in str(policy)
    assert "'unsafe-eval'" not in str(policy)
    assert {source for sources in policy.values() for source in sources} == {"'self'", "'none'"}


def test_the_admin_asks_no_third_party_either(client: Client) -> None:
    response = client.get("/admin/login/")
    policy = directives(response.headers["Content-Security-Policy"])
    assert {source for sources in policy.values() for source in sources} <= {
        "'self'",
        "'none'",
        "'unsafe-inline'",
        "data:",
        "blob:",
    }


def test_the_other_headers(client: Client) -> None:
    headers = client.get("/robots.txt").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_a_foreign_host_name_is_refused(client: Client) -> None:
    assert client.get("/robots.txt", headers={"host": "evil.example"}).status_code == 400


def test_media_never_runs(client: Client, tmp_path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "page.svg").write_text("<svg onload='alert(1)'/>")
    response = client.get("/media/page.svg")
    assert response.status_code == 200
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get("/media/../manage.py").status_code in {400, 404}


def test_cookies_are_for_https_alone_in_production() -> None:
    from clinic.settings import base

    assert base.SESSION_COOKIE_SECURE and base.CSRF_COOKIE_SECURE and base.SECURE_SSL_REDIRECT
    assert base.SECURE_HSTS_SECONDS >= 365 * 24 * 3600
    assert settings.ROOT_URLCONF == base.ROOT_URLCONF


def test_the_browsers_language_changes_nothing(client: Client) -> None:
    """English at the root, whatever is asked for: caches need keep but one copy."""
    spanish, plain = (client.get("/nothing/", headers=headers) for headers in ({"accept-language": "es"}, {}))
    assert spanish.content == plain.content
    assert plain.headers["Content-Language"] == "en"
    assert "Accept-Language" not in plain.headers.get("Vary", "")
    assert client.get("/es/nothing/").headers["Content-Language"] == "es"


def test_browsers_keep_what_every_page_of_the_admin_waits_for(client: Client) -> None:
    words, icons = client.get("/admin/jsi18n/"), client.get("/admin/sprite/")
    assert words.headers["Cache-Control"] == "private, max-age=600"
    assert b"gettext" in words.content
    assert "immutable" in icons.headers["Cache-Control"] and b"<symbol" in icons.content
    # Everything else in the admin is never kept.
    assert "no-store" in client.get("/admin/login/").headers["Cache-Control"]
