"""The engine elsewhere: queries go to an engine that holds the same data, and its answers come back as they are.

Each query is first read by the engine at home, which refuses what is no query, changes data or calls a service, and
which answers what no other engine answers as we promise (see `answering` there), and older versions.
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
from ..embedded import HERE, OPEN
from ..errors import Disconnected, OutOfTime, Overloaded, QueryError, Unreachable
from ..interface import Disconnect, Figures, Shared, State
from ..query import Query
from .endpoint import Endpoint
from .fingerprint import QUERY, Fingerprint, difference, read_fingerprint

MAX_FINGERPRINT_BYTES = 64 * MIB
MAX_START_SECONDS, MAX_CHECK_SECONDS, CHECK_INTERVAL_SECONDS = 60.0, 3.0, 5.0
log = logging.getLogger(__name__)


def admit(server: Server, expected: Fingerprint, seconds: float = MAX_START_SECONDS, name: str | None = None) -> None:
    """Return if the engine may be asked: DatasetError if it holds other data, CallError if it does not answer.

    Messages call it by a name, or by its address.
    """
    name = f" {server.redacted}" if name is None else name
    endpoint, exchange = Endpoint(server, expected.graphs, PREFIXES, MAX_FINGERPRINT_BYTES), Exchange()
    try:
        with exchange.within(seconds):
            there = read_fingerprint(endpoint.fetch(endpoint.choose(Query(QUERY)), JSON, seconds, exchange))
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
    if found := difference(expected, there):
        raise DatasetError(de=f"Die Engine{name} {found.de}", en=f"The engine{name} {found.en}")


class Remote(Shared):
    """Answers queries from the engine at one address, which may be a proxy before several.

    `home` is the engine that has the data itself, `expected` the fingerprint of that data. `attach` it to the loop of
    the server before it is asked.
    """

    def __init__(
        self,
        server: Server,
        home: Shared,
        expected: Fingerprint,
        limits: Settings,
        prefixes: Mapping[str, str] = PREFIXES,
    ) -> None:
        self.server, self.expected, self.limits = server, expected, limits
        self.inner = self.home = home
        self.endpoint = Endpoint(server, expected.graphs, prefixes, limits.answer_bytes)
        self.limiter = ConcurrencyLimiter(limits)
        # As many as may ask at a time, so that whoever has a place never waits for a thread.
        self.threads = ThreadPoolExecutor(limits.workers + limits.long_queries, "remote")
        self.examining = threading.Lock()
        self.examined, self.known = float("-inf"), State(up=True)

    def state(self) -> State:
        """How the engine is; it is examined again some seconds after the last time, by one asker alone."""
        if self.examining.acquire(blocking=False):
            try:
                if time.monotonic() - self.examined > CHECK_INTERVAL_SECONDS:
                    self.known = self._examined()
                    self.examined = time.monotonic()
            finally:
                self.examining.release()
        return self.known

    def figures(self) -> Figures:
        """How many queries are asked elsewhere now, and how many wait for that."""
        return self.limiter.figures()

    async def ask(self, query: Query, chosen: Format, client: str = "", disconnect: Disconnect | None = None) -> bytes:
        """The whole answer; once the client is `disconnect`, the connection to the engine is closed."""
        if query.version or query.wanted:
            return await self.home.ask(query, chosen, client, disconnect)
        engine = await self.home.ask(replace(query, is_parse_only=True), chosen, client)
        if engine == HERE:
            return await self.home.ask(query, chosen, client, disconnect)
        if engine == OPEN:
            query = self.endpoint.choose(query)
        # Without it, an engine takes its own address for the base (SPARQL 1.1 Query Language, section 4.1.1.2).
        query = replace(query, text=f"BASE <{BASE}> {query.text}")
        async with self.limiter.one(client):
            try:
                return await self._fetch(query, chosen, disconnect)
            except Unreachable as error:
                log.warning("The engine %s did not answer a query: %s.", self.server.redacted, error.reason)
                raise

    async def _fetch(self, query: Query, chosen: Format, disconnect: Disconnect | None) -> bytes:
        """The answer within the time of the query, as long as somebody waits for it."""
        seconds = query.time(self.limits.timeout)
        exchange = Exchange()
        fetch = partial(self.endpoint.fetch, query, chosen, seconds, exchange)
        job = asyncio.get_running_loop().run_in_executor(self.threads, fetch)
        leaving = asyncio.ensure_future(disconnect()) if disconnect else None
        awaited: set[asyncio.Future[Any]] = {job, leaving} if leaving else {job}
        try:
            await asyncio.wait(awaited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if job.done():
                return job.result()
            raise Disconnected if leaving and leaving.done() else OutOfTime(seconds)
        finally:
            if leaving:
                leaving.cancel()
            if not job.done():
                exchange.cancel()
                job.add_done_callback(_forget)

    def _examined(self) -> State:
        try:
            admit(self.server, self.expected, MAX_CHECK_SECONDS, name="")
        except (CallError, DatasetError) as error:
            return State(up=False, why=error.text)
        return State(up=True)


def _forget(job: asyncio.Future[Any]) -> None:
    """Nobody waits for what comes of it any more."""
    # Else asyncio complains: https://docs.python.org/3/library/asyncio-dev.html#detect-never-retrieved-exceptions
    if not job.cancelled():
        job.exception()


class ConcurrencyLimiter:
    """Admits queries within the limits of the service; to be used from within one loop.

    One client has at most as many as may run at a time, all together have those for long queries besides. So no client
    takes all, unless there are none for long queries.
    """

    def __init__(self, limits: Settings) -> None:
        self.limits = limits
        self.all = asyncio.Semaphore(limits.workers + limits.long_queries)
        # Who has no query is forgotten, so strangers do not fill the memory.
        self.by_client: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self.running = self.waiting = 0

    @asynccontextmanager
    async def one(self, client: str) -> AsyncIterator[None]:
        """A place for a query of a client, at once or after a wait; Overloaded if there is none."""
        own = self.by_client.get(client) or asyncio.Semaphore(self.limits.workers)
        self.by_client[client] = own
        if self.waiting >= self.limits.queue and (own.locked() or self.all.locked()):
            raise Overloaded
        async with AsyncExitStack() as stack:
            self.waiting += 1
            try:
                async with asyncio.timeout(self.limits.queue_time):
                    await stack.enter_async_context(own)
                    await stack.enter_async_context(self.all)
            except TimeoutError as error:
                raise Overloaded from error
            finally:
                self.waiting -= 1
            self.running += 1
            stack.callback(self._end)
            yield

    def figures(self) -> Figures:
        """How many queries have a place now, and how many wait for one."""
        return Figures(running=self.running, waiting=self.waiting)

    def _end(self) -> None:
        self.running -= 1
