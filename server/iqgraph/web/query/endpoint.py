"""The one way to an answer of SPARQL: from a request to the engine and back, in the loop of the server.

An answer for programs is whole when it leaves here. What a page is made from is handed to the application, which has
the templates (`sparql`); so is what is wrong with a request, since a problem may be a page too.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from ...engine import WORK, Engine, Query, QueryError, Shared
from ...engine.interface import Gone
from ...engine.query import RESULTS
from ...formats import JSON, RDF_FORMATS, TURTLE, Format
from .. import answers
from ..http import headers
from ..http.choice import decide, with_page
from ..http.messages import Answer, Headers, Request
from ..http.negotiation import HTML, Page
from ..http.problems import Problem
from ..monitoring import Metrics
from ..site import Site
from . import protocol

Made = TypeVar("Made")
OUTCOME = "iqgraph.outcome"
ROWS, DOCUMENTS = with_page(RESULTS), with_page(RDF_FORMATS)
MAX_READ_AT_ONCE_BYTES = 1 << 14  # takes a millisecond or two; what is longer is read in a thread
MAX_HASHED_AT_ONCE_BYTES = 1 << 18  # takes a quarter of a millisecond


class Outcome(NamedTuple):
    """What became of a request: its query, the chosen form, and what a page is made from, or the problem.

    A request without a query asks for the description of the service.
    """

    query: Query | None = None
    chosen: Format | Page = HTML
    content: bytes = b""
    problem: Problem | None = None


class Endpoint:
    """Answers queries about a site and its older versions; what takes long is done in the threads."""

    def __init__(self, site: Site, engine: Shared, metrics: Metrics, threads: Executor) -> None:
        self.site, self.engine, self.metrics, self.threads = site, engine, metrics, threads
        self._headers = lru_cache(maxsize=None)(self._headers_of)  # as many as formats times versions

    async def answer(self, request: Request, version: str, client: str, gone: Gone) -> Answer | Outcome:
        """The answer in a format for programs, or what the application needs to make a page of it."""
        found = Outcome()
        try:
            if len(request.body) + len(request.query) <= MAX_READ_AT_ONCE_BYTES:
                query, name = self.read(request, version)
            else:
                query, name = await self._in_thread(self.read, request, version)
            found = Outcome(query)
            found = Outcome(query, decide(offers(query), name, request.accept))
            if query is None:
                return found
            form = found.chosen if isinstance(found.chosen, Format) else shown(query)
            content = await self._ask(query, form, client, gone)
        except Problem as problem:
            return found._replace(problem=problem)
        except QueryError as error:
            self.metrics.failed[answers.reason(error)] += 1
            return found._replace(problem=answers.problem(error))
        if form is not found.chosen:
            return found._replace(content=content)
        return await self._whole(query, form, content, request)

    def read(self, request: Request, version: str) -> tuple[Query | None, str | None]:
        """The query of a request, if it has one, and the format that it names; a Problem if it cannot be asked.

        All that is found by going through the text is found here, where it may take time.
        """
        query, name = protocol.read(request, version, renamed=self.site.bundled)
        if query:
            _ = query.form, query.is_repeatable
        return query, name

    async def _ask(self, query: Query, form: Format, client: str, gone: Gone) -> bytes:
        """The answer of the engine; one that is elsewhere does not tell what it cost, so its time counts."""
        begun = time.perf_counter()
        try:
            return await self.engine.ask(query, form, client, gone)
        finally:
            work = WORK.get()
            if work and not work.way:
                work.seconds, work.way = time.perf_counter() - begun, "query"

    async def _whole(self, query: Query, form: Format, content: bytes, request: Request) -> Answer:
        if not is_repeatable(query, self.engine):
            return Answer(200, self._headers(form, query.version, headers.NO_STORE), content, query=query.text)
        cached = headers.CACHED if request.method != "POST" else ""
        head = self._headers(form, query.version, cached)
        data = (headers.text(form.media_type), content, self._site(query.version).hash)
        if len(content) <= MAX_HASHED_AT_ONCE_BYTES:
            tag = f'"{headers.tag(*data)}"'
        else:
            tag = f'"{await self._in_thread(headers.tag, *data)}"'
        return Answer(200, [*head, ("etag", tag)], content, tag, query=query.text)

    def _headers_of(self, form: Format, version: str, cached: str) -> Headers:
        about = [("content-type", headers.text(form.media_type)), ("accept-query", protocol.ACCEPTED)]
        caching = [("vary", "Accept"), *([("cache-control", cached)] if cached else [])]
        return [*about, *caching, *headers.of_all(self._site(version))]

    def _site(self, version: str) -> Site:
        return self.site.versions.get(version, self.site)

    async def _in_thread(self, function: Callable[..., Made], *given: Any) -> Made:  # noqa: ANN401 - what it takes
        return await asyncio.get_running_loop().run_in_executor(self.threads, function, *given)


def offers(query: Query | None) -> tuple[Format | Page, ...]:
    """The forms that an answer can have, or without a query the description of the service."""
    return DOCUMENTS if query is None or query.has_graph else ROWS


def shown(query: Query) -> Format:
    """The format that the page of an answer is made from."""
    return TURTLE if query.has_graph else JSON


def is_repeatable(query: Query, engine: Engine) -> bool:
    """Whether the same data always gives the same answer, so that it can be kept; other services change."""
    return query.is_repeatable and not (engine.services and query.names_service)
