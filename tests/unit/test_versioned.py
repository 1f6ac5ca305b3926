"""The engine of several versions: each query is answered by the version that it names, and by no other."""

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
from pools import start, stop

EX = "http://example.org/"
LOOKUP = f"SELECT ?o {{ <{EX}s> <{EX}p> ?o }}"
PRODUCT = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(9)) + " }"


def store(*values: str) -> Store:
    """A store that says these values of one thing, in a graph and in the union."""
    filled = Store()
    terms = [NamedNode(EX + name) for name in ("s", "p", *values)]
    for value in terms[2:]:
        filled.add(Quad(terms[0], terms[1], value))
        filled.add(Quad(terms[0], terms[1], value, NamedNode(f"{EX}g")))
    return filled


@pytest.fixture(scope="module")
def embedded() -> Embedded:
    """Three versions in this process."""
    first, many = Dataset(store("first")), Dataset(store(*(f"many{n}" for n in range(100))))
    return Embedded(store("current"), max_bytes=MIB, older={"1.0.0": lambda: first, "1.1.0": lambda: many})


@pytest.fixture(scope="module", params=["embedded", "isolated"])
def engine(request: pytest.FixtureRequest, embedded: Embedded) -> Iterator[Engine]:
    """The same, here and in worker processes."""
    if request.param == "embedded":
        yield embedded
        return
    isolated = Isolated(embedded, Settings(timeout=10))
    start(isolated)
    yield isolated
    stop(isolated)


def rows(engine: Engine, text: str, version: str = "") -> list[str]:
    """The answer of a version, without the head and the namespace."""
    return engine.answer(Query(text, version=version), CSV).decode().replace(EX, "").split()[1:]


@pytest.mark.parametrize("text", [LOOKUP, f"{LOOKUP} ORDER BY ?o", f"SELECT ?o {{ GRAPH ?g {{ <{EX}s> ?p ?o }} }}"])
def test_each_version_answers_for_itself(engine: Engine, text: str) -> None:
    """Also where the current one would answer without a worker, and again after another version was asked."""
    for _ in range(2):
        assert rows(engine, text) == ["current"]
        assert rows(engine, text, "1.0.0") == ["first"]
        assert len(rows(engine, text, "1.1.0")) == 100


def test_graphs_are_those_of_the_version(engine: Engine) -> None:
    """FROM and the graphs of the request choose within it."""
    asked = Query(LOOKUP, default_graphs=(f"{EX}g",), version="1.0.0")

    assert engine.answer(asked, CSV).decode().split() == ["o", f"{EX}first"]


def test_refusals_are_the_same(engine: Engine) -> None:
    """No version calls another server."""
    with pytest.raises(ServiceRefused):
        engine.answer(Query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", version="1.0.0"), CSV)


def test_limits_are_the_same(embedded: Embedded) -> None:
    """A query of an older version has an end too."""
    isolated = Isolated(embedded, Settings(timeout=0.3))
    start(isolated)
    with pytest.raises(OutOfTime):
        isolated.answer(Query(PRODUCT, version="1.1.0"), CSV)
    stop(isolated)


def test_a_worker_keeps_the_version_that_it_loaded() -> None:
    """To load it may take longer than a short query, and does not lower its priority; the next query finds it there."""
    loads = multiprocessing.Value("i", 0)  # shared with the worker, which is forked

    def load() -> Dataset:
        loads.value += 1
        end = time.process_time() + 3 * PATIENCE_SECONDS
        while time.process_time() < end:
            pass
        return Dataset(store("first"))

    isolated = Isolated(Embedded(store("current"), older={"1.0.0": load}), Settings(workers=1))
    start(isolated)
    answers = [rows(isolated, LOOKUP, "1.0.0") for _ in range(3)]
    stop(isolated)

    assert answers == [["first"]] * 3
    assert loads.value == 1


def test_the_version_crosses_the_socket() -> None:
    """Nothing of a query is lost on the way to a worker."""
    query = Query(LOOKUP, (f"{EX}a",), (f"{EX}b",), version="1.0.0")

    assert unpack_query(pack_query(query, CSV)[HEAD.size :]) == (query, CSV)
