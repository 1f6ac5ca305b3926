"""The one way to an answer of SPARQL: from a request of the SPARQL 1.1 Protocol to the engine and back, in the loop.

The evidence of an answer goes the same way. What is for programs is whole when it leaves here. What a page is made from
is handed to the application, which has the templates (`sparql`, `evidence`); so is what is wrong with a request, since
a problem may be a page too.
"""

import asyncio
import json
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

from ...engine import WORK, Engine, Query, QueryError, QuerySyntaxError, Shared
from ...engine.evidence import is_explained
from ...engine.interface import Disconnect
from ...engine.renamed import changes
from ...formats import JSON, ROWS, TURTLE, Form, Format
from ...terms import PROV
from ..forms import DOCUMENTS, decide
from ..http import messages
from ..http.messages import Answer, Headers, Request, TypedLink
from ..http.negotiation import HTML, Page
from ..http.problems import Problem, reason, unanswered
from ..monitoring import Metrics
from ..site import Site
from .protocol import ACCEPTED, EVIDENCE, graphs, pairs, read_request

QUERIES = ("/sparql", EVIDENCE)
EXPLAINED = Page("evidence", "json", ("application/json",))
MAX_LINK_CHARS = 1 << 11
HAS_PROVENANCE = f"{PROV.iri}has_provenance"
Made = TypeVar("Made")
OUTCOME = "iqgraph.outcome"
TABLES: tuple[Format | Page, ...] = (*ROWS, HTML)
MAX_PARSE_SECONDS = 0.25  # what takes longer is no fault of the words
MAX_READ_AT_ONCE_BYTES = 1 << 14  # takes a millisecond or two; what is longer is read in a thread
MAX_HASHED_AT_ONCE_BYTES = 1 << 18  # takes a quarter of a millisecond


class Outcome(NamedTuple):
    """What became of a request: its query, the chosen form, and what a page is made from, or the problem.

    A request without a query asks for the description of the service.
    """

    query: Query | None = None
    chosen: Form = HTML
    content: bytes = b""
    problem: Problem | None = None


class Head(NamedTuple):
    """What the answers of one form from the same data have in common: headers, the content type, the data's hash."""

    headers: Headers
    content_type: str
    data: str


class Endpoint:
    """Answers queries about a site and its older versions; what takes long is done in the threads."""

    def __init__(self, site: Site, engine: Shared, metrics: Metrics, threads: Executor) -> None:
        self.site, self.engine, self.metrics, self.threads = site, engine, metrics, threads
        self.is_ours = site.bundled
        self._head = lru_cache(maxsize=None)(self._make_head)  # as many as formats times versions

    async def answer(self, request: Request, version: str, client: str, disconnect: Disconnect) -> Answer | Outcome:
        """The answer in a format for programs, or what the application needs to make a page of it."""
        found = Outcome()
        try:
            if "version=" in request.query:
                wanted = next((value for name, value in pairs(request.query.encode()) if name == "version"), "")
                if wanted not in ("", self._site(version).version):
                    return found  # the application knows the way
            if len(request.body) + len(request.query) <= MAX_READ_AT_ONCE_BYTES:
                query, name = self.read(request, version)
            else:
                query, name = await self._in_thread(self.read, request, version)
            found = Outcome(query)
            try:
                found = Outcome(query, decide(offers(query), name, request.accept))
            except Problem:
                await self._refuse_malformed(query, client, disconnect)
                raise
            if query is None:
                return found
            form = found.chosen if isinstance(found.chosen, Format) else shown(query)
            content = await self._ask(query, form, client, disconnect)
        except Problem as problem:
            return found._replace(problem=problem)
        except QueryError as error:
            self.metrics.failed[reason(error)] += 1
            return found._replace(problem=unanswered(error))
        if found.chosen is HTML:
            return found._replace(content=content)
        if query.wanted:
            content = introduced(query, self._site(query.version).version, content)
        return await self._whole(query, messages.text(found.chosen.media_type), content, request)

    def read(self, request: Request, version: str) -> tuple[Query | None, str | None]:
        """The query of a request, if it has one, and the format that it names; a Problem if it cannot be asked.

        All that is found by going through the text is found here, where it may take time.
        """
        query, name = read_request(request, version, is_renamed=self.is_ours)
        if query:
            _ = query.form, query.is_repeatable
        return query, name

    async def _refuse_malformed(self, query: Query | None, client: str, disconnect: Disconnect) -> None:
        """Say what is wrong with the words of a query first: in whatever form, it could not be answered."""
        if query:
            try:
                await self._ask(replace(query, seconds=MAX_PARSE_SECONDS), shown(query), client, disconnect)
            except QuerySyntaxError:
                raise
            except QueryError:
                return

    async def _ask(self, query: Query, form: Format, client: str, disconnect: Disconnect) -> bytes:
        """The answer of the engine; one that is elsewhere does not tell what it cost, so its time counts."""
        begun = time.perf_counter()
        try:
            return await self.engine.ask(query, form, client, disconnect)
        finally:
            work = WORK.get()
            if work and not work.way:
                work.seconds, work.way = time.perf_counter() - begun, "query"

    async def _whole(self, query: Query, content_type: str, content: bytes, request: Request) -> Answer:
        if not is_repeatable(query, self.engine):
            head = self._head(content_type, query.version, messages.NO_STORE)
            return Answer(200, head.headers, content, query=query.text)
        head = self._head(content_type, query.version, messages.CACHED if request.method != "POST" else "")
        target = provenance(query, self._site(query.version), request.root)
        # PROV-AQ, section 3.1
        proof = [("link", TypedLink(HAS_PROVENANCE, target).in_header())] if target else []
        leading = [*head.headers, *proof, *self._help(query, content)]
        data = (head.content_type, content, head.data)
        is_small = len(content) <= MAX_HASHED_AT_ONCE_BYTES
        tag = f'"{messages.tag(*data) if is_small else await self._in_thread(messages.tag, *data)}"'
        return Answer(200, [*leading, ("etag", tag)], content, tag, query=query.text)

    def _help(self, query: Query, content: bytes) -> Headers:
        """A link to the term of today for each way of old in which the query asks in vain."""
        if not self.is_ours or query.version or query.form != "SELECT" or not _has_no_rows(content):
            return []
        return [("link", f'<{one.new.value}>; rel="help"; title="{one.reason.en}"') for one in changes(query.text)]

    def _site(self, version: str) -> Site:
        return self.site.versions.get(version, self.site)

    def _make_head(self, content_type: str, version: str, cached: str) -> Head:
        about = self._site(version)
        caching = [("vary", "Accept"), *([("cache-control", cached)] if cached else [])]
        kind = [("content-type", content_type), ("accept-query", ACCEPTED)]
        return Head([*kind, *caching, *messages.of_all(about)], content_type, about.hash)

    async def _in_thread(self, function: Callable[..., Made], *given: Any) -> Made:  # noqa: ANN401 - what it takes
        return await asyncio.get_running_loop().run_in_executor(self.threads, function, *given)


def offers(query: Query | None) -> tuple[Format | Page, ...]:
    """The forms that an answer or its evidence can have, or without a query the description of the service."""
    if query and query.wanted:
        return EXPLAINED, HTML
    return DOCUMENTS if query is None or query.has_graph else TABLES


def shown(query: Query) -> Format:
    """The format that the page of an answer is made from."""
    return TURTLE if query.has_graph and not query.wanted else JSON


def introduced(query: Query, version: str, content: bytes) -> bytes:
    """The evidence of an answer, with the query and the version of the data before it."""
    return json.dumps({"query": query.text, "version": version}, ensure_ascii=False)[:-1].encode() + b", " + content[1:]


def _has_no_rows(content: bytes) -> bool:
    """Whether an answer to SELECT in JSON, XML, CSV or TSV has no rows."""
    # Looked at from its end: an answer may have megabytes, and is not read a second time.
    if content.endswith((b'"bindings":[]}}', b"<results></results></sparql>")):
        return True
    return content.endswith(b"\n") and content.count(b"\n", 0, 1 << 12) == 1 and len(content) < 1 << 12


def provenance(query: Query, about: Site, root: str) -> str:
    """The address of the evidence of an answer; none if it has none, or the query is too long for a header."""
    if query.wanted or not about.has_graphs or len(query.text) > MAX_LINK_CHARS:
        return ""
    parameters = urlencode({"query": query.text, **graphs(query)}, doseq=True, quote_via=quote)
    is_short = len(parameters) <= MAX_LINK_CHARS
    return f"{root}{EVIDENCE}?{parameters}" if is_short and (query.is_plain or is_explained(query)) else ""


def is_repeatable(query: Query, engine: Engine) -> bool:
    """Whether the same data always gives the same answer, so that it can be kept; other services change."""
    return query.is_repeatable and not (engine.services and query.names_service)
