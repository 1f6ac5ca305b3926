"""The sweeper: looks again and again at the workers that have a query, and ends those that take more than they may."""

import asyncio
import contextlib
import os
import socket
from dataclasses import dataclass, field
from typing import Protocol

from ..errors import Disconnected, Interrupted, OutOfMemory, OutOfTime, Overloaded, QueryError
from ..interface import Disconnect, Limits, Work
from .worker import Incoming

SWEEP_SECONDS = 0.025
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(eq=False, slots=True)
class Handle:
    """A worker process as the server sees it, and the query that it is at."""

    pid: int
    channel: socket.socket
    answer: asyncio.Future[bytes] | None = None
    client: str = ""
    started: float = 0.0
    seconds: float = 0.0
    long: bool = False
    reason: QueryError | None = None
    why: str = ""
    work: Work | None = None
    before: float = 0.0
    disconnect: Disconnect | None = None
    watch: asyncio.Task[None] | None = None
    base: int = 0
    incoming: Incoming = field(default_factory=Incoming)


def lower_priority(pid: int) -> None:
    """Let a process run only when no other wants to."""
    with contextlib.suppress(OSError):
        # SCHED_IDLE is below any nice value, see sched(7).
        os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))


def is_stopped(pid: int) -> bool:
    """Whether somebody has stopped a process."""
    return _stat(pid)[:1] in ([b"T"], [b"t"])


def cpu_seconds(pid: int) -> float:
    """The seconds of a processor that a process has had, also one that has just ended; 0 if it is gone."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND if fields else 0.0


def _stat(pid: int) -> list[bytes]:
    """What the system tells of a process behind its name; nothing if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:  # noqa: PTH123 - read forty times a second
            return stat.read().rpartition(b")")[2].split()
    except OSError:
        return []


def private_bytes(pid: int) -> int:
    """The memory that a process does not share, in bytes; 0 if it is gone."""
    try:
        with open(f"/proc/{pid}/statm") as statm:  # noqa: PTH123 - read forty times a second
            _, private_bytes, shared = statm.read().split()[:3]
    except OSError:
        return 0
    return (int(private_bytes) - int(shared)) * PAGE_BYTES


class Swept(Protocol):
    """The pool, as far as the sweeper knows it."""

    limits: Limits
    loop: asyncio.AbstractEventLoop
    idle: list[Handle]
    busy: set[Handle]
    closed: bool

    def kill(self, worker: Handle, reason: QueryError, why: str) -> None:
        """End a worker; whoever waits for it hears the reason."""

    def remove(self, worker: Handle) -> None:
        """Do without a worker."""

    def fill(self) -> None:
        """Have spare workers ready."""


class Sweeper:
    """What running queries may not exceed: their time, their number once they are long, their memory together."""

    def __init__(self, pool: Swept) -> None:
        self.pool = pool
        self.next: asyncio.TimerHandle | None = None

    def watch(self) -> None:
        """Look at them soon, and then again until there are none."""
        if self.next is None and not self.pool.closed:
            self.next = self.pool.loop.call_later(SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        self.next = None
        now = self.pool.loop.time()
        for worker in list(self.pool.busy):
            age = now - worker.started
            if age >= self.pool.limits.patience and is_stopped(worker.pid):
                self.pool.kill(worker, Interrupted(), "stopped")
                self._weed()
            elif age >= worker.seconds:
                self.pool.kill(worker, OutOfTime(worker.seconds), "time")
            elif age >= self.pool.limits.patience and not worker.long:
                self._lengthen(worker)
        self._shrink()
        if self.pool.busy:
            self.watch()

    def _weed(self) -> None:
        """Whoever stopped one worker may have stopped others, which would be asked next."""
        for worker in [one for one in self.pool.idle if is_stopped(one.pid)]:
            self.pool.kill(worker, Interrupted(), "stopped")
            self.pool.remove(worker)

    def _lengthen(self, worker: Handle) -> None:
        """A query has become long: it steps back behind the short ones and leaves its place to one of them.

        If there are too many such queries, it has to go.
        """
        long = [one for one in self.pool.busy if one.long and one.reason is None]
        of_one = sum(one.client == worker.client for one in long)
        if len(long) >= self.pool.limits.long or of_one >= self.pool.limits.long_per_client:
            self.pool.kill(worker, Overloaded(), "overload")
            return
        worker.long = True
        worker.before = cpu_seconds(worker.pid)
        self.pool.fill()
        lower_priority(worker.pid)
        if worker.disconnect:
            worker.watch = self.pool.loop.create_task(self._leave(worker, worker.disconnect))

    async def _leave(self, worker: Handle, disconnect: Disconnect) -> None:
        """Give up a long query once nobody waits for its answer."""
        await disconnect()
        self.pool.kill(worker, Disconnected(), "gone")

    def _shrink(self) -> None:
        """If all long queries together hold too much memory, the one that holds most has to go."""
        long = [worker for worker in self.pool.busy if worker.long and worker.reason is None]
        held = {worker: private_bytes(worker.pid) - worker.base for worker in long}
        if sum(held.values()) > self.pool.limits.tree:
            self.pool.kill(max(held, key=held.__getitem__), OutOfMemory(), "memory")
