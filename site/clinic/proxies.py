"""The client's true address, when proxies of ours stand before the server."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Forwarded addresses are counted from the right: only what our own proxies wrote is believed.
FORWARDED_FOR = "HTTP_X_FORWARDED_FOR"


def client_address(direct: str, forwarded_for: str, proxy_count: int) -> str:
    """The address that the outermost of `proxy_count` trusted proxies saw; `direct` when there is none to believe."""
    if proxy_count < 1:
        return direct
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    if len(hops) < proxy_count:
        return direct
    try:
        return str(ipaddress.ip_address(hops[-proxy_count].strip("[]")))
    except ValueError:
        return direct


class ClientAddressMiddleware:
    """Puts the client's address into `REMOTE_ADDR`, so that limits, audit and logs need not know of proxies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request under its true address."""
        meta = request.META
        meta["REMOTE_ADDR"] = client_address(
            meta.get("REMOTE_ADDR", ""), meta.get(FORWARDED_FOR, ""), settings.PROXY_COUNT
        )
        return self.get_response(request)
