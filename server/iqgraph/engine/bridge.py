"""The bridge into the loop of a server: those outside of it ask, and wait, until the loop has the answer."""

import asyncio
from abc import ABC, abstractmethod
from concurrent.futures import CancelledError

from ..formats import Format
from .errors import Crashed
from .handle import Gone
from .interface import State
from .query import Query


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
