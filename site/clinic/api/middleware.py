"""ApiMiddleware: HTTP done right for everything under /api/, whichever view answers."""

from __future__ import annotations

import gzip
import hashlib
from http import HTTPStatus

import brotli
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from clinic.api.firstgiven import first_given
from clinic.api.problems import is_problem, problem, sentence
from clinic.api.throttle import refusal

API_PREFIX = "/api/"
V3_PREFIX = "/api/v3/"
#: Shorter bodies do not get smaller on the wire.
WORTH_COMPRESSING = 500
COMPRESSIBLE = ("application/", "text/")


class ApiMiddleware(MiddlewareMixin):
    """Before the view: no cookies, no language from the browser, HEAD and OPTIONS, size, how often.
    After it: problem documents instead of HTML, validators with 304, caching rules, compression, and a Vary that names
    what the answer depends on.

    Stands before every middleware that looks at cookies or languages, so that none of them can matter to an answer.
    """

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        """Takes away what must not matter, and refuses what no view should have to read."""
        if not request.path_info.startswith(API_PREFIX):
            return None
        request.META.pop("HTTP_COOKIE", None)
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        request.api_method = request.method  # type: ignore[attr-defined]
        if request.method == "HEAD":
            request.method = "GET"
        if not request.path_info.endswith("/") and "." not in request.path_info.rpartition("/")[2]:
            request.path_info += "/"
            request.path += "/"
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return problem(400, "The Content-Length header is not a number.")
        files = request.META.get("CONTENT_TYPE", "").startswith("multipart/")
        limit = settings.API_MAX_UPLOAD if files else settings.API_MAX_BODY
        if length > limit:
            return problem(413, f"The request is larger than {limit} bytes. Send less.")
        if "\x00" in request.path_info:
            return problem(404)
        return refusal(request) if request.method != "OPTIONS" else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answers what views outside the operations raise, before a whole HTML page is made of it."""
        if isinstance(exception, Http404) and request.path_info.startswith(V3_PREFIX):
            return problem(404)
        return None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Gives the answer its final form."""
        if not request.path_info.startswith(API_PREFIX):
            return response
        method = getattr(request, "api_method", request.method)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response = self._allow(request, response, method)
        if response.status_code >= 400 and request.path_info.startswith(V3_PREFIX) and not is_problem(response):
            response = self._as_problem(response)
        elif response.status_code >= 400 and response.get("Content-Type", "").startswith("text/html"):
            response = JsonResponse({"message": sentence(response.status_code)}, status=response.status_code)
        response.cookies.clear()
        _set_caching(request, response)
        if isinstance(response, HttpResponse) and response.status_code == HTTPStatus.OK and method in {"GET", "HEAD"}:
            response = _validate(request, response)
        if method == "HEAD" and response.streaming:
            response.close()
            response = HttpResponse(status=response.status_code, headers=dict(response.items()))
        if isinstance(response, HttpResponse):
            _compress(request, response)
            if not response.has_header("Content-Length") and response.status_code not in {204, 304}:
                response["Content-Length"] = str(len(response.content))
            if method == "HEAD":
                response.content = b""
        return response

    @staticmethod
    def _allow(request: HttpRequest, response: HttpResponseBase, method: str | None) -> HttpResponseBase:
        allowed = {name.strip() for name in response.get("Allow", "").split(",") if name.strip()}
        allowed |= {"OPTIONS", "HEAD"} if "GET" in allowed else {"OPTIONS"}
        headers = {"Allow": ", ".join(sorted(allowed))}
        if method == "OPTIONS":
            response = HttpResponse(status=204, headers=headers)
            del response["Content-Type"]  # of nothing
            return response
        return problem(405, headers=headers) if request.path_info.startswith(V3_PREFIX) else response

    @staticmethod
    def _as_problem(response: HttpResponseBase) -> HttpResponse:
        kept = {name: response[name] for name in ("Allow", "Retry-After", "WWW-Authenticate") if name in response}
        response.close()
        return problem(response.status_code, headers=kept)


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Every address under /api/ that no operation has."""
    return problem(404, f"Nothing is served at {request.path}. /api/v3/openapi.json lists what is.")


def _set_caching(request: HttpRequest, response: HttpResponseBase) -> None:
    """Anonymous answers may be kept by everyone; whatever a token or a person had a part in, by no one."""
    anonymous = "HTTP_AUTHORIZATION" not in request.META
    if response.status_code >= 400:
        response["Cache-Control"] = "no-store"
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    if not response.has_header("Cache-Control"):
        shared = response.status_code in {200, 301, 302, 304} and request.method == "GET" and anonymous
        response["Cache-Control"] = settings.API_CACHE_CONTROL if shared else "private, no-store"
    # Cookies and languages were taken away above, whatever the views inside say about them. The middleware for
    # cross-origin requests, which stands outside this one, adds Origin.
    response["Vary"] = "Accept-Encoding, Authorization" if _is_v3(request) else "Accept-Encoding"
    response["X-Content-Type-Options"] = "nosniff"


def _is_v3(request: HttpRequest) -> bool:
    return request.path_info.startswith(V3_PREFIX)


def _validate(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Adds a weak ETag of the content and its date, and answers 304 when the client has it.

    Only the very date it was given counts, not a later one: clocks are set back, and processes that share no cache date
    one content differently.
    """
    if "no-store" in response["Cache-Control"]:
        return response
    if not response.has_header("ETag"):
        response["ETag"] = f'W/"{hashlib.blake2b(response.content, digest_size=16).hexdigest()}"'
    modified = first_given(request, response["ETag"])
    response["Last-Modified"] = http_date(modified)
    if request.META.get("HTTP_IF_MODIFIED_SINCE") != response["Last-Modified"]:
        request.META.pop("HTTP_IF_MODIFIED_SINCE", None)
    answer = get_conditional_response(request, etag=response["ETag"], last_modified=modified, response=response)
    assert isinstance(answer, HttpResponse)
    return answer


def _accepts(request: HttpRequest, coding: str) -> bool:
    """Whether the client takes the content coding, quality 0 meaning that it does not (RFC 9110, 12.5.3)."""
    for part in request.META.get("HTTP_ACCEPT_ENCODING", "").lower().split(","):
        name, _, parameters = part.strip().partition(";")
        if name.strip() == coding:
            return parameters.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _compress(request: HttpRequest, response: HttpResponse) -> None:
    if (
        len(response.content) < WORTH_COMPRESSING
        or response.has_header("Content-Encoding")
        or not response.get("Content-Type", "").startswith(COMPRESSIBLE)
    ):
        return
    if _accepts(request, "br"):
        response.content, response["Content-Encoding"] = brotli.compress(response.content, quality=5), "br"
    elif _accepts(request, "gzip"):
        response.content = gzip.compress(response.content, compresslevel=6, mtime=0)
        response["Content-Encoding"] = "gzip"
    else:
        return
    response["Content-Length"] = str(len(response.content))
