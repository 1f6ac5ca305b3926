"""What an engine promises to those who ask it, what queries may use of it, and what answering costs."""

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

MIB = 1 << 20
Disconnect = Callable[[], Awaitable[None]]  # ends once the client has gone away
DEFAULT = Settings()


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of the service; sizes in bytes, times in seconds.

    `seconds`, `memory` and `answer` bound one query; `running`, `waiting`, `wait` and `tree` bound them all.
    A query is long after `patience`, and then no longer one of the `running`: it works on with whatever time the others
    leave. Of such, `long` may be there at once, and `long_per_client` of one client.
    """

    seconds: float = DEFAULT.timeout
    memory: int = int(DEFAULT.memory * MIB)
    answer: int = int(DEFAULT.answer_size * MIB)
    running: int = DEFAULT.workers
    waiting: int = DEFAULT.queue
    wait: float = DEFAULT.queue_time
    tree: int = int(DEFAULT.long_memory * MIB)
    # Shorter seems to be at once: https://www.nngroup.com/articles/response-times-3-important-limits/
    patience: float = 0.1
    long: int = DEFAULT.long_queries
    long_per_client: int = DEFAULT.long_queries_client

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """The limits that are set."""
        return cls(
            seconds=settings.timeout,
            memory=int(settings.memory * MIB),
            answer=int(settings.answer_size * MIB),
            running=settings.workers,
            waiting=settings.queue,
            wait=settings.queue_time,
            tree=int(settings.long_memory * MIB),
            long=settings.long_queries,
            long_per_client=settings.long_queries_client,
        )


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


def add_work(seconds: float, way: str) -> None:
    """Add to the work of the request that is being answered, if anybody counts it."""
    work = WORK.get()
    if work is not None:
        work.seconds += seconds
        work.way = way


@dataclass(frozen=True, slots=True)
class State:
    """Whether the engine elsewhere answers and holds the data that is served here; if not, why."""

    up: bool
    why: Text | None = None


class Engine(ABC):
    """Whatever answers queries: in this process, in a worker that can be killed, or elsewhere.

    `limits` are what a query may use, if that is limited; `services` those elsewhere that it may call.
    """

    limits: Limits | None = None
    services: frozenset[str] = frozenset()

    @abstractmethod
    def answer(self, query: Query, chosen: Format, client: str = "") -> bytes:
        """The whole answer in the chosen format, or a QueryError; the service is fair between clients."""

    def state(self) -> State | None:
        """How the engine elsewhere is that answers; None if there is none. This may take some seconds."""
        return None

    def figures(self) -> Figures:
        """What the engine does now, and what became of its workers; zeros if it has none."""
        return Figures()


class Shared(Engine):
    """An engine that works in the loop of a server; once it is attached to that, any other thread may ask it too."""

    limits: Limits
    loop: asyncio.AbstractEventLoop

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Do what is to be done in this loop."""
        self.loop = loop

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
