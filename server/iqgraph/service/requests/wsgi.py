"""The bridge from a request of the server (RSGI) to the application (WSGI, PEP 3333)."""

import io
import re
import sys
from collections.abc import AsyncIterator, Iterable
from functools import partial
from typing import Any, NamedTuple, Protocol

from flask import Flask

from ...web.http.language import Language, preferred
from ...web.http.problems import REQUEST_ID
from .cache import Answer, Headers
from .compression import coding

MAX_HEAD_BYTES = 1 << 14
_PORT = re.compile(r":[0-9]+$")


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


class Request(NamedTuple):
    """All of a request that can decide an answer; nothing else reaches the application."""

    method: str
    scheme: str
    host: str
    root: str
    path: str
    query: str
    accept: str | None
    language: Language
    datetime: str | None
    body_type: str | None
    body_encoding: str | None
    coding: str
    body: bytes

    @property
    def size(self) -> int:
        """The memory that it takes, roughly."""
        return sum(len(field) for field in self if field)


class Seen(NamedTuple):
    """A request as its client made it: from which address, by which scheme, to which host, below which path.

    It has an id, by which its lines in the logs are found again, and perhaps a fault, for which it is refused.
    """

    client: str
    scheme: str
    host: str
    root: str
    path: str
    id: str
    fault: str = ""


class Asked(NamedTuple):
    """A request with the way back to its client, the version that it asks for, and the path there."""

    scope: Scope
    channel: Channel
    seen: Seen
    request: Request
    version: str
    path: str

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


def gather(scope: Scope, seen: Seen, body: bytes) -> Request:
    """A request with its whole body; HEAD asks what GET asks (RFC 9110, section 9.3.2)."""
    header = partial(field, scope)
    return Request(
        "GET" if scope.method == "HEAD" else scope.method,
        seen.scheme,
        seen.host,
        seen.root,
        seen.path,
        scope.query_string,
        header("accept"),
        preferred(header("accept-language") or ""),
        header("accept-datetime"),
        header("content-type"),
        header("content-encoding"),
        coding(header("accept-encoding")),
        body,
    )


def environ(asked: Asked, part: str | None) -> dict[str, Any]:
    """The request as WSGI has it; `part` is the range of bytes that it asks for."""
    scope, seen, request = asked.scope, asked.seen, asked.request
    usual = "443" if request.scheme == "https" else "80"
    name, _, port = request.host.rpartition(":") if _PORT.search(request.host) else (request.host, "", usual)
    given = {
        "HTTP_HOST": request.host or None,
        "HTTP_ACCEPT": request.accept,
        "HTTP_ACCEPT_LANGUAGE": request.language,
        "HTTP_ACCEPT_DATETIME": request.datetime,
        "HTTP_CONTENT_ENCODING": request.body_encoding,
        "HTTP_RANGE": part,
        "HTTP_IF_RANGE": scope.headers.get("if-range") if part is not None else None,
        "CONTENT_TYPE": request.body_type,
    }
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": request.root,
        "PATH_INFO": request.path.encode().decode("latin-1"),
        "QUERY_STRING": request.query.encode().decode("latin-1"),
        "SERVER_NAME": name or "localhost",
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": seen.client,
        REQUEST_ID: seen.id,
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **{key: value for key, value in given.items() if value is not None},
    }


def call(app: Flask, environ: dict[str, Any]) -> Answer:
    """The whole answer of the application."""
    heads: list[tuple[str, Headers]] = []

    def start(status: str, headers: Headers, _trouble: object = None) -> None:
        heads[:] = [(status, headers)]

    parts: Iterable[bytes] = app.wsgi_app(environ, start)  # type: ignore[arg-type]
    try:
        body = b"".join(parts)
    finally:
        getattr(parts, "close", bool)()
    status, headers = heads[0]
    plain = [(name.lower(), value) for name, value in headers if name != "Date"]  # the server adds that of sending
    return Answer(int(status[:3]), plain, body, next((value for name, value in plain if name == "etag"), ""))
