"""The sweeper: it checks at intervals the workers that have a query, and ends those that exceed their limits."""

import asyncio
import contextlib
import os
import signal
import socket
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from ...settings import MIB, Settings
from ..errors import Disconnected, Interrupted, OutOfMemory, OutOfTime, Overloaded, QueryError
from ..interface import Disconnect, Work
from .worker import MessageBuffer

# After this time a query is long; an answer within it seems immediate, see
# https://www.nngroup.com/articles/response-times-3-important-limits/.
PATIENCE_SECONDS = 0.1
SWEEP_SECONDS = PATIENCE_SECONDS / 4  # so it counts as long at most 25 ms late
# The processor time that the only long query may take before its priority is lowered: it delays nobody, and at a low
# priority it would not end beside other programs that keep all processors busy.
SINGLE_SECONDS = 1.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(eq=False, slots=True)
class Evaluation:
    """A query that waits for a worker or is evaluated by one, within `seconds`, of which earlier tries took `elapsed`.

    A long one no longer takes one of the places for queries. The processor time of the worker until then
    (`cpu_when_long`), and until the version of the query was loaded (`cpu_when_loaded`), is not counted against it.
    """

    request: bytes
    answer: asyncio.Future[bytes]
    client: str
    seconds: float
    elapsed: float = 0.0
    disconnect: Disconnect | None = None
    work: Work = field(default_factory=Work)
    is_loading: bool = False
    is_long: bool = False
    started: float = 0.0
    cpu_when_long: float = 0.0
    cpu_when_loaded: float = 0.0
    watcher: asyncio.Task[None] | None = None


@dataclass(eq=False, slots=True)
class Handle:
    """A worker process as the server sees it; if it is ended, the client gets the `error`, metrics the `outcome`."""

    pid: int
    channel: socket.socket
    base_bytes: int = 0
    messages: MessageBuffer = field(default_factory=MessageBuffer)
    sender: asyncio.Task[None] | None = None
    has_low_priority: bool = False
    error: QueryError | None = None
    outcome: str = ""
    total_cpu: float = 0.0  # in seconds, once it has ended


def lower_priority(pid: int) -> None:
    """Let a process run only when no other one is ready to run."""
    with contextlib.suppress(OSError):
        # SCHED_IDLE is below any nice value, see sched(7).
        os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))


def cpu_seconds(pid: int) -> float:
    """The processor time of a process in seconds, also of one that has just ended; 0 if it is gone."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND if fields else 0.0


def is_stopped(pid: int) -> bool:
    """Whether a signal has stopped a process, so that it does nothing until another one continues it."""
    return _stat(pid)[:1] == [b"T"]


def _stat(pid: int) -> list[bytes]:
    """The fields of the status of a process behind its name, which may be any text (proc(5)); none if it is gone."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", "rb") as stat:  # noqa: PTH123 - for each long query
        return stat.read().rpartition(b")")[2].split()
    return []


def private_bytes(pid: int) -> int:
    """The memory that a process shares with no other, in bytes; 0 if it is gone."""
    try:
        with open(f"/proc/{pid}/statm") as statm:  # noqa: PTH123 - read forty times a second
            _, resident, shared = statm.read().split()[:3]
    except OSError:
        return 0
    return (int(resident) - int(shared)) * PAGE_BYTES


def memory_bytes(worker: Handle) -> int:
    """The memory that a worker has taken since it was forked."""
    return max(0, private_bytes(worker.pid) - worker.base_bytes)


class Sweeper(ABC):
    """Enforces the limits of running queries: the time of each, the number of long ones, and their memory together.

    Workers are `busy` with a query or `idle`.
    """

    def __init__(self, limits: Settings, loop: asyncio.AbstractEventLoop) -> None:
        self.limits, self.loop = limits, loop
        self.idle: list[Handle] = []
        self.busy: dict[Handle, Evaluation] = {}
        self.timer: asyncio.TimerHandle | None = None

    @abstractmethod
    def start_spares(self) -> None:
        """Start workers so that some are idle."""

    def kill(self, worker: Handle, error: QueryError, outcome: str) -> None:
        """End a worker; the client that waits for it gets the error."""
        if worker.error is None:
            worker.error, worker.outcome = error, outcome
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGKILL)

    def schedule_sweep(self) -> None:
        """Check the busy workers soon, and at intervals until there are none."""
        if self.timer is None:
            self.timer = self.loop.call_later(SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        self.timer = None
        now = self.loop.time()
        long = sum(evaluation.is_long for evaluation in self.busy.values())
        max_cpu_seconds = PATIENCE_SECONDS if long > 1 else SINGLE_SECONDS
        for worker, evaluation in list(self.busy.items()):
            if worker.error:
                continue  # it is about to end
            age = now - evaluation.started
            if age + evaluation.elapsed >= evaluation.seconds:
                self.kill(worker, OutOfTime(evaluation.seconds), "time")
            elif age >= PATIENCE_SECONDS and not evaluation.is_long:
                self._set_long(worker, evaluation)
            elif evaluation.is_long and is_stopped(worker.pid):  # since at least one sweep: all may just be resumed
                self.kill(worker, Interrupted(), "interrupted")
            if evaluation.is_long and not (worker.has_low_priority or evaluation.is_loading):
                worker.has_low_priority = cpu_seconds(worker.pid) - evaluation.cpu_when_loaded >= max_cpu_seconds
                if worker.has_low_priority:
                    lower_priority(worker.pid)
        self._limit_memory()
        if self.busy:
            self.schedule_sweep()

    def _long(self) -> dict[Handle, Evaluation]:
        return {worker: one for worker, one in self.busy.items() if one.is_long and worker.error is None}

    def _set_long(self, worker: Handle, evaluation: Evaluation) -> None:
        """Let a query that has become long make room for a short one; end it if long ones are too many or too large.

        A worker that is being ended holds its memory until its low priority lets it exit, so its memory counts.
        """
        clients = [other.client for other in self._long().values()]
        sizes = [memory_bytes(other) for other, one in self.busy.items() if one.is_long]
        limits, count = self.limits, clients.count(evaluation.client)
        is_full = len(clients) >= limits.long_queries or sum(sizes) > limits.long_memory * MIB
        if is_full or count >= limits.long_queries_client:
            self.kill(worker, Overloaded(), "overload")
            return
        evaluation.is_long = True
        evaluation.cpu_when_long = evaluation.cpu_when_loaded = cpu_seconds(worker.pid)
        self.start_spares()
        if evaluation.disconnect:
            evaluation.watcher = self.loop.create_task(self._kill_on_disconnect(worker, evaluation.disconnect))

    async def _kill_on_disconnect(self, worker: Handle, disconnect: Disconnect) -> None:
        await disconnect()
        self.kill(worker, Disconnected(), "gone")

    def _limit_memory(self) -> None:
        """End the long query that takes most memory if all of them together take too much."""
        sizes = {worker: memory_bytes(worker) for worker in self._long()}
        if sum(sizes.values()) > self.limits.long_memory * MIB:
            self.kill(max(sizes, key=sizes.__getitem__), OutOfMemory(), "memory")
