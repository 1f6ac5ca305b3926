"""The interface of all engines, and the cost of an answer."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import CancelledError
from contextlib import AsyncExitStack
from contextvars import ContextVar
from dataclasses import dataclass, field

from ..bilingual import Text
from ..formats import Format
from ..settings import Settings
from .errors import Crashed
from .query import Query

Disconnect = Callable[[], Awaitable[None]]  # ends once the client has closed its connection


@dataclass(slots=True)
class Work:
    """The cost of one request so far: seconds of a processor, and how its query was answered (`lookup` or `query`)."""

    seconds: float = 0.0
    workload: str = ""


@dataclass(frozen=True, slots=True)
class EngineMetrics:
    """The queries and workers of an engine now, and how its workers have ended since the start, by reason."""

    running: int = 0
    long: int = 0
    idle: int = 0
    waiting: int = 0
    started: int = 0
    memory: int = 0
    ended: Mapping[str, int] = field(default_factory=dict)


WORK: ContextVar[Work | None] = ContextVar("work", default=None)
# The place of a page among those that are made at a time, which it leaves once it asks an engine.
PLACE: ContextVar[AsyncExitStack | None] = ContextVar("place", default=None)


@dataclass(frozen=True, slots=True)
class EngineState:
    """Whether the engine elsewhere answers and holds the data that is served here, or why not."""

    up: bool
    why: Text | None = None


class Engine(ABC):
    """Answers queries: in this process, in worker processes, or elsewhere.

    `limits` bound what a query may use, if anything does; `services` are the endpoints that it may call. An engine in
    front of another one, its `inner`, reports the state and the metrics of that.
    """

    limits: Settings | None = None
    services: frozenset[str] = frozenset()
    inner: "Shared | None" = None

    @abstractmethod
    def answer(self, query: Query, output: Format, client: str = "") -> bytes:
        """The whole answer in a format, or a QueryError; the service is fair between clients."""

    def state(self) -> EngineState | None:
        """The state of the engine elsewhere, which may take some seconds to find out; None if there is none."""
        return self.inner.state() if self.inner else None

    def metrics(self) -> EngineMetrics:
        """The metrics of the engine; zeros if it has no workers."""
        return self.inner.metrics() if self.inner else EngineMetrics()


class Shared(Engine):
    """An engine that runs in the event loop of a server; once it is attached to it, other threads may ask it too."""

    limits: Settings
    loop: asyncio.AbstractEventLoop

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run in this event loop from now on."""
        self.loop = loop
        if self.inner:
            self.inner.attach(loop)

    def answer(self, query: Query, output: Format, client: str = "") -> bytes:
        """The whole answer in a format, or a QueryError; not to be called from the event loop itself."""
        future = asyncio.run_coroutine_threadsafe(self._ask_for_page(query, output, client), self.loop)
        try:
            return future.result()
        except CancelledError as error:
            raise Crashed from error

    async def _ask_for_page(self, query: Query, output: Format, client: str) -> bytes:
        if place := PLACE.get():
            await place.aclose()
        return await self.ask(query, output, client)

    @abstractmethod
    async def ask(self, query: Query, output: Format, client: str = "", disconnect: Disconnect | None = None) -> bytes:
        """The same from within the event loop; a query may be stopped once `disconnect` ends."""
