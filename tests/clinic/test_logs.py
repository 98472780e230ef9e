"""Log lines hold allow-listed fields alone: never what somebody wrote into a form."""

import json
import logging
import sys

import pytest
from django.test import Client

from clinic.logs import JsonFormatter

ANSWER = "my answer that nobody may read"


def line_for_exception() -> dict:
    try:
        answer = ANSWER
        raise ValueError(answer)
    except ValueError:
        record = logging.LogRecord("forms", logging.ERROR, __file__, 1, "It %s", ("failed",), sys.exc_info())
        record.answer = ANSWER
        record.submission = "R-123"
        return json.loads(JsonFormatter().format(record))


def test_an_exception_is_told_without_its_text() -> None:
    line = line_for_exception()
    assert ANSWER not in json.dumps(line)
    assert line["exception"] == "builtins.ValueError"
    assert line["frames"] == [
        f"tests/clinic/test_logs.py:{line_for_exception.__code__.co_firstlineno + 3} line_for_exception"
    ]
    assert (line["message"], line["level"], line["submission"]) == ("It failed", "error", "R-123")


@pytest.mark.django_db
def test_a_crash_of_a_view_leaves_no_answer_in_the_log(client: Client, monkeypatch, caplog) -> None:
    def crash(request, *args, **kwargs):
        raise RuntimeError(request.POST["answer"])

    monkeypatch.setattr("clinic.urls.urlpatterns", [])
    from django.urls import path

    module = type(sys)("crashing_urls")
    module.urlpatterns = [path("crash/", crash)]
    module.handler500 = "pages.views.server_error"
    monkeypatch.setitem(sys.modules, "crashing_urls", module)
    client.raise_request_exception = False
    from django.test import override_settings

    with override_settings(ROOT_URLCONF="crashing_urls"):
        response = client.post("/crash/", {"answer": ANSWER})
    assert response.status_code == 500
    assert ANSWER not in response.content.decode()
    lines = [JsonFormatter().format(record) for record in caplog.records]
    assert any("Internal Server Error: /crash/" in line for line in lines)
    assert all(ANSWER not in line for line in lines)


def test_no_logger_mails_reports(settings) -> None:
    assert all("Email" not in handler.get("class", "") for handler in settings.LOGGING["handlers"].values())
    assert settings.LOGGING["loggers"]["django"]["propagate"] is False
