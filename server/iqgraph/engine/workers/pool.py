"""The pool: which query runs where, whose turn it is, and what becomes of a query that loses its worker."""

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

# What ran for longer may be what memory ran out for, and would run out again.
MAX_RETRIED_SECONDS = 1.0
MAX_TRIES = 3
SPARE_WORKERS = 2
Ending = type[OutOfMemory] | type[Interrupted] | type[Crashed]
# The engine cannot be stopped (https://github.com/oxigraph/oxigraph/issues/1926), so its process is. An allocator that
# gets no memory aborts; SIGKILL without our doing comes from the system or the operator.
ENDS: dict[int, Ending] = {signal.SIGABRT: OutOfMemory, signal.SIGKILL: Interrupted}
WHY: dict[Ending, str] = {OutOfMemory: "memory", Interrupted: "interrupted", Crashed: "crash"}


class FairQueue:
    """Waits for workers that become free; the next goes to the client that has waited through fewest turns."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.lines: dict[str, deque[asyncio.Future[Handle]]] = {}

    def __len__(self) -> int:
        """How many wait."""
        return sum(map(len, self.lines.values()))

    def join(self, client: str) -> asyncio.Future[Handle] | None:
        """A place in the client's line, or None if the queue is full."""
        if len(self) >= self.most:
            return None
        turn: asyncio.Future[Handle] = asyncio.get_running_loop().create_future()
        self.lines.setdefault(client, deque()).append(turn)
        return turn

    def give(self, worker: Handle) -> bool:
        """Give to the next in turn, whose client then comes last; False if nobody waits."""
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
    """Runs queries in workers: at once if it can, after a short wait in a fair queue, or not at all.

    Every answer is whole. A query that runs out of its time or memory loses its worker, and only that. A query that
    loses its worker for another reason, before it took a second, is asked again, `MAX_TRIES` times in all: whatever
    ends several workers in a row may end the next one too.
    """

    def __init__(self, zygote: Zygote, limits: Settings, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limits, loop)
        self.handovers = 0  # of those who wait, so many have a worker and do not know it yet
        self.started = 0
        self.ended: Counter[str] = Counter()
        self.queue = FairQueue(limits.queue)
        self.zygote = zygote
        zygote.attach(loop, self._on_start, self._on_end, self.fill)
        self.fill()

    async def ask(
        self, query: Query, chosen: Format, seconds: float, client: str, disconnect: Disconnect | None = None
    ) -> bytes:
        """The whole answer to a query; a QueryError if there is none, or nobody who waits for it."""
        start, spent = self.loop.time(), 0.0
        for _ in range(1, MAX_TRIES):
            with contextlib.suppress(Interrupted):
                return await self._ask(query, chosen, seconds - spent, client, disconnect)
            spent = self.loop.time() - start
            if spent > min(MAX_RETRIED_SECONDS, seconds):
                raise Interrupted
        return await self._ask(query, chosen, seconds - spent, client, disconnect)

    async def _ask(
        self, query: Query, chosen: Format, seconds: float, client: str, disconnect: Disconnect | None
    ) -> bytes:
        worker = self.idle.pop() if self.idle else await self._wait(client)
        answer: asyncio.Future[bytes] = self.loop.create_future()
        worker.answer = answer
        worker.client, worker.seconds, worker.started, worker.disconnect = client, seconds, self.loop.time(), disconnect
        worker.is_long, worker.is_loading = False, bool(query.version)
        worker.work = WORK.get()
        self.busy.add(worker)
        self.fill()
        self.watch()
        try:
            await self._send(worker, pack_query(query, chosen))
            return await answer
        except asyncio.CancelledError:
            self.kill(worker, Disconnected(), "gone")
            raise

    def figures(self) -> Figures:
        """What the pool does now, and what became of its workers."""
        idle, busy = list(self.idle), list(self.busy)  # asked from other threads, while the loop goes on
        long = sum(worker.is_long for worker in busy)
        return Figures(
            running=len(busy) - long,
            long=long,
            idle=len(idle),
            waiting=len(self.queue),
            started=self.started,
            memory=sum(max(0, private_bytes(worker.pid) - worker.base) for worker in [*idle, *busy]),
            ended=dict(self.ended),
        )

    # Admission

    async def _wait(self, client: str) -> Handle:
        turn = self.queue.join(client)
        if turn is None:
            raise Overloaded
        self.fill()
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

    def fill(self) -> None:
        """Have spare workers ready, within the number that may run."""
        making = self.zygote.making
        wanted = SPARE_WORKERS + len(self.queue) - len(self.idle) - making
        short = sum(not worker.is_long for worker in self.busy)
        room = self.limits.workers - len(self.idle) - self.handovers - short - making
        for _ in range(min(wanted, room)):
            self.zygote.make()

    # The life of a worker

    def _on_start(self, worker: Handle) -> None:
        self.started += 1
        self.loop.add_reader(worker.channel.fileno(), self._read, worker)
        self._give(worker)

    async def _send(self, worker: Handle, request: bytes) -> None:
        try:
            sent = worker.channel.send(request)
        except BlockingIOError:
            sent = 0
        except OSError:
            return  # the worker is gone, and its channel says so to the reader
        if sent < len(request):
            with contextlib.suppress(OSError):
                await self.loop.sock_sendall(worker.channel, request[sent:])

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
        worker.incoming.buffer += content
        while message := worker.incoming.take():
            if message[0] == LOADED:
                worker.is_loading, worker.ready = False, cpu_seconds(worker.pid)
            else:
                self._done(worker, *message)

    def _done(self, worker: Handle, kind: int, content: bytes) -> None:
        answer = worker.answer
        worker.answer = None
        self._charge(worker)
        self.busy.discard(worker)
        if worker.watcher:
            worker.watcher.cancel()
        # Only a privileged process may raise a priority again (sched(7)), so who had to lower it is not used any more.
        retired = worker if worker.is_low else self.idle[0] if len(self.idle) >= self.limits.workers else None
        if retired is not worker:
            self._give(worker)
        if retired:
            self.kill(retired, Crashed(), "served")
            self.remove(retired)
        if answer and not answer.done():
            if kind == FAILURE:
                answer.set_exception(unpack_error(content))
            else:
                answer.set_result(content)

    def _charge(self, worker: Handle) -> None:
        """Add what a query has cost to the work of its request: its time, and once it is long, that of a processor."""
        work, worker.work = worker.work, None
        if work is None:
            return
        work.way = "query"
        if worker.is_long:
            work.seconds += PATIENCE_SECONDS + cpu_seconds(worker.pid) - worker.before
        else:
            work.seconds += self.loop.time() - worker.started

    def remove(self, worker: Handle) -> None:
        """The channel is closed: the process has ended or is about to."""
        self.loop.remove_reader(worker.channel.fileno())
        worker.channel.close()
        if worker.watcher:
            worker.watcher.cancel()
        self._charge(worker)
        self.busy.discard(worker)
        if worker in self.idle:
            self.idle.remove(worker)
        self.zygote.reap(worker.pid, worker)
        self.fill()

    def _on_end(self, worker: Handle, status: int) -> None:
        kind = ENDS.get(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, Crashed)
        self.ended[worker.why or WHY[kind]] += 1
        if worker.answer and not worker.answer.done():
            worker.answer.set_exception(worker.reason or kind())
