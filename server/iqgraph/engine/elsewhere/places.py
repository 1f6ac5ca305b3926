"""Places for queries that are asked elsewhere: so many at a time, and so many of one client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from weakref import WeakValueDictionary

from ..errors import Overloaded
from ..limits import Limits
from ..work import Figures


class Places:
    """Admits queries within the limits of the service; to be used from within one loop.

    One client has at most as many as may run at a time, all together have those for long queries besides. So no client
    takes all, unless there are none for long queries.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.all = asyncio.Semaphore(limits.running + limits.long)
        self.by_client: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self.running = self.waiting = 0

    @asynccontextmanager
    async def one(self, client: str) -> AsyncIterator[None]:
        """A place for a query of a client, at once or after a wait; Overloaded if there is none."""
        own = self.by_client.get(client) or asyncio.Semaphore(self.limits.running)
        self.by_client[client] = own
        if self.waiting >= self.limits.waiting and (own.locked() or self.all.locked()):
            raise Overloaded
        async with AsyncExitStack() as stack:
            self.waiting += 1
            try:
                async with asyncio.timeout(self.limits.wait):
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
