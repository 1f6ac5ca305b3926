"""The engine in processes of its own, each of which can be killed without harm to the others."""

import asyncio
import threading
from concurrent.futures import CancelledError

from ..formats import Format
from .embedded import Embedded
from .errors import Crashed
from .limits import Limits
from .pool import Pool
from .query import Query
from .wire import pack_query
from .zygote import spawn


class Isolated:
    """Answers queries in worker processes, within limits of time, memory and size.

    Make it before the process has a second thread, since it forks; `start` it in the process that is to ask.
    """

    def __init__(self, engine: Embedded, limits: Limits) -> None:
        self.limits = limits
        self.zygote = spawn(engine, limits)
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.pool: Pool | None = None

    def start(self) -> None:
        """Start the thread that talks to the workers."""
        threading.Thread(target=self._run, name="pool", daemon=True).start()
        self.ready.wait()

    def answer(self, query: Query, chosen: Format, client: str = "") -> bytes:
        """The whole answer in the chosen format, or a QueryError."""
        query.refuse()
        asked = asyncio.run_coroutine_threadsafe(self._ask(query, chosen, client), self.loop)
        try:
            return asked.result()
        except CancelledError as error:
            raise Crashed from error

    def close(self) -> None:
        """End the workers and the thread."""
        self.loop.call_soon_threadsafe(self.loop.stop)

    async def _ask(self, query: Query, chosen: Format, client: str) -> bytes:
        if self.pool is None:
            raise RuntimeError("the engine was not started")
        seconds = min(self.limits.seconds, query.seconds or self.limits.seconds)
        return await self.pool.ask(pack_query(query, chosen), seconds, client)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._open())
        self.loop.run_forever()
        if self.pool:
            self.pool.close()
        self.loop.close()

    async def _open(self) -> None:
        self.pool = Pool(self.zygote, self.limits)
        self.ready.set()
