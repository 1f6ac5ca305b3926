"""What an engine promises to those who ask it, and what answering costs."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import CancelledError
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol

from ..formats import Format
from .errors import Crashed
from .limits import Limits
from .query import Query

Gone = Callable[[], Awaitable[None]]  # ends once the client has gone away


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
    made: int = 0
    memory: int = 0
    killed: Mapping[str, int] = field(default_factory=dict)


WORK: ContextVar[Work | None] = ContextVar("work", default=None)


def spent(seconds: float, way: str) -> None:
    """Add to the work of the request that is being answered, if anybody counts it."""
    work = WORK.get()
    if work is not None:
        work.seconds += seconds
        work.way = way


@dataclass(frozen=True, slots=True)
class State:
    """Whether the engine elsewhere answers and holds the data that is served here; if not, why."""

    up: bool
    why: str = ""


class Engine(Protocol):
    """Whatever answers queries: in this process, in a worker that can be killed, or elsewhere."""

    @property
    def limits(self) -> Limits | None:
        """What a query may use, if that is limited."""

    @property
    def services(self) -> frozenset[str]:
        """The services elsewhere that a query may call."""

    def answer(self, query: Query, chosen: Format, client: str = "") -> bytes:
        """The whole answer in the chosen format, or a QueryError; the service is fair between clients."""

    def state(self) -> State | None:
        """How the engine elsewhere is that answers; None if there is none. This may take some seconds."""

    def figures(self) -> Figures:
        """What the engine does now, and what became of its workers; zeros if it has none."""


class Shared(Engine, Protocol):
    """An engine that is asked by many at a time, from within the loop of a server."""

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Do what is to be done in this loop."""

    async def ask(self, query: Query, chosen: Format, client: str = "", gone: Gone | None = None) -> bytes:
        """What `answer` does, without holding a thread of the caller; `gone` ends once the client went away."""


class Bridge(ABC):
    """An engine that works in a loop, and that can be asked from any other thread once it was attached to it."""

    loop: asyncio.AbstractEventLoop | None = None

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Do what is to be done in this loop."""
        self.loop = loop

    def answer(self, query: Query, chosen: Format, client: str = "") -> bytes:
        """The whole answer in the chosen format, or a QueryError; not to be called from the loop itself."""
        if self.loop is None:
            raise RuntimeError("the engine was not attached")
        asked = asyncio.run_coroutine_threadsafe(self.ask(query, chosen, client), self.loop)
        try:
            return asked.result()
        except CancelledError as error:
            raise Crashed from error

    @abstractmethod
    async def ask(self, query: Query, chosen: Format, client: str = "", gone: Gone | None = None) -> bytes:
        """The same from within the loop; it may be given up once the client is `gone`."""

    def state(self) -> State | None:
        """None: there is no engine elsewhere."""
        return None
