"""Places for queries that are asked elsewhere: so many at a time, the next in a short queue that is fair to clients."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ..errors import Overloaded
from ..limits import Limits
from ..work import Figures
from ..workers.turns import Turns

LONG = 1.0


class Places:
    """Admits queries within the limits of the service; to be used from within one loop.

    A query that takes longer than `LONG` seconds leaves its place to another, as far as there is room for long ones:
    so the long queries of one client do not hold up all others.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.running = 0
        self.long: Counter[str] = Counter()
        self.turns = Turns[None](limits.waiting)

    @asynccontextmanager
    async def one(self, client: str) -> AsyncIterator[None]:
        """A place for a query of a client, at once or after a wait; Overloaded if there is none."""
        await self._begin(client)
        moved: list[str] = []
        timer = asyncio.get_running_loop().call_later(LONG, self._lengthen, client, moved)
        try:
            yield
        finally:
            timer.cancel()
            if moved:
                self.long[client] -= 1
            else:
                self._end()

    def figures(self) -> Figures:
        """How many queries have a place now, and how many wait for one."""
        return Figures(running=self.running, long=self.long.total(), waiting=len(self.turns))

    async def _begin(self, client: str) -> None:
        if self.running < self.limits.running:
            self.running += 1
            return
        turn = self.turns.join(client)
        if turn is None:
            raise Overloaded
        try:
            await asyncio.wait_for(turn, self.limits.wait)
        except TimeoutError as error:
            raise Overloaded from error
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it came at the same time, and nobody else would end it
                self._end()
            raise

    def _lengthen(self, client: str, moved: list[str]) -> None:
        self.long = +self.long
        if self.long.total() < self.limits.long and self.long[client] < self.limits.long_of_one:
            self.long[client] += 1
            moved.append(client)
            self._end()

    def _end(self) -> None:
        if not self.turns.give(None):
            self.running -= 1
