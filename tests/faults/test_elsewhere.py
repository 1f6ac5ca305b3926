"""An external engine that is down, slow or broken: errors in time, and answers once it recovers."""

import re
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

from elsewhere import text
from iqgraph.engine import Embedded
from iqgraph.formats import JSON
from loopback import Asked, Handle, answer, endless, endpoint, other, raw, until
from victim import BROKEN, Say, Victim, command, gone, record, statements, victim

SECONDS = "2"
HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON.media_type}\r\n"
ROW = b'{"n":{"type":"literal","value":"1"}},'
BEGINNING = b'{"head":{"vars":["n"]},"results":{"bindings":['


def silent(handler: BaseHTTPRequestHandler, _: Asked) -> None:
    """Read the request and send nothing until the client leaves."""
    handler.connection.recv(1)
    handler.close_connection = True


CASES: dict[str, tuple[Handle, int]] = {
    "engine that says nothing": (silent, 422),
    "engine that answers word by word": (
        endless(f"{HEAD}\r\n{BEGINNING.decode()}".encode(), b" ", lambda: pause(0.1)),
        422,
    ),
    "engine whose answer never ends": (endless(f"{HEAD}\r\n".encode() + BEGINNING, ROW * 2000, lambda: None), 422),
    "engine that breaks off": (raw(f"{HEAD}Content-Length: 9999\r\n\r\n".encode() + BEGINNING), 502),
    "engine that hangs up": (raw(), 502),
    "engine that sends garbage": (answer(200, b"\0\xff" * 999, JSON.media_type), 502),
    "engine that sends half of JSON": (answer(200, BEGINNING, JSON.media_type), 502),
    "engine that sends a page": (answer(200, b"<html>", "text/html"), 502),
    "engine that sends no HTTP": (raw(b"SSH-2.0-OpenSSH\r\n"), 502),
    "engine that redirects": (answer(302, Location="http://127.0.0.1:1/"), 502),
    "engine that fails": (answer(500, b"Java heap space"), 502),
    "engine that is busy": (answer(503, b"later"), 503),
}


def pause(seconds: float) -> None:
    """Wait."""
    threading.Event().wait(seconds)


@dataclass
class Engine:
    """A stand-in for an engine, with a handler that a test may change."""

    well: Handle
    now: Handle

    def handle(self, handler: BaseHTTPRequestHandler, request: Asked) -> None:
        """Call the current handler."""
        self.now(handler, request)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Victim, Engine]]:
    """A server in front of a stand-in with the same data."""
    folder = tmp_path_factory.mktemp("elsewhere")
    file, store = statements(folder), Store()
    store.load(file.read_bytes(), RdfFormat.N_TRIPLES)
    well = endpoint(Embedded(store))
    engine = Engine(well, well)
    with other(engine.handle) as there, victim(folder, "--timeout", SECONDS, "--engine", there.url, "--", file) as it:
        yield it, engine


@pytest.mark.parametrize("case", CASES)
def test_elsewhere(case: str, pair: tuple[Victim, Engine], record_property: Say) -> None:
    """Each fault gets the right status in time, never a partial answer."""
    it, engine = pair
    engine.now, expected = CASES[case]
    try:
        reply = it.ask(patience=10)
        assert it.get("health").status == 200
    finally:
        engine.now = engine.well
    seconds = it.recovers()
    it.told()
    record(record_property, str(reply), "nothing", seconds)

    assert reply.status == expected


@pytest.mark.parametrize("role", [pytest.param("server", id="the server killed while the engine says nothing")])
def test_killed_meanwhile(role: str, pair: tuple[Victim, Engine], record_property: Say) -> None:
    """The new server does not wait for an engine that answers only the query for the version."""
    it, engine = pair

    def describe_only(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        (engine.well if text(request).startswith("SELECT ?version") else silent)(handler, request)

    engine.now = describe_only
    try:
        pids = it.strike(role)
        until(lambda: gone(pids))
        seconds = until(lambda: it.get("health", patience=1.0).status == 200)
    finally:
        engine.now = engine.well
    it.recovers()
    it.told()
    record(record_property, "no connection; pages, and errors for queries", BROKEN, seconds)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://127.0.0.1:9/sparql", id="engine that is not there"),
        pytest.param("http://engine.invalid/sparql", id="engine whose name nobody knows"),
    ],
)
def test_nobody_elsewhere(url: str, tmp_path: Path, record_property: Say) -> None:
    """A server without its engine does not start, and one sentence says why."""
    call = command("serve", "--port", "0", "--engine", url, "--", statements(tmp_path))
    process = subprocess.run(call, capture_output=True, text=True, check=False)
    record(record_property, "one sentence, exit 2", "nothing")

    assert process.returncode == 2
    assert process.stdout == ""
    assert re.fullmatch(
        rf"iqgraph: The engine {re.escape(url)} does not answer queries \(.+\); start it, .+\.\n", process.stderr
    )
