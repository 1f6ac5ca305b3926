"""The pool of workers: it assigns queries to workers, lets them wait in a fair queue, and replaces lost workers."""

import asyncio
import contextlib
import os
import signal
from collections import Counter, deque

from ...formats import Format
from ...settings import Settings
from ..errors import Crashed, Disconnected, Interrupted, OutOfMemory, Overloaded
from ..interface import WORK, Disconnect, Figures
from ..query import Query
from .sweeper import PATIENCE_SECONDS, Handle, Sweeper, cpu_seconds, private_bytes
from .worker import FAILURE, LOADED, MAX_PART_BYTES, pack_query, unpack_error
from .zygote import Zygote

# A query that ran for longer may be the reason why memory ran out, and would run out of it again.
MAX_RETRIED_SECONDS = 1.0
MAX_TRIES = 3
SPARE_WORKERS = 2
LossError = type[OutOfMemory] | type[Interrupted] | type[Crashed]
# The engine cannot be stopped (https://github.com/oxigraph/oxigraph/issues/1926), so its process is. An allocator that
# gets no memory aborts; a SIGKILL that is not ours comes from the system or the operator.
ERROR_BY_SIGNAL: dict[int, LossError] = {signal.SIGABRT: OutOfMemory, signal.SIGKILL: Interrupted}
OUTCOME_BY_ERROR: dict[LossError, str] = {OutOfMemory: "memory", Interrupted: "interrupted", Crashed: "crash"}


class FairQueue:
    """Waits for free workers; the next one goes to the client that was served least recently."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.lines: dict[str, deque[asyncio.Future[Handle]]] = {}

    def __len__(self) -> int:
        """The number of queries that wait."""
        return sum(map(len, self.lines.values()))

    def join(self, client: str) -> asyncio.Future[Handle] | None:
        """A place in the line of a client, or None if the queue is full."""
        if len(self) >= self.capacity:
            return None
        turn: asyncio.Future[Handle] = asyncio.get_running_loop().create_future()
        self.lines.setdefault(client, deque()).append(turn)
        return turn

    def give(self, worker: Handle) -> bool:
        """Give a worker to the next in turn, whose client goes to the end; False if nobody waits."""
        for client in list(self.lines):
            line = self.lines.pop(client)
            while line:
                turn = line.popleft()
                if not turn.done():
                    turn.set_result(worker)
                    if line:
                        self.lines[client] = line
                    return True
        return False


class Pool(Sweeper):
    """Runs queries in workers: at once if one is idle, after a short wait in a fair queue, or not at all.

    Every answer is whole. A query that reaches its limit of time or memory loses its worker, and no other query does. A
    query that loses its worker for another reason within a second is asked again, `MAX_TRIES` times in all: whatever
    ends several workers in a row may end the next one too.
    """

    def __init__(self, zygote: Zygote, limits: Settings, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limits, loop)
        self.handovers = 0  # of those who wait, so many have a worker and have not resumed yet
        self.started = 0
        self.ended: Counter[str] = Counter()
        self.queue = FairQueue(limits.queue)
        self.zygote = zygote
        zygote.attach(loop, self._on_start, self._on_end, self.start_spares)
        self.start_spares()

    async def ask(
        self, query: Query, output: Format, seconds: float, client: str, disconnect: Disconnect | None = None
    ) -> bytes:
        """The whole answer to a query, or a QueryError; a long query is stopped once `disconnect` ends."""
        start, elapsed = self.loop.time(), 0.0
        for _ in range(1, MAX_TRIES):
            with contextlib.suppress(Interrupted):
                return await self._ask(query, output, seconds - elapsed, client, disconnect)
            elapsed = self.loop.time() - start
            if elapsed > min(MAX_RETRIED_SECONDS, seconds):
                raise Interrupted
        return await self._ask(query, output, seconds - elapsed, client, disconnect)

    async def _ask(
        self, query: Query, output: Format, seconds: float, client: str, disconnect: Disconnect | None
    ) -> bytes:
        worker = self.idle.pop() if self.idle else await self._wait(client)
        if worker.channel.fileno() < 0:  # it ended between being given and being taken
            raise Interrupted
        answer: asyncio.Future[bytes] = self.loop.create_future()
        worker.answer = answer
        worker.client, worker.seconds, worker.started, worker.disconnect = client, seconds, self.loop.time(), disconnect
        worker.is_long, worker.is_loading = False, bool(query.version)
        worker.work = WORK.get()
        self.busy.add(worker)
        self.start_spares()
        self.schedule_sweep()
        try:
            await self._send(worker, pack_query(query, output))
            return await answer
        except asyncio.CancelledError:
            self.kill(worker, Disconnected(), "gone")
            raise

    def figures(self) -> Figures:
        """The queries and workers of the pool now, and how workers have ended."""
        idle, busy = list(self.idle), list(self.busy)  # other threads ask for this while the loop goes on
        long = sum(worker.is_long for worker in busy)
        return Figures(
            running=len(busy) - long,
            long=long,
            idle=len(idle),
            waiting=len(self.queue),
            started=self.started,
            memory=sum(max(0, private_bytes(worker.pid) - worker.base_bytes) for worker in [*idle, *busy]),
            ended=dict(self.ended),
        )

    # Assignment of workers

    async def _wait(self, client: str) -> Handle:
        turn = self.queue.join(client)
        if turn is None:
            raise Overloaded
        self.start_spares()
        try:
            worker = await asyncio.wait_for(turn, self.limits.queue_time)
        except (TimeoutError, asyncio.CancelledError) as error:
            if turn.done() and not turn.cancelled():  # it came at the same time, and nobody else would take it
                self.handovers -= 1
                self._give(turn.result())
            if isinstance(error, TimeoutError):
                raise Overloaded from error
            raise
        self.handovers -= 1
        return worker

    def _give(self, worker: Handle) -> None:
        if self.queue.give(worker):
            self.handovers += 1
        else:
            self.idle.append(worker)

    def start_spares(self) -> None:
        """Start workers so that some are idle, as long as their number allows."""
        starting = self.zygote.starting
        missing = SPARE_WORKERS + len(self.queue) - len(self.idle) - starting
        short = sum(not worker.is_long for worker in self.busy)
        room = self.limits.workers - len(self.idle) - self.handovers - short - starting
        for _ in range(min(missing, room)):
            self.zygote.start_worker()

    # The life of a worker

    def _on_start(self, worker: Handle) -> None:
        self.started += 1
        self.loop.add_reader(worker.channel.fileno(), self._read, worker)
        self._give(worker)

    async def _send(self, worker: Handle, request: bytes) -> None:
        try:
            count = worker.channel.send(request)
        except BlockingIOError:
            count = 0
        except OSError:
            return  # the worker is gone, and the reader sees its channel close
        if count < len(request):
            with contextlib.suppress(OSError):
                await self.loop.sock_sendall(worker.channel, request[count:])

    def _read(self, worker: Handle) -> None:
        try:
            content = worker.channel.recv(MAX_PART_BYTES)
        except BlockingIOError:
            return
        except OSError:
            content = b""
        if not content:
            self.remove(worker)
            return
        worker.messages.buffer += content
        while message := worker.messages.pop():
            if message[0] == LOADED:
                worker.is_loading, worker.cpu_when_loaded = False, cpu_seconds(worker.pid)
            else:
                self._finish(worker, *message)

    def _finish(self, worker: Handle, kind: int, content: bytes) -> None:
        answer = worker.answer
        worker.answer = None
        self._charge(worker, cpu_seconds(worker.pid) if worker.is_long else 0)
        self.busy.discard(worker)
        if worker.watcher:
            worker.watcher.cancel()
        # Only a privileged process may raise a priority again (sched(7)), so a worker with a low one is not used again.
        is_full = len(self.idle) >= self.limits.workers
        surplus = worker if worker.has_low_priority else self.idle[0] if is_full else None
        if surplus is not worker:
            self._give(worker)
        if surplus:
            self.kill(surplus, Crashed(), "served")
            self.remove(surplus)
        if answer and not answer.done():
            if kind == FAILURE:
                answer.set_exception(unpack_error(content))
            else:
                answer.set_result(content)

    def _charge(self, worker: Handle, cpu: float) -> None:
        """Add the cost of a query to the work of its request: its time, and once it is long, its processor time."""
        work, worker.work = worker.work, None
        if work is None:
            return
        work.way = "query"
        if worker.is_long:
            work.seconds += PATIENCE_SECONDS + cpu - worker.cpu_when_long
        else:
            work.seconds += self.loop.time() - worker.started

    def remove(self, worker: Handle) -> None:
        """Remove a worker whose channel is closed: the process has ended or is about to."""
        self.loop.remove_reader(worker.channel.fileno())
        worker.channel.close()
        if worker.watcher:
            worker.watcher.cancel()
        self.busy.discard(worker)
        if worker in self.idle:
            self.idle.remove(worker)
        self.start_spares()

    def _on_end(self, worker: Handle, status: int, cpu: float) -> None:
        while worker.channel.fileno() >= 0:  # it may have sent an answer before it ended
            self._read(worker)
        self._charge(worker, cpu)
        error = ERROR_BY_SIGNAL.get(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, Crashed)
        self.ended[worker.outcome or OUTCOME_BY_ERROR[error]] += 1
        if worker.answer and not worker.answer.done():
            worker.answer.set_exception(worker.error or error())
