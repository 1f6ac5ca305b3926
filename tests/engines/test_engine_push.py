"""Pushing to real engines: versions, foreign graphs, concurrent readers, and a killed engine."""

import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from pyoxigraph import NamedNode, Triple

from backends import NAMES, Engine, running
from iqgraph import __version__
from iqgraph.client import NoReply, Request, Server
from iqgraph.dataset import Dataset
from iqgraph.release.destination import Name
from iqgraph.release.push import by_value
from iqgraph.release.versions import releases, restore
from iqgraph.resources import packaged
from loopback import Asked, answer, other, raw

pytestmark = pytest.mark.timeout(300)  # an engine may be started and loaded within it, twice
FOREIGN = NamedNode("http://me.example/graph")
MINE = frozenset({Triple(FOREIGN, FOREIGN, FOREIGN)})
OLD = "0.1.0"
STATE = """PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT ?version (COUNT(*) AS ?n) {
    GRAPH <https://w3id.org/iq-hessen/graph/ontology> { <https://w3id.org/iq-hessen/ontology> owl:versionInfo ?version }
    GRAPH <https://w3id.org/iq-hessen/graph/links/stw> { ?s ?p ?o }
} GROUP BY ?version"""
COUNTED_GRAPH = NamedNode("https://w3id.org/iq-hessen/graph/links/stw")
FIELDS = {"Accept": "text/csv", "Content-Type": "application/x-www-form-urlencoded"}
READERS = 2


@pytest.fixture(scope="module")
def old() -> Dataset:
    """The first release."""
    return restore(next(one for one in releases(packaged()) if one.version == OLD))


def push(engine: Engine, *arguments: str, url: str = "") -> subprocess.CompletedProcess[str]:
    """Push with the command of the engine's page, perhaps to another address."""
    command = " ".join([engine.command("Load").strip(), *arguments])
    return engine.run(command.replace(engine.destination().store.url, url) if url else command)


def compare_graphs(engine: Engine, dataset: Dataset) -> dict[Name, bool]:
    """For each graph of a dataset, whether that of the engine is equal, up to the lexical form of numbers."""
    there = engine.destination()
    return {
        name: by_value(there.read(name)) == by_value(dataset.triples(name))
        for name in dataset.graphs()
        if isinstance(name, NamedNode)
    }


def state(query: Server) -> str:
    """The version in an engine and the size of another graph, from one query."""
    reply = query.send(Request("POST", FIELDS, urlencode({"query": STATE}).encode()), 60)
    return reply.body.decode().replace('"', "").partition("\n")[2].strip() if reply.status == 200 else reply.text


def expected_state(dataset: Dataset, version: str) -> str:
    """The same for a dataset."""
    return f"{version},{dataset.size(COUNTED_GRAPH)}"


@contextmanager
def reading(query: Server) -> Iterator[set[str]]:
    """The states that readers see until the end of the block."""
    over, states = threading.Event(), set[str]()

    def read() -> None:
        while not over.wait(0.02):
            states.add(state(query))

    with ThreadPoolExecutor(READERS) as crowd:
        readers = [crowd.submit(read) for _ in range(READERS)]
        try:
            yield states
        finally:
            over.set()
    for reader in readers:
        reader.result()


@pytest.fixture
def foreign(engine: Engine) -> Iterator[NamedNode]:
    """A foreign graph in the engine until the end of the test."""
    engine.destination().replace({FOREIGN: MINE})
    yield FOREIGN
    engine.destination().replace({FOREIGN: frozenset()})


def test_there_and_back(engine: Engine, dataset: Dataset, old: Dataset, foreign: NamedNode) -> None:
    """After pushes of an old and the new version, foreign graphs stay, and obsolete graphs are removed.

    Equal graphs are only read. Meanwhile each answer is of one version, unless the push warns that it is not.
    """
    again, outputs = push(engine).stdout, list[str]()
    with reading(engine.destination().query) as states:
        for arguments, target in ((["--version", OLD], old), ([], dataset)):
            process = push(engine, *arguments)
            there = engine.destination().names("https://w3id.org/iq-hessen/graph/")
            outputs.append(process.stdout)

            assert (process.returncode, process.stderr) == (0, "")
            assert set(there) - {engine.union} == set(target.graphs())
            assert engine.destination().read(foreign) == MINE
            assert "all are equal." in process.stdout

    whole = {expected_state(dataset, __version__), expected_state(old, OLD)}
    assert all(compare_graphs(engine, dataset).values())
    assert " in one transaction" not in again
    assert " one by one" not in again
    assert whole <= states
    if engine.destination().update:
        assert states == whole
        assert all("in one transaction" in one for one in outputs)
    else:
        assert all("one by one; readers see both meanwhile" in one for one in outputs)


@contextmanager
def fatal(engine: Engine) -> Iterator[str]:
    """The address of a proxy that kills the engine after the first write."""
    real = engine.destination().store.url
    base = real.rpartition("/")[0]

    def handle(handler: BaseHTTPRequestHandler, incoming: Asked) -> None:
        path, _, query = incoming.target.removeprefix("/there").partition("?")
        server = Server(base + path)
        headers: dict[str, str] = {
            name: incoming.headers[name]
            for name in ("accept", "content-type", "authorization")
            if name in incoming.headers
        }
        request = Request(incoming.method, headers, incoming.body, query)
        if incoming.method in ("PUT", "DELETE") or path.endswith("/update"):
            with suppress(NoReply):
                server.send(request, 0.05)
            engine.stop()
        try:
            reply = server.send(request, 60, 1 << 28)
        except NoReply:
            raw()(handler, incoming)
        else:
            challenge = reply.headers.get("www-authenticate")
            extra = {"WWW-Authenticate": challenge} if challenge else {}
            answer(reply.status, reply.body, reply.media_type, **extra)(handler, incoming)

    with other(handle) as there:
        yield there.url + urlsplit(real).path.removeprefix(urlsplit(base).path)


def test_an_engine_that_is_killed_in_the_middle(engine: Engine, dataset: Dataset, old: Dataset) -> None:
    """The push fails with a message; with transactions the engine has one version; the next push repairs all."""
    with fatal(engine) as url:
        process = push(engine, "--version", OLD, url=url)
    engine.start()

    assert process.returncode == 2
    assert process.stderr.count("\n") == 1
    assert process.stderr.endswith("; push again.\n")
    if engine.destination().update:
        assert state(engine.destination().query) in (expected_state(dataset, __version__), expected_state(old, OLD))
    assert "all are equal." in push(engine).stdout


WRITABLE = {
    "oxigraph": {"oxigraph serve": "oxigraph serve-read-only", " --timeout-s 10": ""},
    "fuseki": {"fuseki:gsp-rw": "fuseki:gsp-r", "fuseki:operation fuseki:update": "fuseki:operation fuseki:query"},
    "virtuoso": {},
}


def test_an_engine_that_takes_nothing(engine: Engine, dataset: Dataset) -> None:
    """Data stays as it was, and the push fails with a message."""
    engine.stop()
    engine.changes = WRITABLE[engine.name]
    engine.start()
    open_to_all = engine.destination().store.url.removesuffix("-auth")
    call = f"iqgraph push --version {OLD} {open_to_all}"
    process = engine.run(call) if engine.name == "virtuoso" else push(engine, "--version", OLD, url=open_to_all)
    is_as_before = compare_graphs(engine, dataset)
    engine.stop()
    engine.changes = {}
    engine.start()

    assert process.returncode == 2
    assert process.stderr.endswith("; push again.\n")
    assert all(is_as_before.values())


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A folder on its own small disk."""
    place.mkdir()
    process = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600m", "tmpfs", place], capture_output=True, check=False
    )
    if process.returncode:
        pytest.skip("only root may mount a small disk here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.parametrize("name", NAMES)
def test_full_disk(name: str, tmp_path: Path) -> None:
    """The push fails with a message; with free space and a restart, the next one succeeds."""
    with small_disk(tmp_path / "disk") as disk, running(Engine(name, disk / name)) as engine:
        with suppress(OSError), (disk / "fill").open("wb", buffering=0) as fill:
            while fill.write(bytes(4096)):
                pass
        process = push(engine)

        assert process.returncode == 2
        assert process.stderr.count("\n") == 1
        # Virtuoso writes to its log also when it is read, so it may fail before anything is pushed.
        assert process.stderr.endswith("; push again.\n") or "Log out of disk" in process.stderr
        (disk / "fill").unlink()
        engine.stop()
        engine.start()
        assert "all are equal." in push(engine).stdout
