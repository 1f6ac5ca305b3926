"""Loading the graph into another engine: every graph once, the same when repeated, one sentence when it fails."""

from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from iqgraph.cli import main
from iqgraph.client import Server
from iqgraph.dataset import Dataset, load, load_plain
from iqgraph.release.push import push
from iqgraph.resources import Sources
from loopback import Asked, Handle, answer, other
from tiny import put

TYPE = "text/turtle"


@pytest.fixture
def dataset(sources: Sources) -> Dataset:
    """The tiny dataset."""
    return load(sources=sources)


def keeping(store: Store) -> Handle:
    """A graph store that does what the protocol says for PUT."""

    def handle(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        query = parse_qs(asked.target.partition("?")[2], keep_blank_values=True)
        graph = NamedNode(query["graph"][0]) if "graph" in query else DefaultGraph()
        assert asked.method == "PUT"
        assert asked.headers["content-type"] == TYPE
        status = 204 if store.contains_named_graph(graph) else 201
        store.clear_graph(graph)
        triples = parse(asked.body, RdfFormat.TURTLE)
        store.extend(Quad(quad.subject, quad.predicate, quad.object, graph) for quad in triples)
        answer(status)(handler, asked)

    return handle


def test_named_graphs(dataset: Dataset) -> None:
    """Each arrives under its name; the default graph is left alone unless asked for."""
    store, told = Store(), list[str]()
    with other(keeping(store)) as there:
        push(dataset, Server(there.url), told.append)

    assert set(store) == {quad for quad in dataset.store if not isinstance(quad.graph_name, DefaultGraph)}
    assert len(told) == len(there.asked) == len(dataset.graphs())
    assert f"{dataset.graphs()[0].value}: {dataset.size(dataset.graphs()[0])} statements" in told


def test_union_and_repetition(dataset: Dataset) -> None:
    """With the union the other engine has all that is here; a second time changes nothing but replaces."""
    store = Store()
    with other(keeping(store)) as there:
        push(dataset, Server(there.url), bool, union=True)
        store.load(b"<http://old/a> <http://old/b> <http://old/c> .", RdfFormat.N_TRIPLES)
        push(dataset, Server(there.url), bool, union=True)

    assert set(store) == set(dataset.store)


def test_names_of_graphs_arrive_undamaged(tmp_path: Path) -> None:
    """Whatever characters they have."""
    name = "http://x/ä?b=c&d=e%2Ff#g+h"
    store = Store()
    with other(keeping(store)) as there:
        push(
            load_plain([put(tmp_path, "a.nq", f"<http://a> <http://b> <http://c> <{name}> .\n")]), _at(there.url), bool
        )

    assert [*store.named_graphs()] == [NamedNode(name)]


def _at(url: str) -> Server:
    return Server(f"{url}?other=parameter")


@pytest.fixture
def tiny_is_bundled(sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command line take the tiny dataset for ours."""
    monkeypatch.setattr("iqgraph.dataset.dataset.packaged", lambda: sources)


@pytest.mark.usefixtures("tiny_is_bundled")
def test_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A line for each graph, and the credentials from the environment."""
    monkeypatch.setenv("IQGRAPH_PASSWORD", "123£")
    store = Store()
    with other(keeping(store)) as there:
        code = main(["push", "--default", "--user", "test", there.url])
    lines = capsys.readouterr().out.splitlines()

    assert code == 0
    assert len(lines) == len([*store.named_graphs()]) + 1
    assert lines[-1].startswith("the default graph: ")
    assert {asked.headers["authorization"] for asked in there.asked} == {"Basic dGVzdDoxMjPCow=="}


@pytest.mark.usefixtures("tiny_is_bundled")
def test_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token is used if no user is named."""
    monkeypatch.setenv("IQGRAPH_TOKEN", "abc")
    with other(keeping(Store())) as there:
        assert main(["push", there.url]) == 0

    assert {asked.headers["authorization"] for asked in there.asked} == {"Bearer abc"}


@pytest.mark.usefixtures("tiny_is_bundled")
@pytest.mark.parametrize(
    ("status", "text", "message"),
    [
        (401, b"", "401 Unauthorized for graph=https%3A%2F%2Fw3id.org%2F"),
        (404, b"no such\n  dataset.", ": no such dataset."),
        (302, b"", "302 Found for"),
        (500, b"\xff" * 5000, "500 Internal Server Error for"),
    ],
)
def test_failure(capsys: pytest.CaptureFixture[str], status: int, text: bytes, message: str) -> None:
    """The first one ends it with one sentence: address, status, reason."""
    with other(answer(status, text)) as there:
        code = main(["push", there.url])
    told = capsys.readouterr()

    assert (code, told.out, len(there.asked)) == (2, "", 1)
    assert told.err.startswith(f"iqgraph: {there.url}: {status} ")
    assert message in told.err
    assert told.err.count("\n") == 1
    assert len(told.err) < 1000


@pytest.mark.usefixtures("tiny_is_bundled")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["here"], "here: this is no plain address"),
        (["--user", "a", "http://127.0.0.1:1/"], "--user: there is no password in IQGRAPH_PASSWORD, and no terminal"),
        (["http://127.0.0.1:1/"], "http://127.0.0.1:1/: "),
    ],
)
def test_wrong_call(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    """One sentence, and nothing is sent."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    code = main(["push", *arguments])
    told = capsys.readouterr()

    assert (code, told.out) == (2, "")
    assert told.err.startswith(f"iqgraph: {message}")
    assert told.err.count("\n") == 1
