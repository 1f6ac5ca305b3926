"""The engine in worker processes: every query ends, and its end affects no other query."""

import asyncio
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import as_completed
from contextlib import nullcontext
from itertools import islice

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from iqgraph.engine import MIB, Embedded, Isolated, Query, QueryError, QuerySyntaxError
from iqgraph.engine.errors import (
    AnswerTooLarge,
    Crashed,
    Disconnected,
    Interrupted,
    OutOfMemory,
    OutOfTime,
    Overloaded,
)
from iqgraph.engine.workers import pool
from iqgraph.engine.workers.pool import FairQueue
from iqgraph.engine.workers.sweeper import Evaluation
from iqgraph.formats import CSV, JSON, TURTLE, Format
from iqgraph.settings import Settings
from pools import running

STATEMENTS = 3000
SECONDS = 1.0
MERCY = 20.0  # for a machine that is busy with other tests; what it takes in quiet is measured elsewhere
PRODUCT = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HEAVY = (OutOfTime, OutOfMemory, AnswerTooLarge)
DEEP = (Crashed, OutOfMemory, QuerySyntaxError)
TOO_MUCH = {  # `test_battery` sends more of them to a server
    "product": (f"SELECT (COUNT(*) AS ?n) {PRODUCT}", (OutOfTime,)),
    "sorted": (f"SELECT * {PRODUCT} ORDER BY ?a ?l", HEAVY),
    "constructed": (f"CONSTRUCT {{ ?a ?b ?f }} {PRODUCT}", HEAVY),
    "braces": ("SELECT * " + "{" * 20000 + "}" * 20000, DEEP),
}


@pytest.fixture(scope="module")
def store() -> Store:
    """Enough for endless queries, and for an answer larger than a socket buffer."""
    store = Store()
    text = "x" * 200
    store.extend(
        Quad(NamedNode(f"x:s{n % 500}"), NamedNode(f"x:p{n % 7}"), Literal(f"{n}{text}")) for n in range(STATEMENTS)
    )
    return store


@pytest.fixture(scope="module")
def engine(store: Store) -> Iterator[Isolated]:
    """An engine with low limits."""
    with running(Isolated(Embedded(store, max_bytes=4 * MIB), Settings(timeout=SECONDS, memory=128))) as engine:
        yield engine


def query_seconds(engine: Isolated, client: str) -> float:
    """The seconds that an ordinary query takes in a worker."""
    start = time.perf_counter()
    engine.answer(Query("SELECT * { <x:s1> ?p ?o FILTER(?p != <x:x>) }"), JSON, client)
    return time.perf_counter() - start


def test_the_answer_is_that_of_the_embedded_engine(store: Store) -> None:
    """Whatever its length."""
    peer = Embedded(store)
    with running(Isolated(peer, Settings())) as engine:
        for text, format in (("SELECT * {?s ?p ?o} ORDER BY ?s ?p ?o", CSV), ("CONSTRUCT WHERE {?s ?p ?o}", TURTLE)):
            assert engine.answer(Query(text), format) == peer.answer(Query(text), format)


def test_the_answer_of_a_lookup_is_bounded(store: Store) -> None:
    """Although it needs no worker."""
    limits = Settings(answer_size=1000 / MIB)
    with running(Isolated(Embedded(store), limits)) as engine, pytest.raises(AnswerTooLarge):
        engine.answer(Query("SELECT * { <x:s1> ?p ?o }"), JSON)


@pytest.mark.parametrize(("text", "ends"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_query_beyond_a_limit_is_an_error(engine: Isolated, text: str, ends: tuple[type[QueryError], ...]) -> None:
    """The error has a reason, and the next query is answered."""
    start = time.perf_counter()
    with pytest.raises(ends) as error:
        engine.answer(Query(text), CSV if text.startswith("SELECT") else TURTLE)

    assert time.perf_counter() - start < SECONDS + MERCY
    assert str(error.value).endswith((".", "”."))
    assert query_seconds(engine, "next") < MERCY


@pytest.mark.parametrize(("seconds", "limit"), [(0.2, r"0\.2 seconds"), (99, "1 second,")], ids=["lower", "higher"])
def test_a_client_can_only_lower_the_time_limit(engine: Isolated, seconds: float, limit: str) -> None:
    """The message has the limit that counts."""
    with pytest.raises(OutOfTime, match=f"after {limit}"):
        engine.answer(Query(TOO_MUCH["product"][0], seconds=seconds), CSV)


def test_one_client_does_not_delay_others(store: Store) -> None:
    """While one fills the service, another gets all its answers; queries without room are refused."""
    over = asyncio.Event()

    async def disconnect() -> None:
        await over.wait()

    with running(Isolated(Embedded(store), Settings(timeout=100, queue_time=60))) as engine:
        coroutines = [engine.ask(Query(TOO_MUCH["product"][0]), CSV, "hog", disconnect) for _ in range(12)]
        crowd = [asyncio.run_coroutine_threadsafe(one, engine.loop) for one in coroutines]
        for _ in range(30):
            query_seconds(engine, "neighbour")
        refusals = list(islice(as_completed(crowd), 12 - Settings().long_queries_client))
        left = [one for one in crowd if one not in refusals]
        assert [one for one in left if one.done()] == []
        engine.loop.call_soon_threadsafe(over.set)
        ends = Counter(type(one.exception()) for one in refusals), Counter(type(one.exception()) for one in left)

    assert ends == ({Overloaded: 12 - Settings().long_queries_client}, {Disconnected: Settings().long_queries_client})


def test_the_queue() -> None:
    """It is bounded; a newcomer is before who has waited, whose queries have cost much, and who has others that run."""

    async def come() -> list[str]:
        future, queue = asyncio.get_running_loop().create_future, FairQueue(4)
        waiting = [Evaluation(b"", future(), client, SECONDS) for client in ("busy", "dear", "old", "new")]
        for one in waiting:
            queue.put(one)
        with pytest.raises(Overloaded):
            queue.put(waiting[0])
        queue.costs["dear"] = 1.0
        return [popped.client for _ in waiting if (popped := queue.pop(waiting[:1]))]

    assert asyncio.run(come()) == ["new", "old", "dear", "busy"]


@pytest.mark.parametrize(
    ("kills", "patience", "is_answered"), [(1, 60, True), (2, 60, True), (3, 60, False), (1, 0, False)]
)
def test_a_query_that_loses_its_worker_is_repeated(
    store: Store, kills: int, patience: float, is_answered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few times, since it may kill every worker, and not if it took long."""
    monkeypatch.setattr(pool, "MAX_RETRIED_SECONDS", patience)  # a busy machine is slow to kill and to fork
    kills_left = multiprocessing.Value("i", kills)  # shared with the workers, which are forked

    class Killed(Embedded):
        def answer(self, query: Query, output: Format, client: str = "") -> bytes:
            if kills_left.value:
                kills_left.value -= 1
                os.kill(os.getpid(), signal.SIGKILL)
            return super().answer(query, output, client)

    with running(Isolated(Killed(store), Settings())) as engine:
        with nullcontext() if is_answered else pytest.raises(Interrupted):
            assert engine.answer(Query("ASK {}"), JSON)
        assert kills_left.value == 0


def test_a_client_that_disconnects_frees_its_worker(store: Store) -> None:
    """At once, before the time limit."""

    async def disconnect() -> None:
        """Disconnect at once."""

    with running(Isolated(Embedded(store), Settings(timeout=60))) as engine:
        coroutine = engine.ask(Query(f"SELECT (COUNT(*) AS ?n) {PRODUCT}"), JSON, "", disconnect)
        with pytest.raises(Crashed):
            asyncio.run_coroutine_threadsafe(coroutine, engine.loop).result(timeout=2 * MERCY)
        assert engine.answer(Query("ASK {}"), JSON)
