"""A request with all that belongs to it: the way back to its client, who that is, and the version that it is about."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple, Protocol

from ...web.http.messages import Headers, Request

MAX_HEAD_BYTES = 1 << 14


class Scope(Protocol):
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


class Context(NamedTuple):
    """A request with the way back to its client, who that is, and an id by which the logs name it.

    `version` and `path` are the version that its path asks for and the path there. For a fault it is refused.
    """

    scope: Scope
    channel: Channel
    request: Request
    version: str
    path: str
    client: str
    id: str
    fault: str = ""

    @property
    def agent(self) -> str:
        """What the program of the client calls itself."""
        return str(self.scope.headers.get("user-agent") or "")


def field(scope: Scope, name: str) -> str | None:
    """A header; what comes in several lines is one list (RFC 9110, section 5.3). One that is too long is not read."""
    value = ", ".join(lines) if (lines := scope.headers.get_all(name)) else None
    return None if value is not None and len(value) > MAX_HEAD_BYTES else value


def head_size(scope: Scope) -> int:
    """The bytes of all header fields, their names included."""
    return sum(len(name) + len(value) for name, value in scope.headers.items())
