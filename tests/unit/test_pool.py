"""The pool of workers, without processes: what becomes of a query when workers come and go at the worst moment."""

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress

import pytest
from uvloop import new_event_loop

from iqgraph.engine import MIB, WORK, Query, Work
from iqgraph.engine.errors import Crashed, Interrupted, OutOfTime, Overloaded
from iqgraph.engine.workers.pool import MAX_TRIES, Pool
from iqgraph.engine.workers.sweeper import PATIENCE_SECONDS, Handle
from iqgraph.engine.workers.worker import CONTENT, FAULT, MessageBuffer, frame, unpack_query
from iqgraph.formats import JSON
from iqgraph.settings import Settings

NO_PROCESS = 1 << 30  # above what Linux gives, see pid_max in proc(5)


class NoZygote:
    """Starts no worker; the test does."""

    starting = orders = 0

    def attach(self, *_: object) -> None:
        """Report nothing."""

    def start_worker(self) -> None:
        """Start nothing."""
        self.orders += 1


class Stand:
    """The pool with workers that do what a test tells them, each at the other end of its channel."""

    def __init__(self, **limits: float) -> None:
        self.zygote = NoZygote()
        self.pool = Pool(self.zygote, Settings(**limits), asyncio.get_running_loop())  # type: ignore[arg-type]
        self.sockets: list[socket.socket] = []

    def add_worker(self) -> tuple[Handle, socket.socket]:
        """A worker that has started, and the end of its channel that it reads."""
        ours, theirs = socket.socketpair()
        ours.settimeout(0)
        theirs.settimeout(0)
        self.sockets += ours, theirs
        worker = Handle(NO_PROCESS, ours)
        self.pool._on_start(worker)  # noqa: SLF001 - the zygote calls it
        return worker, theirs

    def ask(self, text: str, client: str = "client") -> asyncio.Future[bytes]:
        """A query of a client, on its way."""
        return asyncio.ensure_future(self.pool.ask(Query(text), JSON, 10, client))

    def end(self, worker: Handle, theirs: socket.socket, status: int = signal.SIGKILL, cpu: float = 0.0) -> None:
        """Let a worker be killed by nobody of ours."""
        theirs.close()
        self.pool._on_end(worker, status, cpu)  # noqa: SLF001


def texts(theirs: socket.socket) -> list[str]:
    """The queries that a worker finds in its channel."""
    messages = MessageBuffer()
    with suppress(BlockingIOError):
        messages.buffer += theirs.recv(1 << 16)
    return [unpack_query(content)[0].text for _, content in iter(messages.pop, None)]


async def settle() -> None:
    """Let everything happen that is due."""
    for _ in range(10):
        await asyncio.sleep(0)


def run(scene: Callable[[Stand], Coroutine[None, None, None]], **limits: float) -> None:
    """Play a scene, which must not hang."""

    async def play() -> None:
        stand = Stand(**limits)
        try:
            await asyncio.wait_for(scene(stand), 5)
        finally:
            for one in stand.sockets:
                one.close()

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(play())


def test_a_worker_that_ends_before_its_query_comes() -> None:
    """The query is asked again, and in the end refused; it does not wait for an answer that nobody writes."""

    async def scene(stand: Stand) -> None:
        answer = stand.ask("ASK {}")
        for _ in range(MAX_TRIES):
            await settle()
            stand.end(*stand.add_worker())
        with pytest.raises(Interrupted):
            await answer
        assert (stand.pool.metrics().running, stand.pool.metrics().waiting) == (0, 0)

    run(scene)


def test_the_limit_of_time_holds_for_all_tries_together() -> None:
    """The message names the limit, not what the first try left of it."""

    async def scene(stand: Stand) -> None:
        answer = asyncio.ensure_future(stand.pool.ask(Query("ASK {}"), JSON, 0.05, "client"))
        await settle()
        begin = stand.pool.loop.time()
        while stand.pool.loop.time() == begin:
            await asyncio.sleep(0)
        stand.end(*stand.add_worker())
        await settle()
        worker, theirs = stand.add_worker()
        assert stand.pool.busy[worker].elapsed > 0
        while worker.error is None:
            await asyncio.sleep(0)
        stand.end(worker, theirs)
        with pytest.raises(OutOfTime, match=r"after 0\.05 seconds"):
            await answer

    run(scene)


def test_a_worker_that_ends_before_it_has_all_of_its_query() -> None:
    """What is still to be sent holds its channel open (uvloop closes no socket in use), and nothing waits for that."""

    async def scene(stand: Stand) -> None:
        answer = stand.ask("ASK {}" + " " * MIB)
        for _ in range(MAX_TRIES):
            await settle()
            worker, theirs = stand.add_worker()
            await settle()
            stand.end(worker, theirs)
        with pytest.raises(Interrupted):
            await answer

    run(scene)


def test_a_worker_that_is_free_gets_the_next_query_before_the_answer_is_passed_on() -> None:
    """So it does not wait for whatever becomes of its answer."""

    async def scene(stand: Stand) -> None:
        worker, theirs = stand.add_worker()
        first, second = stand.ask("ASK {}", "one"), stand.ask("ASK { }", "other")
        await settle()
        assert texts(theirs) == ["ASK {}"]
        theirs.send(frame(CONTENT, b"true"))
        stand.pool._read(worker)  # noqa: SLF001 - the loop calls it
        assert (texts(theirs), first.done(), stand.pool.metrics().running) == (["ASK { }"], False, 1)
        theirs.send(frame(CONTENT, b"false"))
        assert (await first, await second) == (b"true", b"false")

    run(scene)


def test_a_worker_that_answers_although_it_is_being_killed() -> None:
    """Its answer counts, but it gets no other query, which would get the error of the first."""

    async def scene(stand: Stand) -> None:
        worker, theirs = stand.add_worker()
        first, second = stand.ask("ASK {}", "one"), stand.ask("ASK { }", "other")
        await settle()
        stand.pool.kill(worker, OutOfTime(1), "time")
        theirs.send(frame(CONTENT, b"true"))
        assert await first == b"true"
        stand.end(worker, theirs)
        _, another = stand.add_worker()
        another.send(frame(CONTENT, b"false"))
        assert await second == b"false"

    run(scene)


def test_a_worker_that_answers_and_crashes() -> None:
    """The query that waits gets another one, however late it is known that the first has ended."""

    async def scene(stand: Stand) -> None:
        for is_read in (False, True):
            worker, theirs = stand.add_worker()
            first, second = stand.ask("ASK {}", "one"), stand.ask("ASK { }", "other")
            await settle()
            theirs.send(frame(CONTENT, b"true"))
            theirs.close()
            if is_read:
                stand.pool._read(worker)  # noqa: SLF001
            stand.end(worker, theirs, signal.SIGSEGV)
            await settle()
            last, another = stand.add_worker()
            another.send(frame(CONTENT, b"false"))
            assert (await first, await second) == (b"true", b"false")
            stand.end(last, another)
        assert stand.pool.metrics().ended == {"crash": 2, "interrupted": 2}

    run(scene)


def test_a_worker_whose_channel_another_process_holds() -> None:
    """Its end is not waited for in the channel."""

    async def scene(stand: Stand) -> None:
        worker, theirs = stand.add_worker()
        stand.sockets.append(theirs.dup())
        stand.end(worker, theirs)
        assert (worker.channel.fileno(), stand.pool.metrics().idle) == (-1, 0)

    run(scene)


@pytest.mark.parametrize("is_read", [False, True], ids=["read at the end", "read before"])
def test_a_long_query_costs_its_processor_time_although_its_worker_has_ended(is_read: bool) -> None:
    """If its end is not reported yet, that time is not known; then it is not less than nothing."""

    async def scene(stand: Stand) -> None:
        WORK.set(work := Work())
        worker, theirs = stand.add_worker()
        answer = stand.ask("ASK {}")
        await settle()
        evaluation = stand.pool.busy[worker]
        evaluation.is_long, evaluation.cpu_when_long = True, 5.0
        theirs.send(frame(CONTENT, b"true"))
        if is_read:
            stand.pool._read(worker)  # noqa: SLF001
        stand.end(worker, theirs, cpu=7.0)
        assert (await answer, work.seconds) == (b"true", PATIENCE_SECONDS + 2.0 * (not is_read))
        assert stand.pool.queue.costs["client"] == work.seconds * (not is_read)  # forgotten once nobody waits

    run(scene)


def test_a_fault_of_the_engine_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """The worker cannot write it, and the client does not get it."""

    async def scene(stand: Stand) -> None:
        _, theirs = stand.add_worker()
        answer = stand.ask("ASK {}")
        await settle()
        theirs.send(frame(FAULT, b"OSError: disk"))
        with pytest.raises(Crashed):
            await answer

    run(scene)
    assert "OSError: disk" in caplog.text


def test_queries_that_no_longer_wait_leave_the_queue() -> None:
    """They take no place of others, and are never begun."""

    async def scene(stand: Stand) -> None:
        gone = [stand.ask("ASK {}", "gone") for _ in range(2)]
        await settle()
        for one in gone:
            one.cancel()
        await settle()
        assert stand.pool.metrics().waiting == 0
        stand.ask("ASK { }", "other")
        await settle()
        assert stand.pool.metrics().waiting == 1
        assert texts(stand.add_worker()[1]) == ["ASK { }"]

    run(scene, queue=2)


@pytest.mark.parametrize("busy", [0, 1])
def test_those_that_start_or_are_busy_count_as_workers(busy: int) -> None:
    """However many queries wait, no more than the limit are started."""

    async def scene(stand: Stand) -> None:
        for _ in range(busy):
            stand.add_worker()
        stand.zygote.starting, stand.zygote.orders = 2 - busy, 0
        _ = [stand.ask("ASK {}", str(client)) for client in range(5)]
        await settle()
        assert stand.zygote.orders == 0

    run(scene, workers=2)


def test_a_query_waits_only_so_long() -> None:
    """Then it is refused, and no worker begins it."""

    async def scene(stand: Stand) -> None:
        with pytest.raises(Overloaded):
            await stand.ask("ASK {}")
        _, theirs = stand.add_worker()
        assert (texts(theirs), stand.pool.metrics().idle) == ([], 1)

    run(scene, queue_time=0.01)


def test_an_answer_that_nobody_asked_for() -> None:
    """It is ignored: the worker has its place only once."""

    async def scene(stand: Stand) -> None:
        worker, theirs = stand.add_worker()
        theirs.send(frame(CONTENT, b"true"))
        stand.pool._read(worker)  # noqa: SLF001
        assert stand.pool.metrics().idle == 1

    run(scene)


def test_a_query_longer_than_the_buffer_of_a_channel() -> None:
    """It is sent in parts, and the loop goes on meanwhile."""

    async def scene(stand: Stand) -> None:
        _, theirs = stand.add_worker()
        text = "ASK {}" + " " * MIB
        answer = stand.ask(text)
        messages = MessageBuffer()
        while not (message := messages.pop()):
            await asyncio.sleep(0)
            with suppress(BlockingIOError):
                messages.buffer += theirs.recv(1 << 16)
        assert unpack_query(message[1])[0].text == text
        theirs.send(frame(CONTENT, b"true"))
        assert await answer == b"true"

    run(scene)
