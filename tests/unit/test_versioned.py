"""The engine of several versions: the version in a query answers it, and no other."""

import multiprocessing
import time
from collections.abc import Iterator

import pytest
from pyoxigraph import NamedNode, Quad, Store

from iqgraph.dataset import Dataset
from iqgraph.engine import MIB, Embedded, Engine, Isolated, Query
from iqgraph.engine.errors import OutOfTime, ServiceRefused
from iqgraph.engine.workers.sweeper import PATIENCE_SECONDS
from iqgraph.engine.workers.worker import HEAD, pack_query, unpack_query
from iqgraph.formats import CSV
from iqgraph.settings import Settings
from pools import running

EX = "http://example.org/"
LOOKUP = f"SELECT ?o {{ <{EX}s> <{EX}p> ?o }}"
PRODUCT = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(9)) + " }"


def store(*values: str) -> Store:
    """A store with these values of one thing, in a graph and in the union."""
    result = Store()
    terms = [NamedNode(EX + name) for name in ("s", "p", *values)]
    for value in terms[2:]:
        result.add(Quad(terms[0], terms[1], value))
        result.add(Quad(terms[0], terms[1], value, NamedNode(f"{EX}g")))
    return result


@pytest.fixture(scope="module")
def embedded() -> Embedded:
    """Three versions in this process."""
    first, many = Dataset(store("first")), Dataset(store(*(f"many{n}" for n in range(100))))
    return Embedded(store("current"), max_bytes=MIB, older={"1.0.0": lambda: first, "1.1.0": lambda: many})


@pytest.fixture(scope="module", params=["embedded", "isolated"])
def engine(request: pytest.FixtureRequest, embedded: Embedded) -> Iterator[Engine]:
    """The same versions, in this process and in workers."""
    if request.param == "embedded":
        yield embedded
        return
    with running(Isolated(embedded, Settings(timeout=10))) as pool:
        yield pool


def rows(engine: Engine, text: str, version: str = "") -> list[str]:
    """The rows of a version, without the header and the namespace."""
    return engine.answer(Query(text, version=version), CSV).decode().replace(EX, "").split()[1:]


@pytest.mark.parametrize("text", [LOOKUP, f"{LOOKUP} ORDER BY ?o", f"SELECT ?o {{ GRAPH ?g {{ <{EX}s> ?p ?o }} }}"])
def test_each_version_answers_for_itself(engine: Engine, text: str) -> None:
    """Even where the current one answers without a worker, and again after queries to others."""
    for _ in range(2):
        assert rows(engine, text) == ["current"]
        assert rows(engine, text, "1.0.0") == ["first"]
        assert len(rows(engine, text, "1.1.0")) == 100


def test_graphs_are_those_of_the_version(engine: Engine) -> None:
    """FROM and the graphs of the request select from it."""
    query = Query(LOOKUP, default_graphs=(f"{EX}g",), version="1.0.0")

    assert engine.answer(query, CSV).decode().split() == ["o", f"{EX}first"]


def test_refusals_are_the_same(engine: Engine) -> None:
    """No version calls another server."""
    with pytest.raises(ServiceRefused):
        engine.answer(Query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", version="1.0.0"), CSV)


def test_limits_are_the_same(embedded: Embedded) -> None:
    """A query of an older version has a time limit too."""
    with running(Isolated(embedded, Settings(timeout=0.3))) as pool, pytest.raises(OutOfTime):
        pool.answer(Query(PRODUCT, version="1.1.0"), CSV)


def test_a_worker_keeps_the_version_that_it_loaded() -> None:
    """Loading may take longer than a short query and does not lower the priority; later queries need not load it."""
    loads = multiprocessing.Value("i", 0)  # shared with the worker, which is forked

    def load() -> Dataset:
        loads.value += 1
        end = time.process_time() + 3 * PATIENCE_SECONDS
        while time.process_time() < end:
            pass
        return Dataset(store("first"))

    with running(Isolated(Embedded(store("current"), older={"1.0.0": load}), Settings(workers=1))) as pool:
        answers = [rows(pool, LOOKUP, "1.0.0") for _ in range(3)]

    assert answers == [["first"]] * 3
    assert loads.value == 1


def test_the_version_crosses_the_socket() -> None:
    """A worker gets every part of the query."""
    query = Query(LOOKUP, (f"{EX}a",), (f"{EX}b",), version="1.0.0")

    assert unpack_query(pack_query(query, CSV)[HEAD.size :]) == (query, CSV)
