"""The sweeper: which running queries it ends, and why."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from iqgraph.engine import MIB
from iqgraph.engine.errors import QueryError
from iqgraph.engine.workers import sweeper
from iqgraph.engine.workers.sweeper import Evaluation, Handle, Sweeper
from iqgraph.settings import Settings

BYTES = {1: 10 * MIB, 2: 30 * MIB, 3: 20 * MIB}
STOPPED = 4
LIMITS = Settings(long_queries=2, long_queries_client=1, long_memory=50)


class Pool(Sweeper):
    """A sweeper that records the outcome by worker and the free places."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(LIMITS, loop)
        self.outcomes: dict[int, str] = {}
        self.places = 0

    def kill(self, worker: Handle, error: QueryError, outcome: str) -> None:
        """Record the outcome of a worker."""
        worker.error = error
        self.outcomes[worker.pid] = outcome

    def start_spares(self) -> None:
        """Record a free place."""
        self.places += 1


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """A pool without queries, whose processes are only numbers."""
    monkeypatch.setattr(sweeper, "SWEEP_SECONDS", 0)
    monkeypatch.setattr(sweeper, "private_bytes", lambda pid: BYTES.get(pid, 0))
    monkeypatch.setattr(sweeper, "cpu_seconds", lambda _: 0.0)
    monkeypatch.setattr(sweeper, "is_stopped", lambda pid: pid == STOPPED)
    monkeypatch.setattr(sweeper, "lower_priority", lambda _: None)
    loop = asyncio.new_event_loop()
    yield Pool(loop)
    loop.close()


def run(pool: Pool, pid: int, age: float, client: str = "", *, long: bool = False, seconds: float = 10) -> Handle:
    """A query that has been running for so many seconds."""
    here, there = socket.socketpair()
    here.close()
    there.close()
    worker = Handle(pid, here)
    started = pool.loop.time() - age
    pool.busy[worker] = Evaluation(b"", pool.loop.create_future(), client, seconds, is_long=long, started=started)
    return worker


def sweep(pool: Pool) -> dict[int, str]:
    """The outcomes of one sweep by worker."""
    pool.schedule_sweep()
    pool.loop.call_soon(pool.loop.stop)
    pool.loop.run_forever()
    return pool.outcomes


def test_a_short_query_is_left_alone(pool: Pool) -> None:
    """It is neither long nor over its time limit."""
    worker = run(pool, 1, 0)

    assert (sweep(pool), pool.busy[worker].is_long, pool.places) == ({}, False, 0)


def test_a_query_becomes_long(pool: Pool) -> None:
    """Its place becomes free."""
    worker = run(pool, 1, 1)

    assert (sweep(pool), pool.busy[worker].is_long, pool.places) == ({}, True, 1)


@pytest.mark.parametrize(
    ("others", "cost", "is_low"), [(0, 0.9, False), (0, 1, True), (1, 0.05, False), (1, 0.1, True)]
)
def test_priority_is_lowered_for_what_a_query_costs(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, others: int, cost: float, is_low: bool
) -> None:
    """Sooner if there are other long queries; waiting for a processor costs nothing."""
    for pid in range(2, 2 + others):
        run(pool, pid, 1, "another", long=True)
    worker = run(pool, 1, 1)
    sweep(pool)
    monkeypatch.setattr(sweeper, "cpu_seconds", lambda _: cost)

    assert (sweep(pool), pool.busy[worker].is_long, worker.has_low_priority) == ({}, True, is_low)


def test_priority_is_not_lowered_for_loading_a_version(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is the same work for every query."""
    worker = run(pool, 1, 1)
    pool.busy[worker].is_loading = True
    sweep(pool)
    monkeypatch.setattr(sweeper, "cpu_seconds", lambda _: 5.0)

    assert (sweep(pool), pool.busy[worker].is_long, worker.has_low_priority) == ({}, True, False)


def test_a_query_that_is_being_ended_is_left_alone(pool: Pool) -> None:
    """Although there is room for a long one meanwhile."""
    for pid in (2, 3):
        run(pool, pid, 1, str(pid), long=True)
    worker = run(pool, 1, 1)
    evaluation = pool.busy[worker]
    assert sweep(pool) == {1: "overload"}
    pool.busy = {worker: evaluation}
    sweep(pool)

    assert (evaluation.is_long, pool.places) == (False, 0)


def test_a_stopped_worker_is_lost(pool: Pool) -> None:
    """Not in the sweep that finds its query long, since it may be resumed just after the server is."""
    run(pool, STOPPED, 0.2, long=False)
    assert not sweep(pool)
    assert sweep(pool) == {STOPPED: "interrupted"}


def test_a_query_ends_at_its_time_limit(pool: Pool) -> None:
    """Each has its own."""
    run(pool, 1, 3, seconds=2)
    run(pool, 2, 3, seconds=5)

    assert sweep(pool) == {1: "time"}


@pytest.mark.parametrize(("clients", "outcomes"), [("ab", {}), ("aa", {3: "overload"}), ("bc", {3: "overload"})])
def test_long_queries_have_a_maximum(pool: Pool, clients: str, outcomes: dict[int, str]) -> None:
    """In total, and per client."""
    if clients != "ab":
        run(pool, 1, 2, clients[0], long=True)
    if clients == "bc":
        run(pool, 2, 2, clients[1], long=True)
    run(pool, 3, 1, "a")

    assert sweep(pool) == outcomes


def test_the_largest_long_query_ends_if_memory_is_short(pool: Pool) -> None:
    """The memory of all long queries counts."""
    pool.limits = replace(LIMITS, long_queries=9, long_queries_client=9)
    for pid in BYTES:
        run(pool, pid, 2, long=True)

    assert sweep(pool) == {2: "memory"}


def test_a_query_becomes_long_only_if_there_is_memory(pool: Pool) -> None:
    """Workers that are being ended hold theirs until they exit."""
    for pid in BYTES:
        run(pool, pid, 2, long=True).error = QueryError(de="", en="")
    run(pool, 4, 1, "a")

    assert sweep(pool) == {4: "overload"}
