"""The language of an answer: the one its address names, and nothing else."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class AddressLocaleMiddleware(LocaleMiddleware):
    """Django's, without its word to caches that the answer depends on the browser's language.

    English stands at the root whatever the browser asks for, every other language under its code. With that word a
    cache would keep one copy of each page for every spelling of Accept-Language.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Name the answer's language."""
        response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response
