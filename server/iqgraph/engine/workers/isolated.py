"""The engine in processes of its own, each of which can be killed without harm to the others."""

import asyncio
import threading
import time

from ...formats import Format
from ..bridge import Bridge
from ..embedded import Embedded
from ..handle import Gone
from ..limits import Limits
from ..query import Query
from ..wire import pack_query
from ..work import Figures, spent
from .lane import Lane
from .pool import Pool
from .zygote import spawn


class Isolated(Bridge):
    """Answers queries in worker processes, within limits of time, memory and size.

    Make it before the process has a second thread, since it forks; then `attach` it to the loop of the server, or
    `start` a loop of its own.
    """

    def __init__(self, engine: Embedded, limits: Limits) -> None:
        self.near = Embedded(engine.store, engine.prefixes, limits.answer)
        self.lane = Lane(engine.store)
        self.limits = limits
        self.services: frozenset[str] = frozenset()
        self.zygote = spawn(engine, limits)
        self.pool: Pool | None = None

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let the workers be looked after in this loop."""
        super().attach(loop)
        self.pool = Pool(self.zygote, self.limits, loop)

    def start(self) -> None:
        """Start a loop in a thread."""
        loop = asyncio.new_event_loop()
        self.attach(loop)
        threading.Thread(target=self._run, args=(loop,), name="pool", daemon=True).start()

    async def ask(self, query: Query, chosen: Format, client: str = "", gone: Gone | None = None) -> bytes:
        """The same from within the loop; once the client is `gone`, a long query is given up.

        Whether to refuse a query is found out in a worker, since that may take long.
        """
        if self.lane.takes(query):
            begun = time.perf_counter()
            try:
                return self.near.look_up(query, chosen)
            finally:
                spent(time.perf_counter() - begun, "lookup")
        if self.pool is None:
            raise RuntimeError("the engine was not started")
        seconds = min(self.limits.seconds, query.seconds or self.limits.seconds)
        return await self.pool.ask(pack_query(query, chosen), seconds, client, gone)

    def figures(self) -> Figures:
        """What the workers do now, and what became of them."""
        return self.pool.figures() if self.pool else Figures()

    def close(self) -> None:
        """End the workers and, if there is one, the thread."""
        if self.loop and self.loop.is_running():
            self.loop.call_soon_threadsafe(self.loop.stop)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.run_forever()
        if self.pool:
            self.pool.close()
        loop.close()
