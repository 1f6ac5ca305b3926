"""The front of the site: takes whole requests without a thread for each, and caches responses.

It speaks RSGI to the server (https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md) and WSGI to the
application. Of a response it caches the plain and the compressed variant.
"""

import asyncio
import logging
import time
from asyncio import Semaphore
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

from flask import Flask
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from ...bilingual import Text
from ...engine import MIB, WORK, Shared, Work
from ...engine.interface import PLACE
from ...settings import Settings
from ...web import monitoring
from ...web.http.messages import NO_STORE, HttpResponse, Request, complete, compress, cut, is_compressible
from ...web.http.problems import PROBLEM, REFUSALS, Problem, over_budget, respond
from ...web.query.endpoint import OUTCOME, QUERY_PATHS, Endpoint
from ...web.site import EXTENSION, Site
from . import wsgi
from .accounting import HIT, MISS, PROBE, Accounting, path_workload
from .context import Channel, HttpScope, Proxies, RequestContext
from .logs import REQUEST
from .memory import BODILESS, MIN_LARGE_BYTES, BodyMemory, Outbox, read_body

MAX_PAGES, MAX_CLIENT_PAGES, MAX_MONITORING_THREADS = 16, 8, 4
MAX_CACHED_BYTES = 1 << 20
OVERHEAD_BYTES = 512  # of memory for a response beside its content, roughly
# RFC 9110, section 13.1; QUERY is safe and may be cached (RFC 10008).
CONDITIONAL = {"GET", "HEAD", "QUERY"}
QUERY_METHODS = {"GET", "POST", "QUERY"}
# A 304 has none of these, since the client has them (RFC 9110, section 15.4.5).
CONTENT_FIELDS = {"content-type", "content-length", "content-encoding"}
ID = "x-request-id"
CLOSE = ("connection", "close")
UNREAD = Text(
    de="Es gibt zu viele große Antworten, die noch nicht gelesen sind. "
    "Lesen Sie zuerst diese, und fragen Sie dann noch einmal.",
    en="There are too many large answers that their clients have not read yet. Read those first, and ask again.",
)

log = logging.getLogger(__name__)


class Cache:
    """The responses used last, up to a total size; an entry is found only by all that determined it."""

    def __init__(self, max_bytes: int, max_entry_bytes: int) -> None:
        self.max_bytes, self.max_entry_bytes, self.size, self.evictions = max_bytes, max_entry_bytes, 0, 0
        self.entries: OrderedDict[Hashable, tuple[HttpResponse, int]] = OrderedDict()

    def get(self, key: Hashable) -> HttpResponse | None:
        """The response under exactly this key."""
        entry = self.entries.get(key)
        if entry is None:
            return None
        self.entries.move_to_end(key)
        return entry[0]

    def put(self, key: Hashable, response: HttpResponse, key_size: int = 0) -> None:
        """Add a response, and evict those that were not used for the longest time."""
        size = len(response.body) + len(response.query or "") + OVERHEAD_BYTES + key_size
        if size > self.max_entry_bytes or key in self.entries:
            return
        self.entries[key] = response, size
        self.size += size
        while self.size > self.max_bytes:
            self.size -= self.entries.popitem(last=False)[1][1]
            self.evictions += 1

    def collect(self) -> Iterator[Metric]:
        """The metrics."""
        gauge, counter = GaugeMetricFamily, CounterMetricFamily
        yield gauge("iqgraph_answer_cache_bytes", "Bytes of answers that are kept.", self.size)
        yield gauge("iqgraph_answer_cache_entries", "Answers that are kept.", len(self.entries))
        yield counter("iqgraph_answer_cache_evictions", "Answers that were let go for others.", self.evictions)


class Front:
    """The application as the server runs it; it knows the requests without a response."""

    def __init__(self, app: Flask, engine: Shared | None = None, settings: Settings = Settings()) -> None:
        self.app, self.engine = app, engine
        self.requests: dict[Channel, HttpScope] = {}
        self.is_open = asyncio.Event()  # no request is answered before it is set
        self.is_open.set()
        self.is_closing = False  # whether each response is the last one on its connection
        site: Site | None = app.extensions.get(EXTENSION)
        self.versions = frozenset(site.versions if site else ())
        self.metrics = app.extensions.setdefault(monitoring.METRICS, monitoring.Metrics())
        self.proxies = Proxies(settings.trusted_proxies, settings.public_url)
        self.cache = Cache(int(settings.cache_size * MIB), MAX_CACHED_BYTES)
        self.accounting = Accounting(settings)
        # A page that has asked an engine keeps its thread, and an engine has no more queries than these.
        max_queries = settings.workers + settings.long_queries + settings.queue
        self.threads = ThreadPoolExecutor(MAX_PAGES + max_queries, "site")
        self.monitoring_threads = ThreadPoolExecutor(MAX_MONITORING_THREADS, "monitoring")
        for threads in (self.threads, self.monitoring_threads):
            threads.submit(int)  # so that there is one even if the system has no more later
        self.places = Semaphore(MAX_PAGES)
        self.client_places = WeakValueDictionary[str, Semaphore]()  # of clients that have pages made
        self.endpoint = Endpoint(site, engine, self.metrics) if site and engine else None
        self.body_memory = BodyMemory()
        self.outbox = Outbox(settings.answer_bytes)
        self.metrics.sources += [self.cache.collect, self.accounting.collect, self.outbox.collect]

    async def __rsgi__(self, scope: HttpScope, channel: Channel) -> None:
        """Answer one request, whatever happens."""
        self.requests[channel] = scope
        try:
            if not self.is_open.is_set():
                await self.is_open.wait()
            await self._answer(scope, channel)
        except Exception:
            log.exception("Fault at %s %s", scope.method, scope.path)
            self.refuse(scope, channel, Problem("internal"))
        finally:
            self.requests.pop(channel, None)

    async def _answer(self, scope: HttpScope, channel: Channel) -> None:
        start = time.perf_counter()
        body, problem = b"", None
        try:
            body = b"" if scope.method in BODILESS else await read_body(scope, channel, self.body_memory)
        except Problem as error:
            problem = error
        context = self.proxies.read(scope, channel, body, self.versions)
        problem = problem or context.problem
        if context.request.coding and "range" in context.headers:  # it counts the bytes of the plain variant
            context = context._replace(request=context.request._replace(coding=""))
        hit = None if problem else self.cache.get(context.request)
        response = hit or await (self._run(context, problem) if problem else self._variant(context))
        try:
            response = self._select(context, response)
        except REFUSALS as refusal:
            response = replace(await self._apply(context, {PROBLEM: refusal}), workload=response.workload)
        headers = [*response.headers, (ID, context.id)]
        if problem or self.is_closing:
            headers.append(CLOSE)
        if response.status == 304:
            channel.response_empty(304, [field for field in headers if field[0] not in CONTENT_FIELDS])
        elif scope.method == "HEAD":
            others = [field for field in headers if field[0] != "content-length"]
            channel.response_empty(response.status, [*others, ("content-length", str(len(response.body)))])
            response = replace(response, body=b"")
        else:
            channel.response_bytes(response.status, headers, response.body)
        self.accounting.record(context, response, time.perf_counter() - start, HIT if hit else MISS)

    def _select(self, context: RequestContext, response: HttpResponse) -> HttpResponse:
        """What the client needs of a response: all of it, a part, or that it is unmodified; or a refusal.

        Preconditions come before ranges (RFC 9110, section 13.2.2).
        """
        fields, method = context.headers, context.scope.method
        if response.status < 300 and method != "OPTIONS":  # for others, there are no preconditions (section 13.2.1)
            # A response without a tag matches nothing, whatever the method (section 13.1.1).
            if "if-match" in fields and not _matches(fields["if-match"], response.tag):
                raise Problem("precondition")
            is_conditional = "if-none-match" in fields and response.tag and method in CONDITIONAL
            if is_conditional and _matches(fields["if-none-match"].replace("W/", ""), response.tag):
                return replace(response, status=304, body=b"")
        if "range" in fields and method == "GET":
            response = cut(response, fields)
        size = 0 if method == "HEAD" else len(response.body)
        if size >= MIN_LARGE_BYTES and not self.outbox.add(context.scope.client, context.client, size):
            raise Problem("overloaded", UNREAD)
        return response

    def refuse(self, scope: HttpScope, channel: Channel, problem: Problem) -> None:
        """Answer with a problem of the server, and close the connection."""
        context = self.proxies.read(scope, channel)
        context = context._replace(id=REQUEST.get() or context.id)
        with self.app.request_context(wsgi.environ(context)):
            response = complete(respond(problem))
        channel.response_bytes(response.status, [*response.headers, (ID, context.id), CLOSE], response.body)
        self.accounting.record(context, response)

    async def _variant(self, context: RequestContext) -> HttpResponse:
        """The response, compressed if the client accepts that; both variants are cached."""
        request = context.request
        plain = request._replace(coding="") if request.coding else request
        response = self.cache.get(plain) if request.coding else None
        if response is None:
            response = await self._run(context)
            self._cache(plain, response)
        if not request.coding or not is_compressible(response):
            return response
        response = await asyncio.to_thread(compress, response)
        self._cache(request, response)
        return response

    def _cache(self, request: Request, response: HttpResponse) -> None:
        if response.status == 200 and response.tag and ("cache-control", NO_STORE) not in response.headers:
            self.cache.put(request, response, sum(map(len, filter(None, request))))

    async def _run(self, context: RequestContext, problem: Problem | None = None) -> HttpResponse:
        """Compute the response within the budget of the client; with a problem, the response that states it."""
        work = Work()
        WORK.set(work)
        REQUEST.set(context.id)
        if problem is None and (wait := self.accounting.wait(context)):
            problem = over_budget(wait)
        response = await (self._apply(context, {PROBLEM: problem}) if problem else self._compute(context))
        response.workload = self.accounting.charge(context, response, work)
        return response

    async def _compute(self, context: RequestContext) -> HttpResponse:
        """The response of the endpoint to a query of a program, else that of the application."""
        request = context.request
        if not (self.endpoint and context.path in QUERY_PATHS and request.method in QUERY_METHODS):
            return await self._apply(context, {})
        disconnect = context.channel.client_disconnect
        outcome = await self.endpoint.answer(request, context.version, context.client, disconnect)
        if isinstance(outcome, HttpResponse):
            return outcome
        response = await self._apply(context, {PROBLEM: outcome.problem, OUTCOME: outcome})
        if outcome.query:
            # Other text than SPARQL is not logged, since its literals cannot be removed.
            is_sparql = outcome.problem is None or outcome.problem.type.slug != "query-syntax"
            response.query = outcome.query.text if is_sparql else ""
        return response

    async def _apply(self, context: RequestContext, extra: dict[str, Any]) -> HttpResponse:
        """The response of the application; of those that compute, and ask no engine, there are few at a time."""
        if path_workload(context.path) == PROBE:  # it waits for no page, but perhaps for an engine elsewhere
            return await wsgi.apply(self.app, self.monitoring_threads, context, extra)
        async with AsyncExitStack() as place:
            await place.enter_async_context(self.client_places.setdefault(context.client, Semaphore(MAX_CLIENT_PAGES)))
            await place.enter_async_context(self.places)
            PLACE.set(place)
            return await wsgi.apply(self.app, self.threads, context, extra)


def _matches(condition: str, tag: str) -> bool:
    """Whether a list of entity tags has the tag, or is "*" (RFC 9110, section 13.1)."""
    return not {"*", tag or "*"}.isdisjoint(value.strip() for value in condition.split(","))
