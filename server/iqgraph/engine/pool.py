"""The pool: which query runs where, for how long, and what becomes of the one that takes too much."""

import asyncio
import contextlib
import os
import signal
import socket

from .errors import Crashed, OutOfMemory, OutOfTime, Overloaded, QueryError
from .handle import Gone, Handle, resident, step_back
from .limits import Limits
from .turns import Turns
from .wire import FAILURE, unpack_error
from .zygote import MAKE, REAP, Zygote

SWEEP = 0.025
LOST = 70


class Pool:
    """Runs queries in workers: at once if it can, after a short wait in a fair queue, or not at all.

    Every answer is whole. A query that runs out of its time or memory loses its worker, and only that.
    """

    def __init__(self, zygote: Zygote, limits: Limits, loop: asyncio.AbstractEventLoop, spare: int = 2) -> None:
        self.zygote, self.limits, self.spare = zygote, limits, spare
        self.loop = loop
        self.idle: list[Handle] = []
        self.busy: set[Handle] = set()
        self.ending: dict[int, Handle] = {}
        self.making = 0
        self.queue = Turns[Handle](limits.waiting)
        self.sweeper: asyncio.TimerHandle | None = None
        self.closed = False
        zygote.control.settimeout(0)
        self.loop.add_reader(zygote.control.fileno(), self._news)
        self._fill()

    async def ask(self, request: bytes, seconds: float, client: str, gone: Gone | None = None) -> bytes:
        """The whole answer to a packed query; a QueryError if there is none, or nobody who waits for it."""
        worker = self._take() or await self._wait(client)
        answer: asyncio.Future[bytes] = self.loop.create_future()
        worker.answer = answer
        worker.client, worker.seconds, worker.started, worker.gone = client, seconds, self.loop.time(), gone
        self.busy.add(worker)
        self._watch()
        try:
            await self._send(worker, request)
            return await answer
        except asyncio.CancelledError:
            self._kill(worker, Crashed())
            raise

    def close(self) -> None:
        """End all workers and the zygote."""
        self.closed = True
        self.loop.remove_reader(self.zygote.control.fileno())
        for worker in [*self.idle, *self.busy]:
            self.loop.remove_reader(worker.channel.fileno())
            worker.channel.close()
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGKILL)
        self.zygote.end()

    # Admission

    def _take(self) -> Handle | None:
        worker = self.idle.pop() if self.idle else None
        self._fill()
        return worker

    async def _wait(self, client: str) -> Handle:
        turn = self.queue.join(client)
        if turn is None:
            raise Overloaded
        self._fill()
        try:
            return await asyncio.wait_for(turn, self.limits.wait)
        except TimeoutError as error:
            raise Overloaded from error

    def _give(self, worker: Handle) -> None:
        if not self.queue.give(worker):
            self.idle.append(worker)

    def _fill(self) -> None:
        """Have spare workers ready, within the number that may run."""
        wanted = self.spare + len(self.queue) - len(self.idle) - self.making
        short = sum(not worker.long for worker in self.busy)
        room = self.limits.running - len(self.idle) - short - self.making
        for _ in range(min(wanted, room)):
            self.making += 1
            self.zygote.order(MAKE)

    # The life of a worker

    def _news(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                try:
                    pid, channel, status = self.zygote.news()
                except ConnectionError:
                    os._exit(LOST)  # nothing here can make workers any more; whoever runs the server replaces it
                if channel is None:
                    self._ended(self.ending.pop(pid), status)
                else:
                    self._made(pid, channel)

    def _made(self, pid: int, channel: socket.socket) -> None:
        self.making -= 1
        channel.settimeout(0)
        worker = Handle(pid, channel, base=resident(pid))
        self.loop.add_reader(channel.fileno(), self._read, worker)
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
            content = worker.channel.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            content = b""
        if not content:
            self._gone(worker)
            return
        message = worker.take(content)
        if message:
            self._done(worker, *message)

    def _done(self, worker: Handle, kind: int, content: bytes) -> None:
        answer = worker.answer
        worker.answer = None
        self.busy.discard(worker)
        if worker.long:
            self._kill(worker, Crashed())
        else:
            self._give(worker)
        if answer and not answer.done():
            if kind == FAILURE:
                answer.set_exception(unpack_error(content))
            else:
                answer.set_result(content)

    def _kill(self, worker: Handle, reason: QueryError) -> None:
        """End a worker; whoever waits for it hears the reason."""
        if worker.reason is None:
            worker.reason = reason
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGKILL)

    def _gone(self, worker: Handle) -> None:
        """The channel is closed: the process has ended or is about to."""
        self.loop.remove_reader(worker.channel.fileno())
        worker.channel.close()
        if worker.watch:
            worker.watch.cancel()
        self.busy.discard(worker)
        if worker in self.idle:
            self.idle.remove(worker)
        self.ending[worker.pid] = worker
        self.zygote.order(REAP, worker.pid)
        self._fill()

    def _ended(self, worker: Handle, status: int) -> None:
        answer = worker.answer
        if answer and not answer.done():
            out_of_memory = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGABRT
            answer.set_exception(worker.reason or (OutOfMemory() if out_of_memory else Crashed()))

    # What running queries may not exceed

    def _watch(self) -> None:
        if self.sweeper is None and not self.closed:
            self.sweeper = self.loop.call_later(SWEEP, self._sweep)

    def _sweep(self) -> None:
        self.sweeper = None
        now = self.loop.time()
        for worker in list(self.busy):
            age = now - worker.started
            if age >= worker.seconds:
                self._kill(worker, OutOfTime(worker.seconds))
            elif age >= self.limits.patience and not worker.long:
                self._lengthen(worker)
        self._shrink()
        if self.busy:
            self._watch()

    def _lengthen(self, worker: Handle) -> None:
        """A query has become long: it steps back behind the short ones and leaves its place to one of them.

        If there are too many such queries, it has to go.
        """
        long = [one for one in self.busy if one.long and one.reason is None]
        of_one = sum(one.client == worker.client for one in long)
        if len(long) >= self.limits.long or of_one >= self.limits.long_of_one:
            self._kill(worker, Overloaded())
            return
        worker.long = True
        self._fill()
        step_back(worker.pid)
        if worker.gone:
            worker.watch = self.loop.create_task(self._leave(worker, worker.gone))

    async def _leave(self, worker: Handle, gone: Gone) -> None:
        """Give up a long query once nobody waits for its answer."""
        await gone()
        self._kill(worker, Crashed())

    def _shrink(self) -> None:
        """If all long queries together hold too much memory, the one that holds most has to go."""
        long = [worker for worker in self.busy if worker.long and worker.reason is None]
        held = {worker: resident(worker.pid) - worker.base for worker in long}
        if sum(held.values()) > self.limits.tree:
            self._kill(max(held, key=held.__getitem__), OutOfMemory())
