"""The context of a request: the channel to its client, who that is, and the version of the data that it is about.

Only trusted proxies can change client and address, by fields that begin with X-Forwarded. A proxy appends to a list, so
the client is the last hop that is no trusted proxy. `Forwarded` (RFC 7239) is ignored, since most proxies pass on what
the client sent. A public address of the site overrides proxies, and the target of a request, which overrides Host
(https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2).
"""

import random
import re
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from itertools import chain
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from ...bilingual import Text
from ...web.http.language import negotiate_language
from ...web.http.messages import Headers, Request
from ...web.http.negotiation import negotiate_coding
from ...web.http.problems import INVALID_HOST, Problem
from ...web.query.protocol import MAX_FIELDS, TOO_MANY
from ...web.site import VERSIONS_PATH, split_version

MAX_HEAD_BYTES = 1 << 14
Network = IPv4Network | IPv6Network
FORWARDED_FIELDS = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host")
HEAD = Text(
    de=f"Die Kopfzeilen der Anfrage sind zusammen größer als {MAX_HEAD_BYTES >> 10} KiB. "
    "Löschen Sie die Cookies dieser Website, oder senden Sie weniger und kürzere Kopfzeilen.",
    en=f"The header fields of the request have more than {MAX_HEAD_BYTES >> 10} KiB together. "
    "Delete the cookies of this site, or send fewer and shorter fields.",
)
MAX_HOPS, MAX_ID_CHARS = 16, 128
_ID = re.compile(rf"[A-Za-z0-9._:/+=@-]{{1,{MAX_ID_CHARS}}}")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_ADDRESS = re.compile(r"(?:[\w.~!$&'()*+,;=%-]*|\[[\w.:~!$&'()*+,;=-]+\])(?::[0-9]*)?", re.ASCII)
_NODE = re.compile(r"\[([^\]]+)\](?::\w+)?|([^:]+)(?::\w+)?")


class HttpScope(Protocol):
    """A request as the server passes it on, with a decoded path and a raw query string."""

    method: str
    path: str
    query_string: str
    scheme: str
    http_version: str
    client: str
    authority: str | None
    headers: Any


class Channel(Protocol):
    """The channel to the client of a request: the body arrives in parts, the answer is sent whole."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The parts of the body."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Send an answer."""

    def response_empty(self, status: int, headers: Headers) -> None:
        """Send an answer without a body."""

    async def client_disconnect(self) -> None:
        """Wait until the client has disconnected."""


class RequestContext(NamedTuple):
    """A request with the channel to its client and an id for the logs.

    `version` and `path` are the version that the path of the request names, and the path within it. A `problem` is the
    reason to refuse the request. `headers` are a copy, since the server makes one at each access. `client` may be a
    network, to which budgets, queues and limits apply.
    """

    scope: HttpScope
    channel: Channel
    headers: Mapping[str, str]
    request: Request
    version: str
    path: str
    client: str
    id: str
    problem: Problem | None = None


def _join_fields(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The fields with the lines of a name as one list (RFC 9110, section 5.3), without those that are too long."""
    lines: dict[str, list[str]] = {}
    for name, value in fields:
        lines.setdefault(name, []).append(value)
    values = ((name, ", ".join(parts)) for name, parts in lines.items())
    return {name: value for name, value in values if len(value) <= MAX_HEAD_BYTES}


class Proxies:
    """The networks of trusted proxies, and the public address of the site."""

    def __init__(self, networks: Sequence[Network] = (), public_url: str = "") -> None:
        public = urlsplit(public_url)
        self.scheme, self.host, self.path, self.networks = public.scheme, public.netloc, public.path, networks
        self.is_trusted = lru_cache(1024)(self._is_trusted)

    def read(
        self, scope: HttpScope, channel: Channel, body: bytes = b"", versions: Collection[str] = ()
    ) -> RequestContext:
        """The context of a request as its client made it; HEAD counts as GET (RFC 9110, section 9.3.2)."""
        peer = node_address(scope.client.rpartition(":")[0].strip("[]"))
        fields = scope.headers.items()
        size, headers = sum(map(len, chain.from_iterable(fields))), dict(fields)
        if len(headers) < len(fields) or size > MAX_HEAD_BYTES:
            headers = _join_fields(fields)
        authority = headers.get("host")
        # Required by HTTP/1.1 (RFC 9112, section 3.2). A list of several hosts has a space, which no host has.
        is_valid = scope.http_version != "1.1" if authority is None else _ADDRESS.fullmatch(authority)
        problem = None if is_valid else Problem("bad-request", INVALID_HOST)
        if scope.query_string.count("&") >= MAX_FIELDS:
            problem = Problem("bad-request", TOO_MANY)
        if size > MAX_HEAD_BYTES:
            problem = Problem("header-fields", HEAD)
        root, client, scheme, host, request_id = self.path, "", "", "", ""
        if self.networks and self.is_trusted(peer):
            client, scheme, host = self._read_forwarded(headers)
            prefix = headers.get("x-forwarded-prefix", "").rstrip("/")
            if not self.host and _PREFIX.fullmatch(prefix):
                root = prefix
            if _ID.fullmatch(headers.get("x-request-id", "")):
                request_id = headers["x-request-id"]
        # The server as a whole (RFC 9110, section 9.3.7) has the methods of its endpoint.
        path = "/sparql" if (scope.method, scope.path) == ("OPTIONS", "*") else _below(root, scope.path)
        request = Request(
            "GET" if scope.method == "HEAD" else scope.method,
            self.scheme or scheme or scope.scheme,
            self.host or host or scope.authority or authority or "",
            root,
            path,
            scope.query_string,
            headers.get("accept"),
            negotiate_language(headers.get("accept-language", "")),
            headers.get("content-type"),
            headers.get("content-encoding"),
            negotiate_coding(headers.get("accept-encoding")),
            body,
        )
        version, inner = split_version(path, versions) if path.startswith(VERSIONS_PATH) else ("", path)
        # It is no secret, so it needs no system call.
        request_id = request_id or f"{random.getrandbits(128):032x}"
        client = client_key(client or peer)
        return RequestContext(scope, channel, headers, request, version, inner, client, request_id, problem)

    def _is_trusted(self, address: str) -> bool:
        """Whether an address is that of a trusted proxy."""
        with suppress(ValueError):
            ip = ip_address(address)
            return any(ip in network for network in self.networks)
        return False

    def _read_forwarded(self, headers: Mapping[str, str]) -> tuple[str, str, str]:
        """Client, scheme and host by the trusted proxies; empty if they state none."""
        clients, schemes, hosts = (_values(headers.get(name, "")) for name in FORWARDED_FIELDS)
        nodes = [node_address(client[:MAX_ID_CHARS]) for client in clients]
        # The place, from the end, of the first client that is no trusted proxy.
        hops = next((n for n, node in enumerate(reversed(nodes), start=1) if not self.is_trusted(node)), len(nodes))
        scheme, host = (values[-min(max(hops, 1), len(values))] if values else "" for values in (schemes, hosts))
        scheme, host = scheme.lower(), host if _HOST.fullmatch(host) else ""
        return nodes[-hops] if nodes else "", scheme if scheme in ("http", "https") else "", host


def _below(root: str, path: str) -> str:
    """The path within the site, whether or not the proxy has removed the root."""
    if root and (path == root or path.startswith(f"{root}/")):
        return path[len(root) :] or "/"
    return path


@lru_cache(1024)
def node_address(text: str) -> str:
    """The address in a node identifier (RFC 7239, section 6), without port and brackets; IPv4 within IPv6 is IPv4."""
    text = text.strip()
    match = _NODE.fullmatch(text)
    for address in (text, ((match[1] or match[2]) if match else text)[:MAX_ID_CHARS]):
        with suppress(ValueError):
            ip = ip_address(address)
            # A socket for both kinds of addresses names IPv4 ones like this (RFC 4291, section 2.5.5.2).
            ipv4 = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
            return str(ipv4 or ip)
    return address


@lru_cache(1024)
def client_key(client: str) -> str:
    """The key of a client: its address, but of IPv6 the 64-bit network of a customer (RFC 6177, section 2)."""
    if ":" not in client:
        return client
    with suppress(ValueError):
        return str(IPv6Network((int(IPv6Address(client.partition("%")[0])) >> 64 << 64, 64)))
    return client


def _values(line: str) -> list[str]:
    """The last MAX_HOPS values of a list; no site has more proxies in a chain."""
    last = line.rsplit(",", 2 * MAX_HOPS)
    return [value.strip() for value in last if value.strip()][-MAX_HOPS:]
