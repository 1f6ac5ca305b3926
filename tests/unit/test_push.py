"""A push into another engine: it holds exactly our graphs afterwards, or the message says what it may hold."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from hashlib import md5
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pyoxigraph import (
    DefaultGraph,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    serialize,
)

from iqgraph.bilingual import Text
from iqgraph.cli import main
from iqgraph.client import Server, login
from iqgraph.dataset import UNION, Dataset, load_plain
from iqgraph.dataset.dataset import canonical_hash
from iqgraph.errors import CallError, DatasetError
from iqgraph.release.destination import Destination, Graphs
from iqgraph.release.push import MIXED, OLD_OR_NEW, push
from iqgraph.release.versions import releases, restore
from iqgraph.resources import Sources
from iqgraph.terms import META
from loopback import Asked, Handle, Other, answer, other, raw
from tiny import history, put

TYPE = "text/turtle"
MINE = Quad(NamedNode("http://me/a"), NamedNode("http://me/b"), NamedNode("http://me/c"), NamedNode("http://me/graph"))
LOOSE = Quad(MINE.subject, MINE.predicate, MINE.object)
STALE = Quad(MINE.subject, MINE.predicate, MINE.object, NamedNode("https://w3id.org/iq-hessen/graph/letter/S99"))
CHALLENGE = {"WWW-Authenticate": 'Digest realm="r", nonce="n", algorithm="MD5"'}
WRITES = ("PUT", "DELETE")
Way = Callable[[Other], Destination]


@pytest.fixture
def dataset(letter: Dataset) -> Dataset:
    """The tiny dataset."""
    return letter


def store_of(*quads: Quad) -> Store:
    """A store with these statements."""
    store = Store()
    store.extend(quads)
    return store


def engine_of(store: Store) -> Handle:
    """An engine that follows the protocols: a graph store at any address, and endpoints for queries and updates."""

    def handle(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        path, _, query = request.target.partition("?")
        if request.method == "POST":
            if path.endswith("/update"):
                assert request.headers["content-type"] == "application/sparql-update"
                store.update(request.body.decode())
                return answer(204)(handler, request)
            solutions = store.query(parse_qs(request.body.decode())["query"][0])
            assert isinstance(solutions, QuerySolutions)
            content = solutions.serialize(format=QueryResultsFormat.JSON) or b""
            return answer(200, content, "application/sparql-results+json")(handler, request)
        fields = parse_qs(query, keep_blank_values=True)
        graph = NamedNode(fields["graph"][0]) if "graph" in fields else DefaultGraph()
        if request.method == "GET":
            triples = [quad.triple for quad in store.quads_for_pattern(None, None, None, graph)]
            content = serialize(triples, format=RdfFormat.TURTLE) or b""
            return answer(200 if triples else 404, content, TYPE)(handler, request)
        store.remove_graph(graph)
        if request.method == "PUT":
            assert request.headers["content-type"] == TYPE
            store.extend(
                Quad(quad.subject, quad.predicate, quad.object, graph) for quad in parse(request.body, RdfFormat.TURTLE)
            )
        return answer(204)(handler, request)

    return handle


def failing(store: Store, fails: Callable[[Asked, int], bool], failure: Handle) -> Handle:
    """The same engine, but a write fails like this if `fails` holds of it and its number."""
    follow, count = engine_of(store), iter(range(10**6))

    def handle(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        is_write = request.method in WRITES or "/update" in request.target
        (failure if is_write and fails(request, next(count)) else follow)(handler, request)

    return handle


def graph_by_graph(there: Other) -> Destination:
    """An engine with a known graph store and no update endpoint."""
    return Destination(Server(there.url))


def at_once(there: Other) -> Destination:
    """An engine whose update endpoint follows from its address."""
    return Destination(Server(f"{there.url}/store"))


WAYS = pytest.mark.parametrize("way", [graph_by_graph, at_once])


def in_named_graphs(dataset: Dataset) -> set[Quad]:
    """The statements in named graphs."""
    return {quad for quad in dataset.store if not isinstance(quad.graph_name, DefaultGraph)}


def writes(there: Other) -> list[Asked]:
    """The requests that write."""
    return [request for request in there.asked if request.method in WRITES or "/update" in request.target]


@WAYS
def test_graphs_of_ours_and_of_others(dataset: Dataset, way: Way) -> None:
    """Our graphs are added, those of an older push are removed, and the graphs of others stay."""
    store, messages = store_of(MINE, LOOSE, STALE), list[Text]()
    with other(engine_of(store)) as there:
        push(dataset, way(there), messages.append)

    assert set(store) == {MINE, LOOSE, *in_named_graphs(dataset)}
    assert f"{len(dataset.graphs())} added, 0 replaced, 1 removed" in messages[0].en
    assert f"SHA-256 {canonical_hash(dataset)}" in messages[1].en


@WAYS
@pytest.mark.parametrize("union", [UNION, NamedNode("http://me/union")], ids=["default", "named"])
def test_union_and_repetition(dataset: Dataset, way: Way, union: NamedNode) -> None:
    """The union is written to the graph of that name; a second push writes nothing."""
    store, messages = Store(), list[Text]()
    with other(engine_of(store)) as there:
        push(dataset, way(there), bool, union)
        first = len(writes(there))
        push(dataset, way(there), messages.append, union)

        assert len(writes(there)) == first > 0

    assert {quad.triple for quad in store.quads_for_pattern(None, None, None, union)} == set(dataset.triples())
    assert len(messages) == 1


def test_only_what_differs_is_written(dataset: Dataset) -> None:
    """Equal graphs are not written again."""
    store = store_of(*in_named_graphs(dataset))
    missing = next(iter(in_named_graphs(dataset)))
    store.remove(missing)
    with other(engine_of(store)) as there:
        push(dataset, graph_by_graph(there), bool)

        assert [request.method for request in writes(there)] == ["PUT"]

    assert set(store) == in_named_graphs(dataset)


def test_one_request_is_one_transaction(dataset: Dataset) -> None:
    """All changes go to an update endpoint in one request, and the message says so."""
    messages = list[Text]()
    with other(engine_of(store_of(STALE))) as there:
        push(dataset, at_once(there), messages.append, UNION)

        assert [request.target for request in writes(there)] == ["/there/update"]

    assert "in one transaction" in messages[0].en


def test_graph_names_may_have_any_characters(tmp_path: Path) -> None:
    """They are encoded in the address of the request."""
    name = "http://x/ä?b=c&d=e%2Ff#g+h"
    store = Store()
    data = load_plain([put(tmp_path, "a.nq", f"<http://a> <http://b> <http://c> <{name}> .\n")])
    with other(engine_of(store)) as there:
        push(data, Destination(Server(f"{there.url}?other=parameter")), bool)

    assert [*store.named_graphs()] == [NamedNode(name)]


def test_blank_nodes_are_refused(tmp_path: Path) -> None:
    """They could not be compared when read back."""
    data = load_plain([put(tmp_path, "a.nq", "_:a <http://b> <http://c> <http://g> .\n")])
    with other(engine_of(Store())) as there, pytest.raises(CallError, match="blank nodes"):
        push(data, graph_by_graph(there), bool)


@pytest.mark.parametrize(
    ("back", "is_same"), [("3.0", True), ("+3", True), ("3", True), ("3.1", False), ("2.999", False)]
)
@pytest.mark.parametrize("kind", ["decimal", "integer"])
def test_numbers_may_come_back_in_another_form(tmp_path: Path, back: str, kind: str, is_same: bool) -> None:
    """An engine may write a decimal in another lexical form or as an integer; another value is an error."""
    type_ = "<http://www.w3.org/2001/XMLSchema#%s>"
    data = load_plain([put(tmp_path, "a.nq", f'<http://a> <http://b> "3"^^{type_ % "decimal"} <http://g> .\n')])
    puts: list[bool] = []

    def handle(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        if request.method == "GET" and puts:
            return answer(200, f'<http://a> <http://b> "{back}"^^{type_ % kind} .'.encode(), TYPE)(handler, request)
        if request.method == "PUT":
            puts.append(True)
        return engine_of(Store())(handler, request)

    with other(handle) as there, nullcontext() if is_same else pytest.raises(DatasetError, match="instance <http://a>"):
        push(data, graph_by_graph(there), bool)
        push(data, graph_by_graph(there), bool)

        assert [request.method for request in writes(there)] == ["PUT"]


@WAYS
def test_an_engine_that_returns_other_statements(dataset: Dataset, way: Way) -> None:
    """The message counts them and names one."""
    store = store_of(MINE, STALE)

    missing = next(quad for quad in in_named_graphs(dataset) if quad.graph_name == META)

    def forget_one(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        store.remove(missing)
        engine_of(store)(handler, request)

    with other(forget_one) as there, pytest.raises(DatasetError) as error:
        push(dataset, way(there), bool)

    assert f"1 statements are missing and 0 are extra, for instance {missing.triple} in {META}" in str(error.value)


def test_an_engine_that_returns_no_turtle(dataset: Dataset) -> None:
    """The message names the address."""
    store = store_of(MINE)

    def handle(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        (answer(200, b"<html>", TYPE) if request.method == "GET" else engine_of(store))(handler, request)

    with other(handle) as there, pytest.raises(CallError) as error:
        push(dataset, graph_by_graph(there), bool)

    assert str(error.value).startswith(f"{there.url}")
    assert "is not Turtle" in str(error.value)


@pytest.mark.parametrize(
    ("way", "fails", "reply", "state"),
    [
        (at_once, lambda *_: True, answer(507, b"No space left."), OLD_OR_NEW),
        (at_once, lambda *_: True, raw(), OLD_OR_NEW),
        (graph_by_graph, lambda _, n: n == 2, answer(500, b"Disk full."), MIXED),
        (graph_by_graph, lambda _, n: n == 2, raw(), MIXED),
    ],
    ids=["disk full", "hangs up", "disk full in the middle", "hangs up in the middle"],
)
def test_a_push_that_fails(
    dataset: Dataset, way: Way, fails: Callable[[Asked, int], bool], reply: Handle, state: Text
) -> None:
    """One sentence gives the reason, another what the engine may hold now; the next push repairs it."""
    store = store_of(MINE, STALE)
    with other(failing(store, fails, reply)) as there, pytest.raises(CallError) as error:
        push(dataset, way(there), bool)
    assert error.value.text.de.endswith(state.de)
    assert error.value.text.en.endswith(state.en)
    assert (set(store) == {MINE, STALE}) == (state == OLD_OR_NEW)

    with other(engine_of(store)) as there:
        push(dataset, way(there), bool)
    assert set(store) == {MINE, *in_named_graphs(dataset)}


@WAYS
def test_a_push_that_is_interrupted(dataset: Dataset, way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends it with a sentence on what the engine may hold."""
    messages = list[Text]()
    replace = Destination.replace

    def replace_two(there: Destination, graphs: Graphs) -> None:
        replace(there, dict([*graphs.items()][:2]))
        raise KeyboardInterrupt

    monkeypatch.setattr(Destination, "replace", replace_two)
    with other(engine_of(Store())) as there, pytest.raises(KeyboardInterrupt):
        push(dataset, way(there), messages.append)

    assert messages[-1].de.startswith("Unterbrochen.")
    assert messages[-1].en.endswith("; push again.")


@pytest.fixture
def tiny_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sources:
    """The tiny dataset and its two releases in place of the bundled ones."""
    sources = history(tmp_path)
    monkeypatch.setattr("iqgraph.dataset.dataset.packaged", lambda: sources)
    monkeypatch.setattr("iqgraph.cli.data.packaged", lambda: sources)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return sources


def test_there_and_back(tiny_bundle: Sources, capsys: pytest.CaptureFixture[str]) -> None:
    """An earlier release can be pushed, and the current one after it."""
    store = Store()
    with other(engine_of(store)) as there:
        for arguments in ([], ["--version", "1.0.0"], ["--version", "1.1.0"]):
            assert main(["push", "--default", *arguments, f"{there.url}/store"]) == 0
    assert capsys.readouterr().out.count("all are equal.") == 3
    assert set(store) == set(restore(releases(tiny_bundle)[1]).store)


@pytest.mark.usefixtures("tiny_bundle")
def test_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It prints what it changed and what it read back; the password comes from the environment."""
    monkeypatch.setenv("IQGRAPH_PASSWORD", "123£")
    with other(engine_of(Store())) as there:
        code = main(["push", "--default", "--user", "test", there.url])
    lines = capsys.readouterr().out.splitlines()

    assert code == 0
    assert [line.split()[1] for line in lines] == ["graphs:", "back:"]
    assert {request.headers["authorization"] for request in there.asked} == {"Basic dGVzdDoxMjPCow=="}


@pytest.mark.usefixtures("tiny_bundle")
def test_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token is used if there is no user."""
    monkeypatch.setenv("IQGRAPH_TOKEN", "abc")
    with other(engine_of(Store())) as there:
        assert main(["push", there.url]) == 0

    assert {request.headers["authorization"] for request in there.asked} == {"Bearer abc"}


@contextmanager
def digest_engine(store: Store) -> Iterator[Other]:
    """An engine that knows one user and sends a digest challenge only to requests without credentials, as Virtuoso."""
    follow = engine_of(store)

    def handle(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        credentials = request.headers.get("authorization", "")
        if credentials.startswith("Digest ") and proof(request) in credentials:
            follow(handler, request)
        elif credentials:
            answer(401)(handler, request)
        else:
            answer(401, b"", "text/plain", **CHALLENGE)(handler, request)

    def proof(request: Asked) -> str:
        who, what = (
            md5(text.encode(), usedforsecurity=False).hexdigest()
            for text in ("me:r:pw", f"{request.method}:{request.target}")
        )
        return md5(f"{who}:n:{what}".encode(), usedforsecurity=False).hexdigest()

    with other(handle) as there:
        yield there


def test_digest(dataset: Dataset) -> None:
    """The engine chooses digest authentication (RFC 7616), and no body is sent before it."""
    store = Store()
    with digest_engine(store) as there:
        push(dataset, Destination(Server(there.url, login("me", "pw"))), bool)
        assert all(request.headers["authorization"].startswith("Digest ") for request in writes(there))
    assert set(store) == in_named_graphs(dataset)

    with digest_engine(store) as there, pytest.raises(CallError, match="401 Unauthorized"):
        push(dataset, Destination(Server(there.url, login("me", "no"))), bool)


@pytest.mark.usefixtures("tiny_bundle")
@pytest.mark.parametrize(
    ("status", "text", "message"),
    [
        (401, b"", "Is it open for writing, and are --user and the password right?"),
        (404, b"no such\n  dataset.", "for the query: no such dataset."),
        (302, b"", "302 Found for the query"),
        (500, b"\xff" * 5000, "500 Internal Server Error for"),
        (200, b"<html>", "this is no query endpoint; give its URL with --query."),
    ],
)
def test_failure(capsys: pytest.CaptureFixture[str], status: int, text: bytes, message: str) -> None:
    """The first failure ends the push with one line: address, status, reason."""
    with other(answer(status, text)) as there:
        code = main(["push", there.url])
    output = capsys.readouterr()

    assert (code, output.out, len(there.asked)) == (2, "", 1)
    assert output.err.startswith(f"iqgraph: {there.url}: ")
    assert message in output.err
    assert ("Is it open for writing" in output.err) == (status == 401)
    assert output.err.count("\n") == 1
    assert len(output.err) < 1000


@pytest.mark.usefixtures("tiny_bundle")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["here"], "here: this is no plain address"),
        (["--user", "a", "http://127.0.0.1:1/"], "--user: there is no password in IQGRAPH_PASSWORD, and no terminal"),
        (["http://127.0.0.1:1/"], "http://127.0.0.1:1/: "),
        (["--version", "9.9.9", "http://127.0.0.1:1/"], "There is no release 9.9.9; there are 1.0.0, 1.1.0."),
        (["--union", "union", "http://127.0.0.1:1/"], "Invalid value for '--union': 'union' is not an absolute IRI"),
        (["--update", "there", "http://127.0.0.1:1/"], "there: this is no plain address"),
    ],
)
def test_wrong_call(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    """The error is one sentence, and nothing is sent."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    code = main(["push", *arguments])
    output = capsys.readouterr()

    assert (code, output.out) == (2, "")
    assert output.err.startswith(f"iqgraph: {message}")
    assert output.err.count("\n") == 1
