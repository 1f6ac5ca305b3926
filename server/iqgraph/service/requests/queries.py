"""The way of a query that a program asks: from its request to the engine and back, without a thread for it."""

import time
from dataclasses import replace
from typing import Any

from flask import Flask

from ...engine import WORK, Query, QueryError, Shared
from ...formats import Format
from ...web import answers
from ...web.http.choice import decide, with_page
from ...web.http.headers import tag
from ...web.http.problems import Problem
from ...web.monitoring.metrics import Metrics
from ...web.mount import VERSION
from ...web.query import protocol, sparql
from ...web.query.protocol import Incoming
from .cache import Answer, Headers
from .proxies import household
from .wsgi import Asked

PASSING = ("cache-control", "no-store")


class Queries:
    """Answers queries as the application would, with the same headers; what needs a page is left to it."""

    def __init__(self, app: Flask, engine: Shared, metrics: Metrics) -> None:
        self.app, self.engine, self.metrics = app, engine, metrics
        self.heads: dict[tuple[str, Format, str], Headers] = {}

    async def answer(self, asked: Asked) -> Answer | dict[str, Any]:
        """The answer to a query in a format for programs, or what the application needs to make a page of it."""
        request, version = asked.request, asked.version
        media_type = (request.body_type or "").partition(";")[0].strip().lower()
        parameters = request.query.encode()
        incoming = Incoming(request.method, parameters, media_type, request.body_encoding or "", request.body)
        try:
            found = protocol.read(incoming)
            if found.query is None:
                return {}
            chosen = decide(with_page(found.query.formats), found.format, request.accept)
        except Problem:
            return {}
        query = replace(found.query, version=version) if version else found.query
        form = chosen if isinstance(chosen, Format) else sparql.shown(query)
        try:
            content = await self._ask(query, form, asked)
        except QueryError as error:
            return {sparql.OUTCOME: error}
        if chosen is not form:
            return {sparql.OUTCOME: content}
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
