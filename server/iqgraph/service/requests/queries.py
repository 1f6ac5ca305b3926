"""The way of a query that a program asks: from its request to the engine and back, without a thread for it."""

import asyncio
import time
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any, NamedTuple

from flask import Flask

from ...engine import WORK, Query, QueryError, Shared
from ...formats import Format
from ...web import answers
from ...web.http.choice import decide, with_page
from ...web.http.headers import tag
from ...web.http.negotiation import Page
from ...web.http.problems import REFUSED, Problem
from ...web.monitoring.metrics import Metrics
from ...web.mount import VERSION
from ...web.query import protocol, sparql
from ...web.query.protocol import Incoming
from .cache import Answer, Headers
from .proxies import household
from .wsgi import Asked, Request

PASSING = ("cache-control", "no-store")
MAX_READ_AT_ONCE_BYTES = 1 << 14  # takes a millisecond or two; what is longer is read in a thread


class Reading(NamedTuple):
    """A query as it was read: what was asked, in which format, and the one that the answer is made from."""

    asked: protocol.Asked
    query: Query
    chosen: Format | Page
    form: Format


class Queries:
    """Answers queries as the application would, with the same headers; what needs a page is left to it."""

    def __init__(self, app: Flask, engine: Shared, metrics: Metrics, threads: Executor) -> None:
        self.app, self.engine, self.metrics, self.threads = app, engine, metrics, threads
        self.heads: dict[tuple[str, Format, str], Headers] = {}

    async def answer(self, asked: Asked) -> Answer | dict[str, Any]:
        """The answer to a query in a format for programs, or what the application needs to make a page of it."""
        request, version = asked.request, asked.version
        if len(request.body) + len(request.query) <= MAX_READ_AT_ONCE_BYTES:
            found = _read(asked)
        else:
            found = await asyncio.get_running_loop().run_in_executor(self.threads, _read, asked)
        if not isinstance(found, Reading):
            return found
        query, form, given = found.query, found.form, {protocol.ASKED: found.asked}
        try:
            content = await self._ask(query, form, asked)
        except QueryError as error:
            return given | {sparql.OUTCOME: error}
        if found.chosen is not form:
            return given | {sparql.OUTCOME: content}
        if sparql.asks_others(query, self.engine):
            return Answer(200, self._passing(request.method, form, version), content)
        head = self.heads.get((request.method, form, version)) or self._head(request.method, form, version)
        names = dict(head)
        etag = f'"{tag(names["content-type"], content, names.get("dataset-hash", ""))}"'
        return Answer(200, [*head, ("etag", etag)], content, etag)

    async def _ask(self, query: Query, form: Format, asked: Asked) -> bytes:
        """The answer of the engine; one that is elsewhere does not tell what it cost, so its time counts."""
        begun = time.perf_counter()
        try:
            return await self.engine.ask(query, form, household(asked.seen.client), asked.channel.client_disconnect)
        except QueryError as error:
            self.metrics.failed[answers.reason(error)] += 1
            raise
        finally:
            work = WORK.get()
            if work and not work.way:
                work.seconds, work.way = time.perf_counter() - begun, "query"

    def _passing(self, method: str, form: Format, version: str) -> Headers:
        """The headers of an answer that others had a part in, and that may be another one the next time."""
        kept = [pair for pair in self._head(method, form, version) if pair[0] != "cache-control"]
        return [*kept, PASSING]

    def _head(self, method: str, chosen: Format, version: str) -> Headers:
        """The headers that the application gives to answers of a version in this format."""
        with self.app.test_request_context("/sparql", method=method, environ_overrides={VERSION: version}):
            response = self.app.process_response(sparql.told(b"", chosen))
        given = [(name.lower(), value) for name, value in response.headers]
        head = [pair for pair in given if pair[0] not in ("content-length", "date", "etag")]
        self.heads[method, chosen, version] = head
        return head


def _read(asked: Asked) -> Reading | dict[str, Any]:
    """The query of a request, read once; without one that can be asked, what the application needs to know."""
    try:
        found = protocol.read(incoming(asked.request))
        if found.query is None:
            return {protocol.ASKED: found}
        query = replace(found.query, version=asked.version) if asked.version else found.query
        chosen = decide(with_page(query.formats), found.format, asked.request.accept)
    except Problem as problem:
        return {REFUSED: problem}
    return Reading(found, query, chosen, chosen if isinstance(chosen, Format) else sparql.shown(query))


def incoming(request: Request) -> Incoming:
    """A request as the protocol sees it."""
    media_type = (request.body_type or "").partition(";")[0].strip().lower()
    return Incoming(request.method, request.query.encode(), media_type, request.body_encoding or "", request.body)
