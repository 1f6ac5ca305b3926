"""The pool of workers, without processes: what becomes of a query when workers come and go at the worst moment."""

import asyncio
import signal
import socket

import pytest

from iqgraph.engine import Query
from iqgraph.engine.errors import Interrupted
from iqgraph.engine.workers.pool import MAX_TRIES, Pool
from iqgraph.engine.workers.sweeper import Handle
from iqgraph.formats import JSON
from iqgraph.settings import Settings

NO_PROCESS = 1 << 30  # above what Linux gives, see pid_max in proc(5)


class NoZygote:
    """Starts no worker; the test does."""

    starting = 0

    def attach(self, *_: object) -> None:
        """Report nothing."""

    def start_worker(self) -> None:
        """Start nothing."""


def test_a_worker_that_ends_before_its_query_comes() -> None:
    """The query is asked again, and in the end refused; it does not wait for an answer that nobody writes."""

    async def run() -> Pool:
        pool = Pool(NoZygote(), Settings(), asyncio.get_running_loop())  # type: ignore[arg-type]
        answer = asyncio.ensure_future(pool.ask(Query("ASK {}"), JSON, 10, "client"))
        for _ in range(MAX_TRIES):
            while not len(pool.queue):
                await asyncio.sleep(0)
            ours, theirs = socket.socketpair()
            ours.settimeout(0)
            worker = Handle(NO_PROCESS, ours)
            pool._on_start(worker)  # noqa: SLF001 - the zygote calls it
            theirs.close()
            pool._on_end(worker, signal.SIGKILL, 0.0)  # noqa: SLF001
        with pytest.raises(Interrupted):
            await answer
        return pool

    pool = asyncio.run(asyncio.wait_for(run(), 5))

    assert (pool.figures().running, pool.figures().waiting, pool.handovers) == (0, 0, 0)
