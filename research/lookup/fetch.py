"""Fetches one address of the outer world without being led elsewhere: the only place where research opens a socket.

A policy names the hosts that may be asked, or allows any public address. Names are resolved once and the
connection goes to the address that was checked (no DNS rebinding); every redirect is checked like the first
address; size and total time are capped. See OWASP's "Server-Side Request Forgery Prevention".
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.utils.translation import gettext as _

USER_AGENT = "Wellcited (research library; mailto:{contact})"
REDIRECTS = {301, 302, 303, 307, 308}
_CHUNK = 16 * 1024
_QUERY = "/%:@!$&'()*+,;=~?[]"
# Documentation, benchmarking, IPv4 in IPv6 and other ranges that is_global leaves open.
_NEVER = [
    ipaddress.ip_network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::ffff:0:0/96", "fec0::/10")
]


class FetchError(Exception):
    """The address could not be fetched; the text says why in words for a person."""


class RefusedError(FetchError):
    """The policy does not let this address be asked. No socket was opened for it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be fetched, and how much of it."""

    hosts: frozenset[str] | None = None
    """Allowed ``host`` or ``host:port``; None allows every host whose addresses are all public, on ports 80 and 443.
    A host that the operator named may stand in a private network."""
    schemes: frozenset[str] = frozenset({"http", "https"})
    timeout: float = 10.0
    """Seconds for one address in all, redirects apart."""
    max_bytes: int = 2_000_000
    max_redirects: int = 5
    contact: str = ""
    """Mail address named in the User-Agent, as Crossref and NCBI ask for."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back. ``url`` is the last address asked, after redirects."""

    status: int
    url: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    permanently_moved: bool = False
    """Whether every redirect on the way was a permanent one."""


def fetch(
    url: str,
    policy: Policy,
    *,
    method: str = "GET",
    accept: str = "*/*",
    truncate: bool = False,
    follow: bool = True,
) -> Response:
    """The answer to one request, redirects followed within the policy; with ``follow`` off, the redirect itself.

    ``truncate`` cuts a body at the cap instead of failing. Raises RefusedError or FetchError, nothing else.
    """
    permanent: list[bool] = []
    for _hop in range(policy.max_redirects + 1):
        parts = _checked(url, policy)
        status, headers, body = _exchange(parts, policy, method, accept, truncate)
        location = headers.get("location", "")
        if status not in REDIRECTS or not location or not follow:
            return Response(status, url, body, headers, bool(permanent) and all(permanent))
        permanent.append(status in {301, 308})
        target = urljoin(url, location)
        if parts.scheme == "https" and urlsplit(target).scheme == "http" and policy.hosts is not None:
            raise RefusedError(_("It was redirected from https to http."))
        url = target
    raise FetchError(_("It was redirected more than %(count)d times.") % {"count": policy.max_redirects})


def _checked(url: str, policy: Policy) -> SplitResult:
    """The parts of an address that the policy allows, before any name is resolved."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedError(_("“%(url)s” is not a web address.") % {"url": url[:200]}) from error
    host = (parts.hostname or "").lower().rstrip(".")
    if parts.scheme not in policy.schemes or not host or any(char <= " " or char == "\x7f" for char in url):
        raise RefusedError(_("“%(url)s” is not a web address that may be asked.") % {"url": url[:200]})
    if parts.username is not None or parts.password is not None:
        raise RefusedError(_("The address holds a user name."))
    if policy.hosts is not None:
        if host not in policy.hosts and f"{host}:{port}" not in policy.hosts:
            raise RefusedError(_("The host “%(host)s” is not on the list of hosts that may be asked.") % {"host": host})
    elif port not in (None, 80, 443):
        raise RefusedError(_("Port %(port)s may not be asked.") % {"port": port})
    return parts


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, and to no tunnel into somewhere else."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and any(ip in network for network in _NEVER if network.version == 6):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_unspecified


def _resolve(host: str, port: int, policy: Policy) -> list[str]:
    """The addresses of a host, all of which the policy allows."""
    try:
        ascii_host = host.encode("idna").decode() if not host.isascii() else host
        found = socket.getaddrinfo(ascii_host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(_("There is no host “%(host)s”.") % {"host": host}) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if policy.hosts is None and not all(is_public(address) for address in addresses):
        raise RefusedError(_("“%(host)s” stands in a private network.") % {"host": host})
    return addresses


def _exchange(
    parts: SplitResult, policy: Policy, method: str, accept: str, truncate: bool
) -> tuple[int, dict[str, str], bytes]:
    """One request on a connection to a checked address, within the time that the policy gives."""
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    deadline = time.monotonic() + policy.timeout
    sockets = [_connect(_resolve(host, port, policy), port, deadline)]
    guard = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, [sockets])
    guard.daemon = True
    guard.start()  # a socket's own time-out starts anew with every byte that a slow host drips
    try:
        if parts.scheme == "https":
            context = ssl.create_default_context()
            secure = context.wrap_socket(sockets[0], server_hostname=host, do_handshake_on_connect=False)
            sockets.append(secure)
            secure.do_handshake()
        connection = http.client.HTTPConnection(host, port)
        connection.sock = sockets[-1]
        agent = USER_AGENT.format(contact=policy.contact) if policy.contact else "Wellcited (research library)"
        default_port = port == (443 if parts.scheme == "https" else 80)
        headers = {
            "Host": parts.netloc.rsplit(":", 1)[0] if parts.port and default_port else parts.netloc,
            "User-Agent": agent,
            "Accept": accept,
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        connection.request(method, request_target(parts), headers=headers)
        answer = connection.getresponse()
        received = {name.lower(): value for name, value in answer.getheaders()}
        body = b"" if answer.status in REDIRECTS else _read(answer, received, policy, deadline, truncate)
        return answer.status, received, body
    except FetchError:
        raise
    except (OSError, http.client.HTTPException, ValueError) as error:
        if time.monotonic() >= deadline or isinstance(error, TimeoutError):
            raise FetchError(_("There was no answer within %(count)g seconds.") % {"count": policy.timeout}) from error
        if isinstance(error, ssl.SSLError):
            raise FetchError(_("The host’s certificate is not valid.")) from error
        raise FetchError(_("The answer broke off or was not HTTP.")) from error
    finally:
        guard.cancel()
        for sock in sockets:
            sock.close()


def request_target(parts: SplitResult) -> str:
    """Path and query with everything but ASCII percent-encoded."""
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    return path + (f"?{quote(parts.query, safe=_QUERY)}" if parts.query else "")


def _connect(addresses: Iterable[str], port: int, deadline: float) -> socket.socket:
    problem: OSError | None = None
    for address in addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            return socket.create_connection((address, port), timeout=left)
        except OSError as error:
            problem = error
    if problem is None or isinstance(problem, TimeoutError):
        raise FetchError(_("There was no answer in time.")) from problem
    raise FetchError(_("The host does not answer.")) from problem


def _cut(sockets: list[socket.socket]) -> None:
    with contextlib.suppress(OSError):  # closed already
        sockets[-1].shutdown(socket.SHUT_RDWR)


def _read(
    answer: http.client.HTTPResponse, headers: dict[str, str], policy: Policy, deadline: float, truncate: bool
) -> bytes:
    if headers.get("content-encoding", "identity") not in {"", "identity"}:
        raise FetchError(_("The answer is compressed although that was not asked for."))
    body = bytearray()
    while chunk := answer.read(min(_CHUNK, policy.max_bytes + 1 - len(body))):
        body += chunk
        if len(body) > policy.max_bytes:
            if truncate:
                return bytes(body[: policy.max_bytes])
            raise FetchError(_("The answer is larger than %(count)d bytes.") % {"count": policy.max_bytes})
        if time.monotonic() > deadline:
            raise FetchError(_("There was no answer within %(count)g seconds.") % {"count": policy.timeout})
    expected = headers.get("content-length", "")
    if not truncate and expected.isdigit() and len(body) < int(expected):
        raise FetchError(_("The answer broke off or was not HTTP."))
    return bytes(body)
