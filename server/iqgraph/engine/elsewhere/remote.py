"""The engine elsewhere, which holds the same data: queries are sent to it, and its answers are passed on.

Each query is parsed here first. This server refuses what is no query, changes data or calls a service, and answers by
itself what no other engine answers as we promise (see `route`), and what asks an older version.
"""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from ...client import Exchange, Server
from ...errors import CallError, DatasetError
from ...formats import JSON, Format
from ...settings import MIB, Settings
from ...terms import BASE, PREFIXES
from ..embedded import DEFAULT_DATASET, LOCAL
from ..errors import Disconnected, OutOfTime, Overloaded, QueryError, Unreachable
from ..interface import Disconnect, EngineMetrics, EngineState, Shared
from ..query import Query
from .endpoint import Endpoint
from .fingerprint import QUERY, Fingerprint, difference, read_fingerprint

MAX_FINGERPRINT_BYTES = 64 * MIB
MAX_START_SECONDS, MAX_CHECK_SECONDS, CHECK_INTERVAL_SECONDS = 60.0, 3.0, 5.0
log = logging.getLogger(__name__)


def admit(server: Server, expected: Fingerprint, seconds: float = MAX_START_SECONDS, name: str | None = None) -> None:
    """Check an engine elsewhere: DatasetError if it holds other data, CallError if it does not answer.

    Messages call it by its name, or by its address.
    """
    name = f" {server.redacted_url}" if name is None else name
    endpoint, exchange = Endpoint(server, expected.graphs, PREFIXES, MAX_FINGERPRINT_BYTES), Exchange()
    try:
        with exchange.within(seconds):
            actual = read_fingerprint(endpoint.fetch(endpoint.with_graphs(Query(QUERY)), JSON, seconds, exchange))
    except (QueryError, SyntaxError, ValueError, KeyError) as error:
        reason = error.reason if isinstance(error, Unreachable) else error
        if isinstance(error, OutOfTime):
            reason = f"{seconds:g} s"
        raise CallError(
            de=f"Die Engine{name} beantwortet keine Abfragen ({reason}). "
            "Starten Sie sie, oder berichtigen Sie die Adresse.",
            en=f"The engine{name} does not answer queries ({reason}); start it, or correct the address.",
        ) from error
    finally:
        endpoint.server.close()
    if text := difference(expected, actual):
        raise DatasetError(de=f"Die Engine{name} {text.de}", en=f"The engine{name} {text.en}")


class Remote(Shared):
    """Answers queries by the engine at one address, which may be a proxy in front of several engines.

    `inner` is the engine here, and `expected` the fingerprint of its data. `attach` it to the loop of the server before
    it is asked.
    """

    inner: Shared

    def __init__(
        self,
        server: Server,
        inner: Shared,
        expected: Fingerprint,
        limits: Settings,
        prefixes: Mapping[str, str] = PREFIXES,
    ) -> None:
        self.server, self.inner, self.expected, self.limits = server, inner, expected, limits
        self.endpoint = Endpoint(server, expected.graphs, prefixes, limits.answer_bytes)
        self.limiter = ConcurrencyLimiter(limits)
        # As many as may ask at a time, so that a query that has a place never waits for a thread.
        self.threads = ThreadPoolExecutor(limits.workers + limits.long_queries, "remote")
        self._check_lock = threading.Lock()
        self._check_time, self._state = float("-inf"), EngineState(up=True)

    def state(self) -> EngineState:
        """The state of the engine; one thread at a time checks it, some seconds after the last check."""
        if self._check_lock.acquire(blocking=False):
            try:
                if time.monotonic() - self._check_time > CHECK_INTERVAL_SECONDS:
                    self._state = self._check()
                    self._check_time = time.monotonic()
            finally:
                self._check_lock.release()
        return self._state

    def metrics(self) -> EngineMetrics:
        """The number of queries that the engine elsewhere evaluates, and of those that wait for it."""
        return self.limiter.metrics()

    async def ask(self, query: Query, output: Format, client: str = "", disconnect: Disconnect | None = None) -> bytes:
        """The whole answer; the connection to the engine is closed once `disconnect` ends."""
        if query.version or query.selection:
            return await self.inner.ask(query, output, client, disconnect)
        route = await self.inner.ask(replace(query, is_parse_only=True), output, client)
        if route == LOCAL:
            return await self.inner.ask(query, output, client, disconnect)
        if route == DEFAULT_DATASET:
            query = self.endpoint.with_graphs(query)
        # Without it, an engine takes its own address for the base (SPARQL 1.1 Query Language, section 4.1.1.2).
        query = replace(query, text=f"BASE <{BASE}> {query.text}")
        async with self.limiter.place(client):
            try:
                return await self._fetch(query, output, disconnect)
            except Unreachable as error:
                log.warning("The engine %s did not answer a query: %s.", self.server.redacted_url, error.reason)
                raise

    async def _fetch(self, query: Query, output: Format, disconnect: Disconnect | None) -> bytes:
        seconds = query.time_limit(self.limits.timeout)
        exchange = Exchange()
        fetch = partial(self.endpoint.fetch, query, output, seconds, exchange)
        job = asyncio.get_running_loop().run_in_executor(self.threads, fetch)
        watcher = asyncio.ensure_future(disconnect()) if disconnect else None
        futures: set[asyncio.Future[Any]] = {job, watcher} if watcher else {job}
        try:
            await asyncio.wait(futures, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if job.done():
                return job.result()
            raise Disconnected if watcher and watcher.done() else OutOfTime(seconds)
        finally:
            if watcher:
                watcher.cancel()
            if not job.done():
                exchange.cancel()
                # Else asyncio complains about an exception that nobody retrieves:
                # https://docs.python.org/3/library/asyncio-dev.html#detect-never-retrieved-exceptions
                job.add_done_callback(lambda job: job.cancelled() or job.exception())

    def _check(self) -> EngineState:
        try:
            admit(self.server, self.expected, MAX_CHECK_SECONDS, name="")
        except (CallError, DatasetError) as error:
            return EngineState(up=False, why=error.text)
        return EngineState(up=True)


class ConcurrencyLimiter:
    """Admits queries within the limits of the service; it belongs to one event loop.

    One client has at most as many places as there are workers; all clients together also have those for long queries.
    So no client takes all places, unless there are none for long queries.
    """

    def __init__(self, limits: Settings) -> None:
        self.limits = limits
        self.places = asyncio.Semaphore(limits.workers + limits.long_queries)
        # Clients without a query are forgotten, so strangers cannot fill the memory.
        self.places_by_client: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self.running = self.waiting = 0

    @asynccontextmanager
    async def place(self, client: str) -> AsyncIterator[None]:
        """A place for a query of a client, at once or after a wait; Overloaded if there is none."""
        own_places = self.places_by_client.setdefault(client, asyncio.Semaphore(self.limits.workers))
        if self.waiting >= self.limits.queue and (own_places.locked() or self.places.locked()):
            raise Overloaded
        async with AsyncExitStack() as stack:
            self.waiting += 1
            try:
                async with asyncio.timeout(self.limits.queue_time):
                    await stack.enter_async_context(own_places)
                    await stack.enter_async_context(self.places)
            except TimeoutError as error:
                raise Overloaded from error
            finally:
                self.waiting -= 1
            self.running += 1
            try:
                yield
            finally:
                self.running -= 1

    def metrics(self) -> EngineMetrics:
        """The number of queries that have a place, and of those that wait for one."""
        return EngineMetrics(running=self.running, waiting=self.waiting)
