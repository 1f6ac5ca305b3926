"""The front of the site: takes whole requests without holding a thread, and answers again what it has answered before.

It speaks RSGI to the server and WSGI to the application, which it runs in threads of its own.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from ..engine import Isolated, QueryError
from ..formats import Format
from . import protocol, sparql, wsgi
from .cache import Answer, Cache, Headers
from .choice import decide, with_page
from .headers import tag
from .problems import Problem
from .protocol import Incoming
from .wsgi import Channel, Request, Scope

THREADS = 16
LARGEST_BODY = 1 << 20
SLOWEST_BODY = 10.0
CACHED_BYTES = 64 << 20
LARGEST_CACHED = 1 << 20
BODILESS = {"GET", "HEAD", "OPTIONS"}


class Front:
    """The application as the server runs it."""

    def __init__(self, app: Flask, engine: Isolated | None = None) -> None:
        self.app = app
        self.engine = engine
        self.heads: dict[tuple[str, Format], Headers] = {}
        self.cache: Cache[Request] = Cache(CACHED_BYTES, LARGEST_CACHED)
        self.threads = ThreadPoolExecutor(THREADS, "site")

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look after the workers of the engine in the loop of the server."""
        if self.engine:
            self.engine.attach(loop)

    async def __rsgi__(self, scope: Scope, channel: Channel) -> None:
        """Answer one request."""
        body = b"" if scope.method in BODILESS else await _body(channel)
        if body is None:
            channel.response_empty(408, [("connection", "close")])
            return
        request = wsgi.gather(scope, body)
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
        answer = None
        environ: dict[str, Any] = {}
        if self.engine and part is None and request.path == "/sparql" and request.method in ("GET", "POST"):
            try:
                answer = await self._query(self.engine, scope, request)
            except QueryError as error:
                environ[sparql.FAILURE] = error
        if answer is None:
            environ |= wsgi.environ(scope, request, part)
            answer = await asyncio.get_running_loop().run_in_executor(self.threads, wsgi.call, self.app, environ)
        if answer.status == 200 and answer.tag and part is None:
            self.cache.put(request, answer, request.size)
        return answer

    async def _query(self, engine: Isolated, scope: Scope, request: Request) -> Answer | None:
        """The answer to a query in a format for programs; None for all that the application has to say."""
        media_type = (request.body_type or "").partition(";")[0].strip().lower()
        query = request.query.encode("latin-1")
        incoming = Incoming(request.method, query, media_type, request.body_encoding or "", request.body)
        try:
            asked = protocol.read(incoming)
            chosen = decide(with_page(asked.query.formats), asked.format, request.accept) if asked.query else None
        except Problem:
            return None
        if asked.query is None or not isinstance(chosen, Format):
            return None
        content = await engine.ask(asked.query, chosen, wsgi.client(scope))
        etag = f'"{tag(chosen.media_type, content)}"'
        head = self.heads.get((request.method, chosen)) or self._head(request.method, chosen)
        return Answer(200, [*head, ("etag", etag)], content, etag)

    def _head(self, method: str, chosen: Format) -> Headers:
        """The headers that the application gives to answers in this format."""
        with self.app.test_request_context("/sparql", method=method):
            response = self.app.process_response(sparql.told(b"", chosen))
        given = [(name.lower(), value) for name, value in response.headers]
        head = [pair for pair in given if pair[0] not in ("content-length", "etag")]
        self.heads[method, chosen] = head
        return head


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


def _matches(asked: str | None, tag: str) -> bool:
    """Whether If-None-Match names the tag; the comparison is weak, as RFC 9110 section 13.1.2 has it."""
    if asked is None:
        return False
    tags = {one.strip().removeprefix("W/") for one in asked.split(",")}
    return "*" in tags or tag in tags
