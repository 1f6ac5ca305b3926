"""What an engine promises to those who ask it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..formats import Format
from .handle import Gone
from .limits import Limits
from .query import Query
from .work import Figures


@dataclass(frozen=True, slots=True)
class State:
    """How an engine elsewhere is: its number in the order of the call, whether queries go to it, if not why.

    `running` are the queries that it is asked now, `answered` and `failed` count since the start.
    """

    number: int
    up: bool
    why: str = ""
    running: int = 0
    answered: int = 0
    failed: int = 0


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

    def states(self) -> Sequence[State]:
        """How the engines elsewhere are that have a part in answers; none if there are none."""

    def figures(self) -> Figures:
        """What the engine does now, and what became of its workers; zeros if it has none."""


class Shared(Engine, Protocol):
    """An engine that is asked by many at a time, from within the loop of a server."""

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Do what is to be done in this loop."""

    async def ask(self, query: Query, chosen: Format, client: str = "", gone: Gone | None = None) -> bytes:
        """What `answer` does, without holding a thread of the caller; `gone` ends once the client went away."""
