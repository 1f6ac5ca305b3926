"""Pushing to real engines: there and back, beside other people's graphs, with readers, and with the engine killed."""

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

from backends import NAMES, Engine, environment, running
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
COUNTED = NamedNode("https://w3id.org/iq-hessen/graph/links/stw")
FIELDS = {"Accept": "text/csv", "Content-Type": "application/x-www-form-urlencoded"}
READERS = 2


@pytest.fixture(scope="module")
def old() -> Dataset:
    """The graph as it was released first."""
    return restore(next(one for one in releases(packaged()) if one.version == OLD))


def push(engine: Engine, *arguments: str, url: str = "") -> subprocess.CompletedProcess[str]:
    """Push as the page of the engine says, perhaps to another address."""
    command = " ".join([engine.command("Load").strip(), *arguments])
    command = command.replace(engine.destination().store.url, url) if url else command
    return subprocess.run(
        ["bash", "-c", command], env=environment(), capture_output=True, text=True, timeout=300, check=False
    )


def held(engine: Engine, dataset: Dataset) -> dict[Name, bool]:
    """For each graph of a dataset whether the engine holds just that, whatever way it writes numbers in."""
    there = engine.destination()
    return {
        name: by_value(there.read(name)) == by_value(dataset.triples(name))
        for name in dataset.graphs()
        if isinstance(name, NamedNode)
    }


def state(query: Server) -> str:
    """The version that an engine holds, and how many statements of another graph, in one answer."""
    reply = query.send(Request("POST", FIELDS, urlencode({"query": STATE}).encode()), 60)
    return reply.body.decode().replace('"', "").partition("\n")[2].strip() if reply.status == 200 else reply.text


def expected(dataset: Dataset, version: str) -> str:
    """The same, of a dataset."""
    return f"{version},{dataset.size(COUNTED)}"


@pytest.fixture
def foreign(engine: Engine) -> Iterator[NamedNode]:
    """Somebody else's graph, which lies there too until the end of the test."""
    engine.destination().replace({FOREIGN: MINE})
    yield FOREIGN
    engine.destination().replace({FOREIGN: frozenset()})


def test_there_and_back(engine: Engine, dataset: Dataset, old: Dataset, foreign: NamedNode) -> None:
    """The new version, an old one, the new one again; other people's graphs stay, and graphs that are no more go.

    What is there already is only read.
    """
    for arguments, what in (([], dataset), (["--version", OLD], old), ([], dataset)):
        done = push(engine, *arguments)
        there = engine.destination().names("https://w3id.org/iq-hessen/graph/")

        assert (done.returncode, done.stderr) == (0, "")
        assert all(held(engine, what).values())
        assert set(there) - {engine.union} == set(what.graphs())
        assert engine.destination().read(foreign) == MINE
        assert "all are equal." in done.stdout
    assert " in one transaction" not in (told := push(engine).stdout)
    assert " one by one" not in told


def test_readers_see_one_version(engine: Engine, dataset: Dataset, old: Dataset) -> None:
    """While versions change, each answer is of one of them, unless the push said that it would not be so."""
    push(engine)
    over, query = threading.Event(), engine.destination().query

    def read() -> set[str]:
        seen = set()
        while not over.wait(0.02):
            seen.add(state(query))
        return seen

    with ThreadPoolExecutor(READERS) as crowd:
        readers = [crowd.submit(read) for _ in range(READERS)]
        told = [push(engine, *arguments).stdout for arguments in (["--version", OLD], [])]
        over.set()
    seen = set().union(*(reader.result() for reader in readers))
    whole = {expected(dataset, __version__), expected(old, OLD)}

    assert whole <= seen
    if engine.destination().update:
        assert seen == whole
        assert all("in one transaction" in one for one in told)
    else:
        assert all("one by one; readers see both meanwhile" in one for one in told)


@contextmanager
def fatal(engine: Engine) -> Iterator[str]:
    """The address of a proxy that kills the engine as soon as the first write was sent to it."""
    real = engine.destination().store.url
    base = real.rpartition("/")[0]

    def handle(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        path, _, query = asked.target.removeprefix("/there").partition("?")
        server = Server(base + path)
        headers: dict[str, str] = {
            name: asked.headers[name] for name in ("accept", "content-type", "authorization") if name in asked.headers
        }
        request = Request(asked.method, headers, asked.body, query)
        if asked.method in ("PUT", "DELETE") or path.endswith("/update"):
            with suppress(NoReply):
                server.send(request, 0.05)
            engine.stop()
        try:
            reply = server.send(request, 60, 1 << 28)
        except NoReply:
            raw()(handler, asked)
        else:
            challenge = reply.headers.get("www-authenticate")
            extra = {"WWW-Authenticate": challenge} if challenge else {}
            answer(reply.status, reply.body, reply.media_type, **extra)(handler, asked)

    with other(handle) as there:
        yield there.url + urlsplit(real).path.removeprefix(urlsplit(base).path)


def test_an_engine_that_is_killed_in_the_middle(engine: Engine, dataset: Dataset, old: Dataset) -> None:
    """The push says so; with transactions the engine holds one version when it is back; the next push mends all."""
    push(engine)
    with fatal(engine) as url:
        done = push(engine, "--version", OLD, url=url)
    engine.start()

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith("; push again.\n")
    if engine.destination().update:
        assert state(engine.destination().query) in (expected(dataset, __version__), expected(old, OLD))
    assert push(engine).returncode == 0
    assert all(held(engine, dataset).values())


WRITABLE = {
    "oxigraph": {"oxigraph serve": "oxigraph serve-read-only", " --timeout-s 10": ""},
    "fuseki": {"fuseki:gsp-rw": "fuseki:gsp-r", "fuseki:operation fuseki:update": "fuseki:operation fuseki:query"},
    "virtuoso": {},
}


@pytest.mark.parametrize("name", NAMES)
def test_an_engine_that_takes_nothing(name: str, tmp_path: Path, old: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds what it held before, and the push says that it failed."""
    with running(name, tmp_path / name) as engine:
        push(engine, "--version", OLD)
        engine.stop()
        start = engine.command("Start")
        for writable, not_writable in WRITABLE[name].items():
            assert writable in start
            start = start.replace(writable, not_writable)
        monkeypatch.setattr(
            engine, "command", lambda heading, known=engine.command: start if heading == "Start" else known(heading)
        )
        engine.start()
        open_to_all = engine.destination().store.url.removesuffix("-auth")
        done = (
            push(engine, url=open_to_all)
            if name != "virtuoso"
            else subprocess.run(
                ["bash", "-c", f"iqgraph push {open_to_all}"],
                env=environment(),
                capture_output=True,
                text=True,
                check=False,
            )
        )

        assert done.returncode == 2
        assert done.stderr.endswith("; push again.\n")
        assert all(held(engine, old).values())


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A folder on a disk of its own."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.parametrize("name", NAMES)
def test_full_disk(name: str, tmp_path: Path, dataset: Dataset) -> None:
    """The push says so; with room and a new start, the engine takes all."""
    with small_disk(tmp_path / "disk") as disk, running(name, disk / name) as engine:
        push(engine, "--version", OLD)
        with suppress(OSError), (disk / "fill").open("wb", buffering=0) as fill:
            while fill.write(bytes(4096)):
                pass
        done = push(engine)

        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        # Virtuoso writes to its log also when it is read, so it may fail before anything is pushed.
        assert done.stderr.endswith("; push again.\n") or "Log out of disk" in done.stderr
        (disk / "fill").unlink()
        engine.stop()
        engine.start()
        assert push(engine).returncode == 0
        assert all(held(engine, dataset).values())
