"""A request with all that belongs to it: the way back to its client, who that is, and the version that it is about.

Of who asks, and under which address, what trusted proxies say counts, and nothing of what anybody else says. A proxy
that is trusted adds to the end of a list, so lists are read from their end: the first hop that is not a trusted proxy
is the client. The headers are those that begin with X-Forwarded, which every proxy can write. `Forwarded` (RFC 7239) is
not read: most proxies hand it on as the client sent it. If the site has a public address, that counts, and nothing is
believed of another one: neither of proxies nor in the target of a request, which goes before Host
(https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2).
"""

import random
import re
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from itertools import chain
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from ...bilingual import Text
from ...web.http.language import preferred
from ...web.http.messages import Headers, Request
from ...web.http.negotiation import coding
from ...web.http.problems import FAULTY_HOST, Problem
from ...web.query.protocol import MAX_FIELDS, TOO_MANY
from ...web.site import PLACE, within

MAX_HEAD_BYTES = 1 << 14
Network = IPv4Network | IPv6Network
ABOUT = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host")
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
    """What the server tells of a request; its path is decoded, and its query is as it was sent."""

    method: str
    path: str
    query_string: str
    scheme: str
    http_version: str
    client: str
    authority: str | None
    headers: Any


class Channel(Protocol):
    """The server's side of one request: its body comes in parts, its answer goes out whole."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The parts of the body."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Send an answer."""

    def response_empty(self, status: int, headers: Headers) -> None:
        """Send an answer without a body."""

    async def client_disconnect(self) -> None:
        """Wait until the client has gone away."""


class RequestContext(NamedTuple):
    """A request with the way back to its client, who that is, and an id by which the logs name it.

    `version` and `path` are the version that its path asks for and the path there. For a `problem` it is refused. The
    `headers` are read once, since the server makes a copy of them each time. Budgets, queues and bounds are those of
    the `client`, which may be a network.
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


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers; several lines of a name are one list (RFC 9110, section 5.3). What is too long is left out."""
    lines: dict[str, list[str]] = {}
    for name, value in pairs:
        lines.setdefault(name, []).append(value)
    return {name: found for name, values in lines.items() if len(found := ", ".join(values)) <= MAX_HEAD_BYTES}


class Proxies:
    """The proxies that are trusted, and the path or the whole address at which the site is shown."""

    def __init__(self, trusted: Sequence[Network] = (), public_url: str = "") -> None:
        public = urlsplit(public_url)
        self.scheme, self.host, self.path, self.trusted = public.scheme, public.netloc, public.path, trusted
        self.trusts = lru_cache(1024)(self._trusts)

    def read(
        self, scope: HttpScope, channel: Channel, body: bytes = b"", versions: Collection[str] = ()
    ) -> RequestContext:
        """The request as its client made it, as far as that can be known; HEAD asks what GET asks.

        The last is RFC 9110, section 9.3.2.
        """
        peer = node(scope.client.rpartition(":")[0].strip("[]"))
        pairs = scope.headers.items()
        size, headers = sum(map(len, chain.from_iterable(pairs))), dict(pairs)
        if len(headers) < len(pairs) or size > MAX_HEAD_BYTES:
            headers = _joined(pairs)
        named = headers.get("host")
        # RFC 9112, section 3.2; other versions of HTTP may come without. No name has a space, as a list of several has.
        is_named = scope.http_version != "1.1" if named is None else _ADDRESS.fullmatch(named)
        problem = None if is_named else Problem("bad-request", FAULTY_HOST)
        if scope.query_string.count("&") >= MAX_FIELDS:
            problem = Problem("bad-request", TOO_MANY)
        if size > MAX_HEAD_BYTES:
            problem = Problem("header-fields", HEAD)
        root, client, scheme, host, identity = self.path, "", "", "", ""
        if self.trusted and self.trusts(peer):
            client, scheme, host = self._forwarded(headers)
            prefix = headers.get("x-forwarded-prefix", "").rstrip("/")
            if not self.host and _PREFIX.fullmatch(prefix):
                root = prefix
            given = headers.get("x-request-id", "")
            identity = given if _ID.fullmatch(given) else ""
        # The server as a whole (RFC 9110, section 9.3.7) can do what its endpoint can.
        path = "/sparql" if (scope.method, scope.path) == ("OPTIONS", "*") else _below(root, scope.path)
        request = Request(
            "GET" if scope.method == "HEAD" else scope.method,
            self.scheme or scheme or scope.scheme,
            self.host or host or scope.authority or named or "",
            root,
            path,
            scope.query_string,
            headers.get("accept"),
            preferred(headers.get("accept-language", "")),
            headers.get("content-type"),
            headers.get("content-encoding"),
            coding(headers.get("accept-encoding")),
            body,
        )
        version, inner = within(path, versions) if path.startswith(PLACE) else ("", path)
        # It is no secret, and the system is not asked for each request.
        identity = identity or f"{random.getrandbits(128):032x}"
        client = client_key(client or peer)
        return RequestContext(scope, channel, headers, request, version, inner, client, identity, problem)

    def _trusts(self, address: str) -> bool:
        """Whether an address is that of a trusted proxy."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self.trusted)

    def _forwarded(self, headers: Mapping[str, str]) -> tuple[str, str, str]:
        """Client, scheme and host, as the proxies say that are trusted; empty where they say nothing."""
        clients, schemes, hosts = (_values(headers.get(name, "")) for name in ABOUT)
        nodes = [node(one[:MAX_ID_CHARS]) for one in clients]
        # The place from the end at which the first client stands that is no trusted proxy.
        hops = next((place for place, one in enumerate(reversed(nodes), start=1) if not self.trusts(one)), len(nodes))
        scheme, host = (values[-min(max(hops, 1), len(values))] if values else "" for values in (schemes, hosts))
        scheme, host = scheme.lower(), host if _HOST.fullmatch(host) else ""
        return nodes[-hops] if nodes else "", scheme if scheme in ("http", "https") else "", host


def _below(root: str, path: str) -> str:
    """The path within the site, whether or not the proxy has cut off what leads there."""
    if root and (path == root or path.startswith(f"{root}/")):
        return path[len(root) :] or "/"
    return path


@lru_cache(1024)
def node(text: str) -> str:
    """The address in the name of a node, which may have a port and brackets; IPv4 within IPv6 is IPv4."""
    text = text.strip()
    try:
        found = ip_address(text)
    except ValueError:
        match = _NODE.fullmatch(text)
        inner = ((match[1] or match[2]) if match else text)[:MAX_ID_CHARS]
        try:
            found = ip_address(inner)
        except ValueError:
            return inner
    # A socket for both kinds of addresses names IPv4 ones like this (RFC 4291, section 2.5.5.2).
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)


@lru_cache(1024)
def client_key(client: str) -> str:
    """What stands for a client: of IPv6, one customer has a whole network of 64 bits (RFC 6177, section 2)."""
    if ":" not in client:
        return client
    try:
        return str(IPv6Network((int(IPv6Address(client.partition("%")[0])) >> 64 << 64, 64)))
    except ValueError:
        return client


def _values(line: str) -> list[str]:
    """The last values of a list; a chain of more proxies than that is none."""
    last = line.rsplit(",", 2 * MAX_HOPS)
    return [one.strip() for one in last if one.strip()][-MAX_HOPS:]
