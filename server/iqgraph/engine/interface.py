"""What an engine promises to those who ask it, and what answering costs."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import CancelledError
from contextvars import ContextVar
from dataclasses import dataclass, field

from ..bilingual import Text
from ..formats import Format
from ..settings import Settings
from .errors import Crashed
from .query import Query

Disconnect = Callable[[], Awaitable[None]]  # ends once the client has gone away


@dataclass(slots=True)
class Work:
    """The work that one request has caused so far: seconds of a processor, and by which way its query went."""

    seconds: float = 0.0
    way: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What an engine is doing now, and what became of its workers since the start."""

    running: int = 0
    long: int = 0
    idle: int = 0
    waiting: int = 0
    started: int = 0
    memory: int = 0
    ended: Mapping[str, int] = field(default_factory=dict)


WORK: ContextVar[Work | None] = ContextVar("work", default=None)


@dataclass(frozen=True, slots=True)
class State:
    """Whether the engine elsewhere answers and holds the data that is served here; if not, why."""

    up: bool
    why: Text | None = None


class Engine(ABC):
    """Whatever answers queries: in this process, in a worker that can be killed, or elsewhere.

    `limits` are what a query may use, if that is limited; `services` those elsewhere that it may call. One that stands
    before another, its `inner`, tells how that is.
    """

    limits: Settings | None = None
    services: frozenset[str] = frozenset()
    inner: "Shared | None" = None

    @abstractmethod
    def answer(self, query: Query, chosen: Format, client: str = "") -> bytes:
        """The whole answer in the chosen format, or a QueryError; the service is fair between clients."""

    def state(self) -> State | None:
        """How the engine elsewhere is that answers; None if there is none. This may take some seconds."""
        return self.inner.state() if self.inner else None

    def figures(self) -> Figures:
        """What the engine does now, and what became of its workers; zeros if it has none."""
        return self.inner.figures() if self.inner else Figures()


class Shared(Engine):
    """An engine that works in the loop of a server; once it is attached to that, any other thread may ask it too."""

    limits: Settings
    loop: asyncio.AbstractEventLoop

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Do what is to be done in this loop."""
        self.loop = loop
        if self.inner:
            self.inner.attach(loop)

    def answer(self, query: Query, chosen: Format, client: str = "") -> bytes:
        """The whole answer in the chosen format, or a QueryError; not to be called from the loop itself."""
        asked = asyncio.run_coroutine_threadsafe(self.ask(query, chosen, client), self.loop)
        try:
            return asked.result()
        except CancelledError as error:
            raise Crashed from error

    @abstractmethod
    async def ask(self, query: Query, chosen: Format, client: str = "", disconnect: Disconnect | None = None) -> bytes:
        """The same from within the loop; it may be given up once the client is `disconnect`."""
