"""The front of the site: takes whole requests without holding a thread, and answers again what it has answered before.

It speaks RSGI to the server and WSGI to the application, which it runs in threads of its own.
"""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol
from urllib.parse import unquote_to_bytes

from flask import Flask

from .cache import Answer, Cache, Headers

THREADS = 16
LARGEST_BODY = 1 << 20
SLOWEST_BODY = 10.0
CACHED_BYTES = 64 << 20
LARGEST_CACHED = 1 << 20
_PORT = re.compile(r":[0-9]+$")
BODILESS = {"GET", "HEAD", "OPTIONS"}


class Scope(Protocol):
    """What the server tells of a request."""

    method: str
    path: str
    query_string: str
    scheme: str
    http_version: str
    client: str
    headers: Any


class Channel(Protocol):
    """The server's side of one request: its body comes in parts, its answer goes out whole."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The parts of the body."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Send an answer."""

    def response_empty(self, status: int, headers: Headers) -> None:
        """Send an answer without a body."""


class Request(NamedTuple):
    """All of a request that can decide an answer; nothing else reaches the application."""

    method: str
    scheme: str
    host: str
    path: str
    query: str
    accept: str | None
    language: str | None
    body_type: str | None
    body_encoding: str | None
    body: bytes


class Front:
    """The application as the server runs it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.cache: Cache[Request] = Cache(CACHED_BYTES, LARGEST_CACHED)
        self.threads = ThreadPoolExecutor(THREADS, "site")

    async def __rsgi__(self, scope: Scope, channel: Channel) -> None:
        """Answer one request."""
        body = b"" if scope.method in BODILESS else await _body(channel)
        if body is None:
            channel.response_empty(408, [("connection", "close")])
            return
        request = _request(scope, body)
        header = scope.headers.get
        if header("range") is not None:
            answer = await self._run(scope, request, header("range"))
        else:
            answer = self.cache.get(request) or await self._run(scope, request)
        if answer.tag and scope.method in ("GET", "HEAD") and _matches(header("if-none-match"), answer.tag):
            kept = [pair for pair in answer.headers if pair[0] not in ("content-type", "content-length")]
            channel.response_empty(304, kept)
        else:
            channel.response_bytes(answer.status, answer.headers, answer.body)

    async def _run(self, scope: Scope, request: Request, part: str | None = None) -> Answer:
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self.threads, self._ask, _environ(scope, request, part))
        if answer.status == 200 and answer.tag and part is None:
            self.cache.put(request, answer)
        return answer

    def _ask(self, environ: dict[str, Any]) -> Answer:
        heads: list[tuple[str, Headers]] = []

        def start(status: str, headers: Headers, _trouble: object = None) -> None:
            heads[:] = [(status, headers)]

        parts: Iterable[bytes] = self.app.wsgi_app(environ, start)  # type: ignore[arg-type]
        try:
            body = b"".join(parts)
        finally:
            getattr(parts, "close", bool)()
        status, headers = heads[0]
        plain = [(name.lower(), value) for name, value in headers]
        return Answer(int(status[:3]), plain, body, next((value for name, value in plain if name == "etag"), ""))


async def _body(channel: Channel) -> bytes | None:
    """The whole body, or as much of one that is too large as shows that it is; None if it comes too slowly."""
    body = bytearray()
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            async for part in channel:
                body += part
                if len(body) > LARGEST_BODY:
                    break
    except TimeoutError:
        return None
    return bytes(body)


def _request(scope: Scope, body: bytes) -> Request:
    header = scope.headers.get
    return Request(
        scope.method,
        scope.scheme,
        header("host") or "",
        scope.path,
        scope.query_string,
        header("accept"),
        header("accept-language"),
        header("content-type"),
        header("content-encoding"),
        body,
    )


def _environ(scope: Scope, request: Request, part: str | None) -> dict[str, Any]:
    """The request as WSGI has it (PEP 3333)."""
    name, _, port = request.host.rpartition(":") if _PORT.search(request.host) else (request.host, "", "80")
    given = {
        "HTTP_HOST": request.host or None,
        "HTTP_ACCEPT": request.accept,
        "HTTP_ACCEPT_LANGUAGE": request.language,
        "HTTP_CONTENT_ENCODING": request.body_encoding,
        "HTTP_RANGE": part,
        "CONTENT_TYPE": request.body_type,
    }
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.query,
        "SERVER_NAME": name or "localhost",
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **{key: value for key, value in given.items() if value is not None},
    }


def _matches(asked: str | None, tag: str) -> bool:
    """Whether If-None-Match names the tag; the comparison is weak, as RFC 9110 section 13.1.2 has it."""
    if asked is None:
        return False
    tags = {one.strip().removeprefix("W/") for one in asked.split(",")}
    return "*" in tags or tag in tags
