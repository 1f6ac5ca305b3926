"""What an engine promises to those who ask it."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from ..formats import Format
from .handle import Gone
from .limits import Limits
from .query import Query
from .work import Figures


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
