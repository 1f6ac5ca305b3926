"""The pool of workers: it assigns queries to workers, lets them wait in a fair queue, and replaces lost workers."""

import asyncio
import contextlib
import socket
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import partial

from ...formats import Format
from ...settings import Settings
from ..errors import Crashed, Disconnected, Interrupted, Overloaded, QueryError
from ..interface import WORK, Disconnect, EngineMetrics, Work
from ..query import Query
from .sweeper import PATIENCE_SECONDS, Evaluation, Handle, Sweeper, cpu_seconds, memory_bytes
from .worker import LOADED, loss, pack_query, unpack_answer
from .zygote import Zygote

# A query that ran for longer may be the reason why memory ran out, and would run out of it again.
MAX_RETRIED_SECONDS = 1.0
MAX_TRIES = 3
SPARE_WORKERS = 2
MAX_CLIENTS = 1 << 15  # whose costs are remembered while others wait


class FairQueue:
    """The queries that wait for free workers; the next one is of a client with the fewest that run.

    Of several such clients, it is one whose queries have cost least since the queue was last empty, in whole multiples
    of what a short query may cost, and of equals the one that came last: in a crowd, who has waited is refused soon.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.evaluations: list[Evaluation] = []
        self.costs: defaultdict[str, float] = defaultdict(float)  # in seconds, by client

    def __len__(self) -> int:
        """The number of queries that wait."""
        return len(self._waiting())

    def put(self, evaluation: Evaluation) -> None:
        """Add a query; Overloaded if the queue is full."""
        self.evaluations = self._waiting()
        if len(self.evaluations) >= self.capacity:
            raise Overloaded
        self.evaluations.append(evaluation)

    def pop(self, busy: Iterable[Evaluation] = ()) -> Evaluation | None:
        """Remove the query whose turn it is while others are evaluated; None if nobody waits."""
        self.evaluations, running = self._waiting(), Counter(evaluation.client for evaluation in busy)
        if not self.evaluations or len(self.costs) > MAX_CLIENTS:
            self.costs.clear()
        first = {evaluation.client: evaluation for evaluation in reversed(self.evaluations)}
        ranks = {client: (running[client], self.costs[client] // PATIENCE_SECONDS) for client in first}
        if not ranks:
            return None
        evaluation = first[min(ranks, key=ranks.__getitem__)]
        self.evaluations.remove(evaluation)
        return evaluation

    def _waiting(self) -> list[Evaluation]:
        """All but those that were refused or whose clients have left; nothing else removes them."""
        return [evaluation for evaluation in self.evaluations if not evaluation.answer.done()]


class Pool(Sweeper):
    """Runs queries in workers: at once if one is idle, after a short wait in a fair queue, or not at all.

    Every answer is whole. A query that reaches its limit of time or memory loses its worker, and no other query does. A
    query that loses its worker for another reason within a second is asked again, `MAX_TRIES` times in all: whatever
    ends several workers in a row may end the next one too.
    """

    def __init__(self, zygote: Zygote, limits: Settings, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limits, loop)
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
        evaluation = partial(
            Evaluation,
            pack_query(query, output),
            client=client,
            seconds=seconds,
            disconnect=disconnect,
            work=WORK.get() or Work(),
            is_loading=bool(query.version),
        )
        start, elapsed = self.loop.time(), 0.0
        for _ in range(1, MAX_TRIES):
            with contextlib.suppress(Interrupted):
                return await self._ask(evaluation(elapsed=elapsed, answer=self.loop.create_future()))
            elapsed = self.loop.time() - start
            if elapsed > min(MAX_RETRIED_SECONDS, seconds):
                raise Interrupted
        return await self._ask(evaluation(elapsed=elapsed, answer=self.loop.create_future()))

    async def _ask(self, evaluation: Evaluation) -> bytes:
        if self.idle:
            self._start(self.idle.pop(), evaluation)
        else:
            self.queue.put(evaluation)
        timer = self.loop.call_later(self.limits.queue_time, _refuse, evaluation)
        self.start_spares()
        try:
            return await evaluation.answer
        finally:
            timer.cancel()
            for worker in [worker for worker, other in self.busy.items() if other is evaluation]:
                self.kill(worker, Disconnected(), "gone")

    def metrics(self) -> EngineMetrics:
        """The queries and workers of the pool now, and how workers have ended."""
        idle, busy = list(self.idle), dict(self.busy)  # other threads ask for this while the loop goes on
        long = sum(evaluation.is_long for evaluation in busy.values())
        return EngineMetrics(
            running=len(busy) - long,
            long=long,
            idle=len(idle),
            waiting=len(self.queue),
            started=self.started,
            memory=sum(map(memory_bytes, [*idle, *busy])),
            ended=dict(self.ended),
        )

    # Assignment of workers

    def _give(self, worker: Handle) -> None:
        if evaluation := self.queue.pop(self.busy.values()):
            self._start(worker, evaluation)
        else:
            self.idle.append(worker)

    def _start(self, worker: Handle, evaluation: Evaluation) -> None:
        evaluation.started = self.loop.time()
        self.busy[worker] = evaluation
        self._send(worker, evaluation.request)
        self.schedule_sweep()

    def start_spares(self) -> None:
        """Start workers so that some are idle, as long as their number allows."""
        starting = self.zygote.starting
        missing = SPARE_WORKERS + len(self.queue) - len(self.idle) - starting
        short = sum(not evaluation.is_long for evaluation in self.busy.values())
        room = self.limits.workers - len(self.idle) - short - starting
        for _ in range(min(missing, room)):
            self.zygote.start_worker()

    # The life of a worker

    def _on_start(self, worker: Handle) -> None:
        self.started += 1
        self.loop.add_reader(worker.channel.fileno(), self._read, worker)
        self._give(worker)

    def _send(self, worker: Handle, request: bytes) -> None:
        try:
            count = worker.channel.send(request)
        except BlockingIOError:
            count = 0
        except OSError:
            worker.error = Interrupted()  # it is gone, but not for this query; the reader sees its channel close
            return
        if count < len(request):
            worker.sender = self.loop.create_task(self._send_rest(worker, request[count:]))

    async def _send_rest(self, worker: Handle, rest: bytes) -> None:
        with contextlib.suppress(OSError):
            await self.loop.sock_sendall(worker.channel, rest)

    def _read(self, worker: Handle) -> bool:
        """Take what a worker has sent; whether its channel is still open."""
        if not worker.messages.receive(worker.channel):
            self.remove(worker)
            return False
        while message := worker.messages.pop():
            evaluation = self.busy.get(worker)
            if evaluation is None:
                continue  # nothing was asked
            if message[0] == LOADED:
                evaluation.is_loading, evaluation.cpu_when_loaded = False, cpu_seconds(worker.pid)
            else:
                self._finish(worker, evaluation, *message)
        return worker.channel.fileno() >= 0

    def _finish(self, worker: Handle, evaluation: Evaluation, message_type: int, content: bytes) -> None:
        del self.busy[worker]
        self._conclude(worker, evaluation)
        if not worker.outcome:  # else it has ended or is about to
            # Only a privileged process may raise a priority again (sched(7)), so one with a low priority is not reused.
            is_full = len(self.idle) >= self.limits.workers
            surplus = worker if worker.has_low_priority else self.idle[0] if is_full else None
            if surplus is not worker:
                self._give(worker)
            if surplus:
                self.kill(surplus, Crashed(), "served")
                self.remove(surplus)
        if evaluation.answer.done():
            return
        try:
            evaluation.answer.set_result(unpack_answer(message_type, content))
        except QueryError as error:
            evaluation.answer.set_exception(error)

    def _conclude(self, worker: Handle, evaluation: Evaluation) -> None:
        """Add the cost of a query to those of its request and client: its time; once it is long, processor time."""
        if evaluation.watcher:
            evaluation.watcher.cancel()
        evaluation.work.workload, seconds = "query", self.loop.time() - evaluation.started
        if evaluation.is_long:
            cpu = worker.total_cpu or cpu_seconds(worker.pid)
            seconds = PATIENCE_SECONDS + max(0.0, cpu - evaluation.cpu_when_long)
        evaluation.work.seconds += seconds
        self.queue.costs[evaluation.client] += seconds

    def remove(self, worker: Handle) -> None:
        """Remove a worker whose channel is closed: the process has ended or is about to."""
        self.loop.remove_reader(worker.channel.fileno())
        worker.channel.close()
        if worker in self.idle:
            self.idle.remove(worker)

    def _on_end(self, worker: Handle, status: int, cpu: float) -> None:
        error, outcome = loss(status)
        worker.error, worker.outcome, worker.total_cpu = worker.error or error(), worker.outcome or outcome, cpu
        with contextlib.suppress(OSError):  # if it is closed
            worker.channel.shutdown(socket.SHUT_RD)  # as its other end is, unless another process holds that
        # It may have sent an answer before it ended. Its channel stays open as long as a query is being sent to it.
        while worker.channel.fileno() >= 0 and self._read(worker):
            pass
        self.ended[worker.outcome] += 1
        if evaluation := self.busy.pop(worker, None):
            self._conclude(worker, evaluation)
            if not evaluation.answer.done():
                evaluation.answer.set_exception(worker.error)
        self.start_spares()


def _refuse(evaluation: Evaluation) -> None:
    if not (evaluation.started or evaluation.answer.done()):
        evaluation.answer.set_exception(Overloaded())
