"""The SPARQL endpoint in the event loop: from a request of the SPARQL 1.1 Protocol to the engine and back.

It also serves the evidence of answers. Responses for programs are complete when they leave here. Results for pages, and
problems, which may be pages too, go on to the application, which has the templates (`sparql`).
"""

import asyncio
import json
import time
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, urlencode

from ...engine import WORK, Engine, Query, QueryError, QuerySyntaxError, Shared
from ...engine.evidence import is_explained
from ...engine.interface import Disconnect
from ...engine.renamed import changes
from ...formats import JSON, ROWS, TURTLE, Format
from ...terms import PROV
from ..http import messages
from ..http.messages import Headers, HttpResponse, Request, TypedLink
from ..http.negotiation import HTML
from ..http.problems import Problem, query_problem, reason
from ..monitoring import Metrics
from ..representations import DOCUMENTS, decide
from ..site import Site
from .protocol import ACCEPT_QUERY, EVIDENCE, graph_parameters, parse_pairs, read_request

QUERY_PATHS = ("/sparql", EVIDENCE)
EVIDENCE_JSON = Format("evidence", "json", ("application/json",))
MAX_LINK_CHARS = 1 << 11
HAS_PROVENANCE = f"{PROV.iri}has_provenance"
OUTCOME = "iqgraph.outcome"
TABLES: tuple[Format, ...] = (*ROWS, HTML)
MAX_PARSE_SECONDS = 0.25  # a query that takes longer has no syntax error
MAX_READ_AT_ONCE_BYTES = 1 << 14  # takes a millisecond or two; a longer request is read in a thread
MAX_HASHED_AT_ONCE_BYTES = 1 << 18  # takes a quarter of a millisecond; a larger response is hashed in a thread


class Outcome(NamedTuple):
    """What the application makes a page of: the query, the negotiated format, and the result or the problem.

    Without a query, the request is for the service description.
    """

    query: Query | None = None
    format: Format = HTML
    content: bytes = b""
    problem: Problem | None = None


class Endpoint:
    """Answers queries about a site and its older versions; slow steps run in threads."""

    def __init__(self, site: Site, engine: Shared, metrics: Metrics) -> None:
        self.site, self.engine, self.metrics = site, engine, metrics
        self.is_bundled = site.is_bundled
        self._head = lru_cache(maxsize=None)(self._build_head)  # one for each format and version

    async def answer(
        self, request: Request, version: str, client: str, disconnect: Disconnect
    ) -> HttpResponse | Outcome:
        """Return the response for a program, or the outcome from which the application makes a page."""
        outcome = Outcome()
        try:
            if "version=" in request.query:
                requested = dict(reversed(parse_pairs(request.query.encode()))).get("version", "")  # the first one
                if requested not in ("", self._site(version).version):
                    return outcome  # the application redirects
            if len(request.body) + len(request.query) <= MAX_READ_AT_ONCE_BYTES:
                query, name = self.read(request, version)
            else:
                query, name = await asyncio.to_thread(self.read, request, version)
            outcome = Outcome(query)
            try:
                outcome = Outcome(query, decide(offers(query), name, request.accept))
            except Problem:
                await self._check_syntax(query, client, disconnect)
                raise
            if query is None:
                return outcome
            format = outcome.format if outcome.format in query.formats else page_format(query)
            content = await self._ask(query, format, client, disconnect)
        except Problem as problem:
            return outcome._replace(problem=problem)
        except QueryError as error:
            self.metrics.failures[reason(error)] += 1
            return outcome._replace(problem=query_problem(error))
        if outcome.format is HTML:
            return outcome._replace(content=content)
        if query.selection:
            head = {"query": query.text, "version": self._site(query.version).version}
            content = json.dumps(head, ensure_ascii=False)[:-1].encode() + b", " + content[1:]
        return await self._respond(query, messages.text(outcome.format.media_type), content, request)

    def read(self, request: Request, version: str) -> tuple[Query | None, str | None]:
        """Return the query of a request, if any, and the format that it names; raise a Problem if it is invalid.

        Properties that scan the text are computed here, since this may run in a thread.
        """
        query, name = read_request(request, version, is_bundled=self.is_bundled)
        if query:
            _ = query.form, query.is_repeatable
        return query, name

    async def _check_syntax(self, query: Query | None, client: str, disconnect: Disconnect) -> None:
        """Raise a syntax error of the query, which the client should see before that no format is acceptable."""
        if query:
            try:
                await self._ask(replace(query, seconds=MAX_PARSE_SECONDS), page_format(query), client, disconnect)
            except QuerySyntaxError:
                raise
            except QueryError:
                return

    async def _ask(self, query: Query, format: Format, client: str, disconnect: Disconnect) -> bytes:
        """Ask the engine; a remote engine does not report the cost of a query, so the time is recorded instead."""
        start = time.perf_counter()
        try:
            return await self.engine.ask(query, format, client, disconnect)
        finally:
            work = WORK.get()
            if work and not work.workload:
                work.seconds, work.workload = time.perf_counter() - start, "query"

    async def _respond(self, query: Query, content_type: str, content: bytes, request: Request) -> HttpResponse:
        if not is_repeatable(query, self.engine):
            head, _ = self._head(content_type, query.version, messages.NO_STORE)
            return HttpResponse(200, head, content, query=query.text)
        head, data = self._head(content_type, query.version, messages.CACHEABLE if request.method != "POST" else "")
        target = provenance(query, self._site(query.version), request.root)
        # PROV-AQ, section 3.1
        links = [("link", TypedLink(HAS_PROVENANCE, target).in_header())] if target else []
        links += self._help_links(query, content)
        parts = (content_type, content, data)
        is_small = len(content) <= MAX_HASHED_AT_ONCE_BYTES
        digest = messages.entity_tag(*parts) if is_small else await asyncio.to_thread(messages.entity_tag, *parts)
        tag = f'"{digest}"'
        return HttpResponse(200, [*head, *links, ("etag", tag)], content, tag, query=query.text)

    def _help_links(self, query: Query, content: bytes) -> Headers:
        """Link to the current term for each outdated pattern in a query without results."""
        if not self.is_bundled or query.version or query.form != "SELECT" or not _has_no_rows(content):
            return []
        return [
            ("link", f'<{change.new.value}>; rel="help"; title="{change.reason.en}"') for change in changes(query.text)
        ]

    def _site(self, version: str) -> Site:
        return self.site.versions.get(version, self.site)

    def _build_head(self, content_type: str, version: str, cache_control: str) -> tuple[Headers, str]:
        """Return what all responses in one format from the same data share: headers, and the hash of the data."""
        site = self._site(version)
        caching = [("vary", "Accept, Accept-Encoding"), *([("cache-control", cache_control)] if cache_control else [])]
        types = [("content-type", content_type), ("accept-query", ACCEPT_QUERY)]
        return [*types, *caching, *messages.common_headers(site)], site.hash


def offers(query: Query | None) -> tuple[Format, ...]:
    """Return the formats of an answer, of its evidence or, without a query, of the service description."""
    if query and query.selection:
        return EVIDENCE_JSON, HTML
    return DOCUMENTS if query is None or query.has_graph else TABLES


def page_format(query: Query) -> Format:
    """Return the format from which the page of an answer is made."""
    return TURTLE if query.has_graph and not query.selection else JSON


def _has_no_rows(content: bytes) -> bool:
    """Whether an answer to SELECT in JSON, XML, CSV or TSV has no rows, without parsing it."""
    if content.endswith((b'"bindings":[]}}', b"<results></results></sparql>")):
        return True
    return content.endswith(b"\n") and content.count(b"\n", 0, 1 << 12) == 1 and len(content) < 1 << 12


def provenance(query: Query, site: Site, root: str) -> str:
    """Return the URL of the evidence of an answer; empty if it has none, or is too long for a header."""
    if query.selection or not site.has_graphs or len(query.text) > MAX_LINK_CHARS:
        return ""
    parameters = urlencode({"query": query.text, **graph_parameters(query)}, doseq=True, quote_via=quote)
    is_short = len(parameters) <= MAX_LINK_CHARS
    return f"{root}{EVIDENCE}?{parameters}" if is_short and (query.is_plain or is_explained(query)) else ""


def is_repeatable(query: Query, engine: Engine) -> bool:
    """Whether the same data always gives the same answer, so that it may be cached."""
    return query.is_repeatable and not (engine.services and query.names_service)
