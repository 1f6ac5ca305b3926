"""Loading the graph into another engine: it holds exactly ours then, or it is said what it may hold."""

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


@pytest.fixture
def dataset(letter: Dataset) -> Dataset:
    """The tiny dataset."""
    return letter


def holding(*quads: Quad) -> Store:
    """A store with these statements."""
    store = Store()
    store.extend(quads)
    return store


def keeping(store: Store) -> Handle:
    """An engine that follows the protocols: a graph store at any address, and endpoints for queries and updates."""

    def handle(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        path, _, query = asked.target.partition("?")
        if asked.method == "POST":
            if path.endswith("/update"):
                assert asked.headers["content-type"] == "application/sparql-update"
                store.update(asked.body.decode())
                return answer(204)(handler, asked)
            found = store.query(parse_qs(asked.body.decode())["query"][0])
            assert isinstance(found, QuerySolutions)
            content = found.serialize(format=QueryResultsFormat.JSON) or b""
            return answer(200, content, "application/sparql-results+json")(handler, asked)
        fields = parse_qs(query, keep_blank_values=True)
        graph = NamedNode(fields["graph"][0]) if "graph" in fields else DefaultGraph()
        if asked.method == "GET":
            triples = [quad.triple for quad in store.quads_for_pattern(None, None, None, graph)]
            content = serialize(triples, format=RdfFormat.TURTLE) or b""
            return answer(200 if triples else 404, content, TYPE)(handler, asked)
        store.remove_graph(graph)
        if asked.method == "PUT":
            assert asked.headers["content-type"] == TYPE
            store.extend(
                Quad(quad.subject, quad.predicate, quad.object, graph) for quad in parse(asked.body, RdfFormat.TURTLE)
            )
        return answer(204)(handler, asked)

    return handle


def failing(store: Store, when: Callable[[Asked, int], bool], how: Handle) -> Handle:
    """The same engine, but what is written fails like this; `when` is asked with the number of the write."""
    keep, count = keeping(store), iter(range(10**6))

    def handle(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        writes = asked.method in WRITES or "/update" in asked.target
        (how if writes and when(asked, next(count)) else keep)(handler, asked)

    return handle


def graph_by_graph(there: Other) -> Destination:
    """An engine of which only the graph store is known."""
    return Destination(Server(there.url))


def at_once(there: Other) -> Destination:
    """An engine whose address tells where its update endpoint is."""
    return Destination(Server(f"{there.url}/store"))


WAYS = pytest.mark.parametrize("way", [graph_by_graph, at_once])


def named(dataset: Dataset) -> set[Quad]:
    """What stands in named graphs."""
    return {quad for quad in dataset.store if not isinstance(quad.graph_name, DefaultGraph)}


def written(there: Other) -> list[Asked]:
    """The requests that change something."""
    return [asked for asked in there.asked if asked.method in WRITES or "/update" in asked.target]


@WAYS
def test_graphs_of_ours_and_of_others(dataset: Dataset, way: Callable[[Other], Destination]) -> None:
    """Ours arrive, those of an older push that we no longer have go, and nobody else's is touched."""
    store, told = holding(MINE, LOOSE, STALE), list[Text]()
    with other(keeping(store)) as there:
        push(dataset, way(there), told.append)

    assert set(store) == {MINE, LOOSE, *named(dataset)}
    assert f"{len(dataset.graphs())} added, 0 replaced, 1 removed" in told[0].en
    assert f"SHA-256 {canonical_hash(dataset)}" in told[1].en


@WAYS
@pytest.mark.parametrize("union", [UNION, NamedNode("http://me/union")], ids=["default", "named"])
def test_union_and_repetition(dataset: Dataset, way: Callable[[Other], Destination], union: NamedNode) -> None:
    """The union goes where it is wanted; a second push writes nothing."""
    store, told = Store(), list[Text]()
    with other(keeping(store)) as there:
        push(dataset, way(there), bool, union)
        first = len(written(there))
        push(dataset, way(there), told.append, union)

        assert len(written(there)) == first > 0

    assert {quad.triple for quad in store.quads_for_pattern(None, None, None, union)} == set(dataset.triples())
    assert len(told) == 1


def test_only_what_differs_is_written(dataset: Dataset) -> None:
    """Graphs that are there already stay as they are."""
    store = holding(*named(dataset))
    lost = next(iter(named(dataset)))
    store.remove(lost)
    with other(keeping(store)) as there:
        push(dataset, graph_by_graph(there), bool)

        assert [asked.method for asked in written(there)] == ["PUT"]

    assert set(store) == named(dataset)


def test_one_request_is_one_transaction(dataset: Dataset) -> None:
    """Where there is an update endpoint, all that changes goes to it at once, and the words say so."""
    told = list[Text]()
    with other(keeping(holding(STALE))) as there:
        push(dataset, at_once(there), told.append, UNION)

        assert [asked.target for asked in written(there)] == ["/there/update"]

    assert "in one transaction" in told[0].en


def test_names_of_graphs_arrive_undamaged(tmp_path: Path) -> None:
    """Whatever characters they have."""
    name = "http://x/ä?b=c&d=e%2Ff#g+h"
    store = Store()
    data = load_plain([put(tmp_path, "a.nq", f"<http://a> <http://b> <http://c> <{name}> .\n")])
    with other(keeping(store)) as there:
        push(data, Destination(Server(f"{there.url}?other=parameter")), bool)

    assert [*store.named_graphs()] == [NamedNode(name)]


def test_blank_nodes_are_refused(tmp_path: Path) -> None:
    """What comes back of them could not be compared."""
    data = load_plain([put(tmp_path, "a.nq", "_:a <http://b> <http://c> <http://g> .\n")])
    with other(keeping(Store())) as there, pytest.raises(CallError, match="blank nodes"):
        push(data, graph_by_graph(there), bool)


@pytest.mark.parametrize(
    ("back", "is_same"), [("3.0", True), ("+3", True), ("3", True), ("3.1", False), ("2.999", False)]
)
@pytest.mark.parametrize("kind", ["decimal", "integer"])
def test_numbers_may_come_back_written_otherwise(tmp_path: Path, back: str, kind: str, is_same: bool) -> None:  # noqa: FBT001
    """Engines write a decimal as they like, some as an integer; another value is something else."""
    type_ = "<http://www.w3.org/2001/XMLSchema#%s>"
    data = load_plain([put(tmp_path, "a.nq", f'<http://a> <http://b> "3"^^{type_ % "decimal"} <http://g> .\n')])
    there_is: list[bool] = []

    def handle(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        if asked.method == "GET" and there_is:
            return answer(200, f'<http://a> <http://b> "{back}"^^{type_ % kind} .'.encode(), TYPE)(handler, asked)
        if asked.method == "PUT":
            there_is.append(True)
        return keeping(Store())(handler, asked)

    with other(handle) as there, nullcontext() if is_same else pytest.raises(DatasetError, match="instance <http://a>"):
        push(data, graph_by_graph(there), bool)
        push(data, graph_by_graph(there), bool)

        assert [asked.method for asked in written(there)] == ["PUT"]


@WAYS
def test_an_engine_that_gives_back_something_else(dataset: Dataset, way: Callable[[Other], Destination]) -> None:
    """An example is named."""
    store = holding(MINE, STALE)

    lost = next(quad for quad in named(dataset) if quad.graph_name == META)

    def losing(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        store.remove(lost)
        keeping(store)(handler, asked)

    with other(losing) as there, pytest.raises(DatasetError) as told:
        push(dataset, way(there), bool)

    assert f"1 statements are missing and 0 are extra, for instance {lost.triple} in {META}" in str(told.value)


def test_an_engine_that_gives_back_what_is_no_turtle(dataset: Dataset) -> None:
    """It is told of which graph."""
    store = holding(MINE)

    def handle(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        (answer(200, b"<html>", TYPE) if asked.method == "GET" else keeping(store))(handler, asked)

    with other(handle) as there, pytest.raises(CallError) as told:
        push(dataset, graph_by_graph(there), bool)

    assert str(told.value).startswith(f"{there.url}")
    assert "is not Turtle" in str(told.value)


@pytest.mark.parametrize(
    ("way", "when", "how", "left"),
    [
        (at_once, lambda *_: True, answer(507, b"No space left."), OLD_OR_NEW),
        (at_once, lambda *_: True, raw(), OLD_OR_NEW),
        (graph_by_graph, lambda _, n: n == 2, answer(500, b"Disk full."), MIXED),
        (graph_by_graph, lambda _, n: n == 2, raw(), MIXED),
    ],
    ids=["disk full", "hangs up", "disk full in the middle", "hangs up in the middle"],
)
def test_a_push_that_fails(
    dataset: Dataset, way: Callable[[Other], Destination], when: Callable[[Asked, int], bool], how: Handle, left: Text
) -> None:
    """One sentence says why, another what the engine may hold now, and the next push mends it."""
    store = holding(MINE, STALE)
    with other(failing(store, when, how)) as there, pytest.raises(CallError) as raised:
        push(dataset, way(there), bool)
    assert raised.value.text.de.endswith(left.de)
    assert raised.value.text.en.endswith(left.en)
    assert (set(store) == {MINE, STALE}) == (left == OLD_OR_NEW)

    with other(keeping(store)) as there:
        push(dataset, way(there), bool)
    assert set(store) == {MINE, *named(dataset)}


@WAYS
def test_a_push_that_is_interrupted(
    dataset: Dataset, way: Callable[[Other], Destination], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends it with a sentence on what may be there."""
    said = list[Text]()
    whole = Destination.replace

    def interrupted(there: Destination, graphs: Graphs) -> None:
        whole(there, dict([*graphs.items()][:2]))
        raise KeyboardInterrupt

    monkeypatch.setattr(Destination, "replace", interrupted)
    with other(keeping(Store())) as there, pytest.raises(KeyboardInterrupt):
        push(dataset, way(there), said.append)

    assert said[-1].de.startswith("Unterbrochen.")
    assert said[-1].en.endswith("; push again.")


@pytest.fixture
def tiny_is_bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sources:
    """Let the command line take the tiny dataset and its two releases for ours."""
    sources = history(tmp_path)
    monkeypatch.setattr("iqgraph.dataset.dataset.packaged", lambda: sources)
    monkeypatch.setattr("iqgraph.cli.data.packaged", lambda: sources)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return sources


def test_there_and_back(tiny_is_bundled: Sources, capsys: pytest.CaptureFixture[str]) -> None:
    """A release that is kept goes there as any other state, and back."""
    store = Store()
    with other(keeping(store)) as there:
        for arguments in ([], ["--version", "1.0.0"], ["--version", "1.1.0"]):
            assert main(["push", "--default", *arguments, f"{there.url}/store"]) == 0
    assert capsys.readouterr().out.count("all are equal.") == 3
    assert set(store) == set(restore(releases(tiny_is_bundled)[1]).store)


@pytest.mark.usefixtures("tiny_is_bundled")
def test_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done, what was read back; and the credentials from the environment."""
    monkeypatch.setenv("IQGRAPH_PASSWORD", "123£")
    with other(keeping(Store())) as there:
        code = main(["push", "--default", "--user", "test", there.url])
    lines = capsys.readouterr().out.splitlines()

    assert code == 0
    assert [line.split()[1] for line in lines] == ["graphs:", "back:"]
    assert {asked.headers["authorization"] for asked in there.asked} == {"Basic dGVzdDoxMjPCow=="}


@pytest.mark.usefixtures("tiny_is_bundled")
def test_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token is used if no user is named."""
    monkeypatch.setenv("IQGRAPH_TOKEN", "abc")
    with other(keeping(Store())) as there:
        assert main(["push", there.url]) == 0

    assert {asked.headers["authorization"] for asked in there.asked} == {"Bearer abc"}


@contextmanager
def wanting_digest(store: Store) -> Iterator[Other]:
    """An engine that knows one user and asks for a digest, but only who sends no other name, as Virtuoso does."""
    keep = keeping(store)

    def handle(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        given = asked.headers.get("authorization", "")
        if given.startswith("Digest ") and proof(asked) in given:
            keep(handler, asked)
        elif given:
            answer(401)(handler, asked)
        else:
            answer(401, b"", "text/plain", **CHALLENGE)(handler, asked)

    def proof(asked: Asked) -> str:
        who, what = (
            md5(text.encode(), usedforsecurity=False).hexdigest()
            for text in ("me:r:pw", f"{asked.method}:{asked.target}")
        )
        return md5(f"{who}:n:{what}".encode(), usedforsecurity=False).hexdigest()

    with other(handle) as there:
        yield there


def test_digest(dataset: Dataset) -> None:
    """A name and a password are proved as the engine wants it (RFC 7616), and no body is sent before."""
    store = Store()
    with wanting_digest(store) as there:
        push(dataset, Destination(Server(there.url, login("me", "pw"))), bool)
        assert all(asked.headers["authorization"].startswith("Digest ") for asked in written(there))
    assert set(store) == named(dataset)

    with wanting_digest(store) as there, pytest.raises(CallError, match="401 Unauthorized"):
        push(dataset, Destination(Server(there.url, login("me", "no"))), bool)


@pytest.mark.usefixtures("tiny_is_bundled")
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
    """The first one ends it with one line: address, status, reason."""
    with other(answer(status, text)) as there:
        code = main(["push", there.url])
    told = capsys.readouterr()

    assert (code, told.out, len(there.asked)) == (2, "", 1)
    assert told.err.startswith(f"iqgraph: {there.url}: ")
    assert message in told.err
    assert ("Is it open for writing" in told.err) == (status == 401)
    assert told.err.count("\n") == 1
    assert len(told.err) < 1000


@pytest.mark.usefixtures("tiny_is_bundled")
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
    """One sentence, and nothing is sent."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    code = main(["push", *arguments])
    told = capsys.readouterr()

    assert (code, told.out) == (2, "")
    assert told.err.startswith(f"iqgraph: {message}")
    assert told.err.count("\n") == 1
