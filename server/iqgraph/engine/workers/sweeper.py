"""The sweeper: looks again and again at the workers that have a query, and ends those that take more than they may."""

import asyncio
import contextlib
import os
import signal
import socket
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from ...settings import MIB, Settings
from ..errors import Disconnected, OutOfMemory, OutOfTime, Overloaded, QueryError
from ..interface import Disconnect, Work
from .worker import Incoming

# A query is long after that: shorter seems to be at once, see
# https://www.nngroup.com/articles/response-times-3-important-limits/.
PATIENCE_SECONDS = 0.1
SWEEP_SECONDS = PATIENCE_SECONDS / 4  # so it counts as long at most 25 ms late
# What the only long query may cost before others go first: it is in nobody's way, and beside other programs that keep
# all processors busy it would not end at a low priority.
SINGLE_SECONDS = 1.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(eq=False, slots=True)
class Handle:
    """A worker process as the server sees it, and the query that it is at.

    A long query has left its place to another one. What it has had of a processor until then (`before`), and until it
    could begin (`ready`) since its version was loaded, is not counted against it.
    """

    pid: int
    channel: socket.socket
    answer: asyncio.Future[bytes] | None = None
    client: str = ""
    started: float = 0.0
    seconds: float = 0.0
    is_loading: bool = False
    is_long: bool = False
    is_low: bool = False
    reason: QueryError | None = None
    why: str = ""
    work: Work | None = None
    before: float = 0.0
    ready: float = 0.0
    disconnect: Disconnect | None = None
    watcher: asyncio.Task[None] | None = None
    base: int = 0
    incoming: Incoming = field(default_factory=Incoming)


def lower_priority(pid: int) -> None:
    """Let a process run only when no other wants to."""
    with contextlib.suppress(OSError):
        # SCHED_IDLE is below any nice value, see sched(7).
        os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))


def cpu_seconds(pid: int) -> float:
    """The seconds of a processor that a process has had, also one that has just ended; 0 if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:  # noqa: PTH123 - read for each long query
            fields = stat.read().rpartition(b")")[2].split()  # behind the name, which may hold anything (proc(5))
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def private_bytes(pid: int) -> int:
    """The memory that a process does not share, in bytes; 0 if it is gone."""
    try:
        with open(f"/proc/{pid}/statm") as statm:  # noqa: PTH123 - read forty times a second
            _, resident, shared = statm.read().split()[:3]
    except OSError:
        return 0
    return (int(resident) - int(shared)) * PAGE_BYTES


class Sweeper(ABC):
    """What running queries may not exceed: their time, their number once they are long, their memory together.

    Workers are `busy` with a query or `idle`.
    """

    def __init__(self, limits: Settings, loop: asyncio.AbstractEventLoop) -> None:
        self.limits, self.loop = limits, loop
        self.idle: list[Handle] = []
        self.busy: set[Handle] = set()
        self.next: asyncio.TimerHandle | None = None

    @abstractmethod
    def fill(self) -> None:
        """Have spare workers ready."""

    def kill(self, worker: Handle, reason: QueryError, why: str) -> None:
        """End a worker; whoever waits for it hears the reason."""
        if worker.reason is None:
            worker.reason, worker.why = reason, why
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGKILL)

    def watch(self) -> None:
        """Look at them soon, and then again until there are none."""
        if self.next is None:
            self.next = self.loop.call_later(SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        self.next = None
        now = self.loop.time()
        patience = PATIENCE_SECONDS if sum(worker.is_long for worker in self.busy) > 1 else SINGLE_SECONDS
        for worker in list(self.busy):
            age = now - worker.started
            if age >= worker.seconds:
                self.kill(worker, OutOfTime(worker.seconds), "time")
            elif age >= PATIENCE_SECONDS and not worker.is_long:
                self._lengthen(worker)
            if worker.is_long and not (worker.is_low or worker.is_loading):
                worker.is_low = cpu_seconds(worker.pid) - worker.ready >= patience
                if worker.is_low:
                    lower_priority(worker.pid)
        self._shrink()
        if self.busy:
            self.watch()

    def _lengthen(self, worker: Handle) -> None:
        """A query has become long: it leaves its place to a short one.

        If there are too many such queries, it has to go.
        """
        long = [one for one in self.busy if one.is_long and one.reason is None]
        of_one = sum(one.client == worker.client for one in long)
        if len(long) >= self.limits.long_queries or of_one >= self.limits.long_queries_client:
            self.kill(worker, Overloaded(), "overload")
            return
        worker.is_long = True
        worker.before = worker.ready = cpu_seconds(worker.pid)
        self.fill()
        if worker.disconnect:
            worker.watcher = self.loop.create_task(self._leave(worker, worker.disconnect))

    async def _leave(self, worker: Handle, disconnect: Disconnect) -> None:
        """Give up a long query once nobody waits for its answer."""
        await disconnect()
        self.kill(worker, Disconnected(), "gone")

    def _shrink(self) -> None:
        """If all long queries together hold too much memory, the one that holds most has to go."""
        long = [worker for worker in self.busy if worker.is_long and worker.reason is None]
        held = {worker: private_bytes(worker.pid) - worker.base for worker in long}
        if sum(held.values()) > self.limits.long_memory * MIB:
            self.kill(max(held, key=held.__getitem__), OutOfMemory(), "memory")
